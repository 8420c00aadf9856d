import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates } from 'node:tls';

import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';

import type { KubeFailure } from '../cluster/kubeFailure.ts';
import type { ChosenContext } from './contexts.ts';
import type { ExecCredential } from './execCredential.ts';
import { runCredentialPlugin } from './execCredential.ts';
import type { ClusterEntry, Impersonation, UserEntry } from './kubeconfigEntry.ts';

/** What a request or WebSocket needs to be accepted: TLS material, headers, the one agent. */
export interface Authentication {
  readonly kind: 'authentication';
  /** TLS material and basic authentication; no headers. */
  readonly options: Omit<RequestOptions, 'headers'>;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** Credentials of one context: got once for all who ask at the same time, kept until they age or are refused. */
export interface Credentials {
  get(signal: AbortSignal): Promise<Authentication | KubeFailure>;
  /** Forgets what the server refused with 401, so that the next `get` asks anew. */
  refuse(refused: Authentication): void;
  dispose(): void;
}

/** Token files are to be read again at least once a minute, as client-go does. */
const MAX_AGE_MS = 30_000;
const SIGN_IN_TIMEOUT_MS = 60_000;

export function openCredentials(context: ChosenContext): Credentials {
  const disposed = new AbortController();
  const signer = openSigner(context, disposed.signal);
  let kept: { readonly value: Authentication; readonly until: number } | undefined;
  let pending: Promise<Authentication | KubeFailure> | undefined;

  async function renew(): Promise<Authentication | KubeFailure> {
    try {
      const value = await signer.sign();
      if (value.kind === 'authentication') kept = { value, until: Date.now() + MAX_AGE_MS };
      return value;
    } finally {
      pending = undefined;
    }
  }

  return {
    get: async (signal) => {
      if (disposed.signal.aborted || signal.aborted) return { kind: 'cancelled' };
      if (kept !== undefined && Date.now() < kept.until) return kept.value;
      pending ??= renew();
      return orCancelled(pending, signal);
    },
    refuse: (refused) => {
      if (kept?.value !== refused) return;
      kept = undefined;
      signer.forget();
    },
    dispose: () => {
      disposed.abort();
      signer.dispose();
    },
  };
}

interface Signer {
  sign(): Promise<Authentication | KubeFailure>;
  /** Drops a plugin's credential although it has not expired. */
  forget(): void;
  dispose(): void;
}

/** Brings kubeconfig, files and plugin together and lets the client library make request options of them. */
function openSigner(context: ChosenContext, disposed: AbortSignal): Signer {
  let plugin: ExecCredential | undefined;
  let current: { readonly key: string; readonly config: KubeConfig; agent?: Agent } | undefined;

  async function credential(): Promise<ExecCredential | KubeFailure | undefined> {
    if (context.user.exec === undefined) return undefined;
    if (plugin?.expires !== undefined && plugin.expires <= Date.now()) plugin = undefined;
    if (plugin !== undefined) return plugin;
    const got = await runCredentialPlugin(context.user.exec, context.cluster, disposed);
    if (got.kind === 'credential') plugin = got;
    return got;
  }

  /** Keeps library object and agent, and with them the open connections, as long as the TLS material is the same. */
  function configFor(cluster: Cluster, user: User): { config: KubeConfig; agent?: Agent } {
    const key = JSON.stringify([cluster, user.certData, user.keyData]);
    if (current?.key !== key) {
      current?.agent?.destroy();
      current = { key, config: new KubeConfig() };
    }
    current.config.loadFromOptions({
      clusters: [cluster],
      users: [user],
      contexts: [ONLY],
      currentContext: ONLY.name,
    });
    return current;
  }

  return {
    sign: async () => {
      const got = await credential();
      if (got !== undefined && got.kind !== 'credential') return got;
      const material = await readMaterial(context, got);
      if (material.kind !== 'material') return material;
      const holder = configFor(material.cluster, material.user);
      const signed = await requestOptions(holder.config, context.user);
      if (signed.kind === 'authentication') holder.agent = signed.agent;
      return signed;
    },
    forget: () => {
      plugin = undefined;
    },
    dispose: () => current?.agent?.destroy(),
  };
}

const ONLY = { name: 'context', cluster: 'cluster', user: 'user' } as const;

async function requestOptions(
  config: KubeConfig,
  user: UserEntry,
): Promise<Authentication | KubeFailure> {
  const options: RequestOptions = {};
  try {
    await withinTime(config.applyToHTTPSOptions(options));
  } catch (error) {
    return {
      kind: 'no-credentials',
      cause: `Signing in to the cluster failed: ${messageOf(error)}.`,
    };
  }
  const { agent } = options;
  const unusable = whyUnusable(options);
  if (unusable !== undefined) return { kind: 'no-credentials', cause: unusable };
  if (typeof agent !== 'object')
    return { kind: 'no-credentials', cause: 'The client library made no connection pool.' };
  // The library creates its agent without keep-alive, hence one connection a request.
  Reflect.set(agent, 'keepAlive', true);
  if (options.ca === undefined) trustSystemAuthorities(options, agent);
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name] = value;
  }
  Object.assign(headers, impersonationHeaders(user.impersonate));
  delete options.headers;
  return { kind: 'authentication', options, agent, headers };
}

