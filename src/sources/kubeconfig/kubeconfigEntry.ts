import { dirname, isAbsolute, resolve, sep } from 'node:path';

import type { JsonObject } from '../transport/jsonValue.ts';
import { asList, asObject, isJsonObject } from '../transport/jsonValue.ts';

/** `clusters[].cluster` of a kubeconfig, file paths made absolute. */
export interface ClusterEntry {
  readonly server: string;
  readonly certificateAuthority?: string;
  readonly certificateAuthorityData?: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
}

/** `users[].user` of a kubeconfig, file paths made absolute. */
export interface UserEntry {
  readonly clientCertificate?: string;
  readonly clientCertificateData?: string;
  readonly clientKey?: string;
  readonly clientKeyData?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly impersonate?: Impersonation;
  readonly authProvider?: JsonObject;
  readonly exec?: ExecEntry;
}

/** Whom the server shall take us for: `as`, `as-uid`, `as-groups` and `as-user-extra`. */
export interface Impersonation {
  readonly user?: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** A credential plugin: `users[].user.exec`. A kubeconfig that has one can start a program. */
export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly interactiveMode?: string;
  readonly provideClusterInfo: boolean;
}

/** `contexts[].context` of a kubeconfig. */
export interface ContextEntry {
  readonly cluster: string;
  /** Empty when the context names no user. */
  readonly user: string;
  readonly namespace?: string;
}

/** The file that an entry stands in. kubectl refuses a whole file for one field of the wrong type, hence `wrong`. */
export interface EntryFile {
  readonly path: string;
  readonly wrong: (message: string) => void;
}

/** Reads `clusters[].cluster`. */
export function clusterEntry(value: unknown, file: EntryFile): ClusterEntry {
  const cluster = fieldsOf(value, file);
  return withoutUndefined({
    server: (cluster.text('server') ?? '').replace(/\/+$/, ''),
    certificateAuthority: cluster.path('certificate-authority'),
    certificateAuthorityData: cluster.text('certificate-authority-data'),
    insecureSkipTlsVerify: cluster.flag('insecure-skip-tls-verify'),
    tlsServerName: cluster.text('tls-server-name'),
    proxyUrl: cluster.text('proxy-url'),
  });
}

/** Reads `users[].user`. */
export function userEntry(value: unknown, file: EntryFile): UserEntry {
  const user = fieldsOf(value, file);
  return withoutUndefined({
    clientCertificate: user.path('client-certificate'),
    clientCertificateData: user.text('client-certificate-data'),
    clientKey: user.path('client-key'),
    clientKeyData: user.text('client-key-data'),
    token: user.text('token'),
    tokenFile: user.path('tokenFile'),
    username: user.text('username'),
    password: user.text('password'),
    impersonate: impersonation(user),
    authProvider: asObject(user.value('auth-provider')),
    exec: execEntry(user.value('exec'), file),
  });
}

/** Reads `contexts[].context`. */
export function contextEntry(value: unknown, file: EntryFile): ContextEntry {
  const context = fieldsOf(value, file);
  return withoutUndefined({
    cluster: context.text('cluster') ?? '',
    user: context.text('user') ?? '',
    namespace: context.text('namespace'),
  });
}

function impersonation(user: Fields): Impersonation | undefined {
  const named = { user: user.text('as'), uid: user.text('as-uid') };
  const groups = user.texts('as-groups');
  const extra = Object.entries(asObject(user.value('as-user-extra')) ?? {}).map(
    ([key, values]) => [key, asList(values).filter((one) => typeof one === 'string')] as const,
  );
  if (named.user === undefined && named.uid === undefined && groups.length + extra.length === 0) {
    return undefined;
  }
  return withoutUndefined({ ...named, groups, extra: Object.fromEntries(extra) });
}

function execEntry(value: unknown, file: EntryFile): ExecEntry | undefined {
  if (!isJsonObject(value)) return undefined;
  const exec = fieldsOf(value, file);
  const command = exec.text('command') ?? '';
  // kubectl looks a bare name up on the PATH and takes any other relative to the kubeconfig.
  const isPath = command.includes(sep) || command.includes('/');
  return withoutUndefined({
    apiVersion: exec.text('apiVersion') ?? '',
    command: isPath ? (exec.path('command') ?? '') : command,
    args: exec.texts('args'),
    env: asList(exec.value('env')).map((one) => {
      const variable = fieldsOf(one, file);
      return { name: variable.text('name') ?? '', value: variable.text('value') ?? '' };
    }),
    installHint: exec.text('installHint'),
    interactiveMode: exec.text('interactiveMode'),
    provideClusterInfo: exec.flag('provideClusterInfo'),
  });
}

/** The fields of one entry; an empty text is as good as none. */
interface Fields {
  value(key: string): unknown;
  text(key: string): string | undefined;
  texts(key: string): readonly string[];
  path(key: string): string | undefined;
  flag(key: string): boolean;
}

function fieldsOf(value: unknown, file: EntryFile): Fields {
  const object = asObject(value) ?? {};
  const text = (key: string, found: unknown = object[key]): string | undefined => {
    if (found === undefined || found === null || found === '') return undefined;
    if (typeof found === 'string') return found;
    file.wrong(`"${key}" is a ${typeof found} where text is expected`);
    return undefined;
  };
  return {
    value: (key) => object[key],
    text: (key) => text(key),
    texts: (key) => asList(object[key]).flatMap((one) => text(key, one) ?? []),
    path: (key) => {
      const path = text(key);
      return path === undefined || isAbsolute(path) ? path : resolve(dirname(file.path), path);
    },
    flag: (key) => {
      const found = object[key] ?? false;
      if (typeof found !== 'boolean') file.wrong(`"${key}" is not true or false`);
      return found === true;
    },
  };
}

type WithoutUndefined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): WithoutUndefined<T> {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries) as WithoutUndefined<T>;
}
