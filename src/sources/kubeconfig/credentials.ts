import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates } from 'node:tls';

import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';

import type { Authentication, Credentials } from '../transport/credentials.ts';
import type { KubeFailure } from '../transport/kubeFailure.ts';
import type { ChosenContext } from './contexts.ts';
import { backoffMs } from '../cluster/backoff.ts';
import { openConnectionPool } from './connectionPool.ts';
import { environmentProxy } from './environmentProxy.ts';
import type { ExecCredential } from './execCredential.ts';
import { runCredentialPlugin } from './execCredential.ts';
import type { ClusterEntry, Impersonation } from './kubeconfigEntry.ts';
import { oidcToken } from './oidcToken.ts';

/** Token files are to be read again at least once a minute, as client-go does. */
const MAX_AGE_MS = 30_000;

/** Between two attempts to get credentials while they fail or are refused, for all who ask: a plugin may open a browser. */
const RETRY_PACE = { baseMs: 1_000, maxMs: 60_000 };

interface Kept {
  readonly value: Authentication | KubeFailure;
  /** When to get it anew, in milliseconds since the epoch. */
  readonly until: number;
  readonly refused?: true;
}

export function openCredentials(context: ChosenContext): Credentials {
  const disposed = new AbortController();
  const signer = openSigner(context, disposed.signal);
  /** Failures and refusals since credentials were last accepted for as long as they are kept. */
  let failures = 0;
  let kept: Kept | undefined;
  let pending: Promise<Authentication | KubeFailure> | undefined;

  async function renew(): Promise<Authentication | KubeFailure> {
    try {
      if (kept?.value.kind === 'authentication' && kept.refused === undefined) failures = 0;
      const value = await signer.sign();
      const isGood = value.kind === 'authentication';
      if (!isGood) failures += 1;
      kept = { value, until: Date.now() + (isGood ? MAX_AGE_MS : backoffMs(RETRY_PACE, failures)) };
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
      if (kept?.value !== refused || kept.refused !== undefined) return;
      // A first refusal is what expiry looks like. What is refused again is not asked for again at once.
      const waitMs = failures === 0 ? 0 : backoffMs(RETRY_PACE, failures);
      failures += 1;
      kept = { value: refused, until: Date.now() + waitMs, refused: true };
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
function openSigner({ cluster, user }: ChosenContext, disposed: AbortSignal): Signer {
  const proxyUrl = cluster.proxyUrl ?? environmentProxy(cluster.server);
  let plugin: ExecCredential | undefined;
  let current: { readonly key: string; readonly agent: Agent } | undefined;

  async function credential(): Promise<ExecCredential | KubeFailure | undefined> {
    if (user.exec === undefined) return undefined;
    if (plugin?.expires !== undefined && plugin.expires <= Date.now()) plugin = undefined;
    if (plugin !== undefined) return plugin;
    const got = await runCredentialPlugin(user.exec, cluster, disposed);
    if (got.kind === 'credential') plugin = got;
    return got;
  }

  /** Keeps the connections open for as long as the TLS material is the same: files may be replaced while we run. */
  function agentFor(tls: Tls): Agent {
    const ca = tls.ca === authorities ? undefined : tls.ca;
    const key = JSON.stringify([ca, tls.cert, tls.key]);
    if (current?.key !== key) {
      current?.agent.destroy();
      current = { key, agent: openConnectionPool(cluster.server, tls, proxyUrl) };
    }
    return current.agent;
  }

  return {
    sign: async () => {
      const got = await credential();
      if (got !== undefined && got.kind !== 'credential') return got;
      const material = await readMaterial({ cluster, user }, got);
      if (material.kind !== 'material') return material;
      const made = await requestOptions(material);
      if (made.kind === 'no-credentials') return made;
      const { tls, headers } = made;
      Object.assign(headers, impersonationHeaders(user.impersonate));
      const unusable = whyUnusable(tls);
      if (unusable !== undefined) return { kind: 'no-credentials', cause: unusable };
      const options = tls.ca === undefined ? { ...tls, ca: systemAuthorities() } : tls;
      return { kind: 'authentication', options, agent: agentFor(options), headers };
    },
    forget: () => {
      plugin = undefined;
    },
    dispose: () => current?.agent.destroy(),
  };
}

let authorities: string[] | undefined;

/**
 * A cluster without a certificate authority is judged by those of the machine, as kubectl does; Node alone would know
 * only its own list. Read once, since it takes long.
 */
function systemAuthorities(): string[] {
  return (authorities ??= [...getCACertificates('default'), ...getCACertificates('system')]);
}

/** What TLS to the server is opened with. */
type Tls = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized' | 'auth'
>;

/** Asked beforehand: with a certificate or key that is none, every connection would throw when it is opened. */
function whyUnusable({ ca, cert, key }: Tls): string | undefined {
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

interface Material {
  readonly kind: 'material';
  readonly cluster: Cluster;
  readonly user: User;
}

/** Reads every file that the context names. Data beats files, a token file beats a token, as in client-go. */
async function readMaterial(
  { cluster, user }: Pick<ChosenContext, 'cluster' | 'user'>,
  plugin: ExecCredential | undefined,
): Promise<Material | KubeFailure> {
  const oidc = user.authProvider === undefined ? undefined : oidcToken(user.authProvider);
  if (oidc?.kind === 'no-credentials') return oidc;
  try {
    const [ca, cert, key, tokenFile] = await Promise.all([
      dataOrFile(cluster.certificateAuthorityData, cluster.certificateAuthority),
      dataOrFile(user.clientCertificateData, user.clientCertificate),
      dataOrFile(user.clientKeyData, user.clientKey),
      user.tokenFile === undefined ? undefined : readFile(user.tokenFile, 'utf8'),
    ]);
    const token = plugin?.token ?? tokenFile?.trim() ?? user.token ?? oidc?.token;
    return {
      kind: 'material',
      cluster: libraryCluster(cluster, ca),
      user: {
        name: ONLY.user,
        ...optional('certData', base64(plugin?.clientCertificate) ?? cert),
        ...optional('keyData', base64(plugin?.clientKey) ?? key),
        ...optional('token', token),
        ...optional('username', user.username),
        ...optional('password', user.password),
      },
    };
  } catch (error) {
    return {
      kind: 'no-credentials',
      cause: `A file that the kubeconfig names cannot be read: ${messageOf(error)}.`,
    };
  }
}

const ONLY = { name: 'context', cluster: 'cluster', user: 'user' } as const;

/** Without the proxy, which our own connections go through: VS Code replaces what the library's are made with. */
function libraryCluster(cluster: ClusterEntry, caData: string | undefined): Cluster {
  return {
    name: ONLY.cluster,
    server: cluster.server,
    // The library refuses plain http unless this is set; kubectl does not.
    skipTLSVerify: cluster.insecureSkipTlsVerify || cluster.server.startsWith('http:'),
    ...optional('caData', caData),
    ...optional('tlsServerName', cluster.tlsServerName),
  };
}

interface Signed {
  readonly kind: 'signed';
  readonly tls: Tls;
  readonly headers: Record<string, string | string[]>;
}

type NoCredentials = Extract<KubeFailure, { kind: 'no-credentials' }>;

/** The library's request options, of which its connection pool is left out: it opens a connection a request. */
async function requestOptions({ cluster, user }: Material): Promise<Signed | NoCredentials> {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [cluster],
    users: [user],
    contexts: [ONLY],
    currentContext: ONLY.name,
  });
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const cause = `Signing in to the cluster failed: ${messageOf(error)}.`;
    return { kind: 'no-credentials', cause };
  }
  const { agent, headers, ...tls } = options;
  if (typeof agent === 'object') agent.destroy();
  const authorization = Object.entries(headers ?? {}).filter(isText);
  return {
    kind: 'signed',
    // By the kubeconfig alone: left open, NODE_TLS_REJECT_UNAUTHORIZED would decide who gets the credentials.
    tls: { ...tls, rejectUnauthorized: !cluster.skipTLSVerify },
    headers: Object.fromEntries(authorization),
  };
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