/**
 * A cluster without a certificate authority is judged by those of the machine, as kubectl does; Node alone would know
 * only its own list. The agent has its say after the options, so both get them.
 */
function trustSystemAuthorities(options: RequestOptions, agent: object): void {
  options.ca = [...getCACertificates('default'), ...getCACertificates('system')];
  const ofAgent: unknown = Reflect.get(agent, 'options');
  if (typeof ofAgent === 'object' && ofAgent !== null) Reflect.set(ofAgent, 'ca', options.ca);
}

/** Asked beforehand: with a certificate or key that is none, every connection would throw when it is opened. */
function whyUnusable({ ca, cert, key }: RequestOptions): string | undefined {
  try {
    createSecureContext({ ca, cert, key });
    return undefined;
  } catch (error) {
    return `A certificate or key of this context cannot be used: ${messageOf(error)}.`;
  }
}

/** Source: kubernetes.io/docs/reference/access-authn-authz/user-impersonation. The library sends the user's name only. */
function impersonationHeaders(who: Impersonation | undefined): Record<string, string | string[]> {
  if (who === undefined) return {};
  const headers: Record<string, string | string[]> = {};
  if (who.user !== undefined) headers['Impersonate-User'] = who.user;
  if (who.uid !== undefined) headers['Impersonate-Uid'] = who.uid;
  if (who.groups.length > 0) headers['Impersonate-Group'] = [...who.groups];
  for (const [key, values] of Object.entries(who.extra)) {
    headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = [...values];
  }
  return headers;
}

type Material = { readonly kind: 'material'; readonly cluster: Cluster; readonly user: User };

/** Reads every file that the context names. Data beats files, a token file beats a token, as in client-go. */
async function readMaterial(
  { cluster, user }: ChosenContext,
  plugin: ExecCredential | undefined,
): Promise<Material | KubeFailure> {
  try {
    const [ca, cert, key, tokenFile] = await Promise.all([
      dataOrFile(cluster.certificateAuthorityData, cluster.certificateAuthority),
      dataOrFile(user.clientCertificateData, user.clientCertificate),
      dataOrFile(user.clientKeyData, user.clientKey),
      user.tokenFile === undefined ? undefined : readFile(user.tokenFile, 'utf8'),
    ]);
    return {
      kind: 'material',
      cluster: libraryCluster(cluster, ca),
      user: {
        name: ONLY.user,
        ...optional('certData', base64(plugin?.clientCertificate) ?? cert),
        ...optional('keyData', base64(plugin?.clientKey) ?? key),
        ...optional('token', plugin?.token ?? tokenFile?.trim() ?? user.token),
        ...optional('username', user.username),
        ...optional('password', user.password),
        ...optional('authProvider', user.authProvider),
      },
    };
  } catch (error) {
    return {
      kind: 'no-credentials',
      cause: `A file that the kubeconfig names cannot be read: ${messageOf(error)}.`,
    };
  }
}

function libraryCluster(cluster: ClusterEntry, caData: string | undefined): Cluster {
  return {
    name: ONLY.cluster,
    server: cluster.server,
    // The library refuses plain http unless this is set; kubectl does not.
    skipTLSVerify: cluster.insecureSkipTlsVerify || cluster.server.startsWith('http:'),
    ...optional('caData', caData),
    ...optional('tlsServerName', cluster.tlsServerName),
    ...optional('proxyUrl', cluster.proxyUrl),
  };
}

async function dataOrFile(
  data: string | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  if (data !== undefined) return data;
  return file === undefined ? undefined : readFile(file, 'base64');
}

function base64(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString('base64');
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  const given: Partial<Record<K, V>> = {};
  if (value !== undefined) given[key] = value;
  return given;
}

function orCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T | KubeFailure> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      resolve({ kind: 'cancelled' });
    };
    signal.addEventListener('abort', cancel, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', cancel);
    });
  });
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${SIGN_IN_TIMEOUT_MS / 1000} s`));
    }, SIGN_IN_TIMEOUT_MS);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
