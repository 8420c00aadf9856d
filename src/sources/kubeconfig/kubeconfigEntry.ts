import { dirname, isAbsolute, resolve, sep } from 'node:path';

import type { JsonObject } from '../cluster/jsonValue.ts';
import { asList, asObject, asText } from '../cluster/jsonValue.ts';

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
  readonly impersonateUser?: string;
  readonly impersonateGroups?: readonly string[];
  readonly authProvider?: JsonObject;
  readonly exec?: ExecEntry;
}

/** A credential plugin: `users[].user.exec`. A kubeconfig that has one can start a program. */
export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo: boolean;
}

/** `contexts[].context` of a kubeconfig. */
export interface ContextEntry {
  readonly cluster: string;
  /** Empty when the context names no user. */
  readonly user: string;
  readonly namespace?: string;
}

/** Reads `clusters[].cluster` of the kubeconfig at `file`. */
export function clusterEntry(value: unknown, file: string): ClusterEntry {
  const cluster = asObject(value) ?? {};
  return withoutUndefined({
    server: (scalar(cluster['server']) ?? '').replace(/\/+$/, ''),
    certificateAuthority: pathIn(file, cluster['certificate-authority']),
    certificateAuthorityData: scalar(cluster['certificate-authority-data']),
    insecureSkipTlsVerify: isTrue(cluster['insecure-skip-tls-verify']),
    tlsServerName: scalar(cluster['tls-server-name']),
    proxyUrl: scalar(cluster['proxy-url']),
  });
}

/** Reads `users[].user` of the kubeconfig at `file`. */
export function userEntry(value: unknown, file: string): UserEntry {
  const user = asObject(value) ?? {};
  const groups = asList(user['as-groups'])
    .map(scalar)
    .filter((one) => one !== undefined);
  return withoutUndefined({
    clientCertificate: pathIn(file, user['client-certificate']),
    clientCertificateData: scalar(user['client-certificate-data']),
    clientKey: pathIn(file, user['client-key']),
    clientKeyData: scalar(user['client-key-data']),
    token: scalar(user['token']),
    tokenFile: pathIn(file, user['tokenFile']),
    username: scalar(user['username']),
    password: scalar(user['password']),
    impersonateUser: scalar(user['as']),
    impersonateGroups: groups.length === 0 ? undefined : groups,
    authProvider: asObject(user['auth-provider']),
    exec: execEntry(user['exec'], file),
  });
}

/** Reads `contexts[].context`. */
export function contextEntry(value: unknown): ContextEntry {
  const context = asObject(value) ?? {};
  return withoutUndefined({
    cluster: scalar(context['cluster']) ?? '',
    user: scalar(context['user']) ?? '',
    namespace: scalar(context['namespace']),
  });
}

function execEntry(value: unknown, file: string): ExecEntry | undefined {
  const exec = asObject(value);
  if (exec === undefined) return undefined;
  const command = scalar(exec['command']) ?? '';
  return withoutUndefined({
    apiVersion: scalar(exec['apiVersion']) ?? '',
    // kubectl looks a bare name up on the PATH and takes any other relative to the kubeconfig.
    command:
      command.includes(sep) || command.includes('/') ? (pathIn(file, command) ?? '') : command,
    args: asList(exec['args'])
      .map(scalar)
      .filter((one) => one !== undefined),
    env: asList(exec['env']).flatMap((one) => environmentVariable(one)),
    installHint: asText(exec['installHint']),
    provideClusterInfo: isTrue(exec['provideClusterInfo']),
  });
}

function environmentVariable(value: unknown): { name: string; value: string }[] {
  const name = scalar(asObject(value)?.['name']);
  return name === undefined ? [] : [{ name, value: scalar(asObject(value)?.['value']) ?? '' }];
}

function pathIn(file: string, value: unknown): string | undefined {
  const path = scalar(value);
  if (path === undefined) return undefined;
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}

/** An unquoted `123` or `true` is text to kubectl where it expects text; an empty text is as good as none. */
function scalar(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'yes' || value === 'on';
}

type WithoutUndefined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): WithoutUndefined<T> {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries) as WithoutUndefined<T>;
}
