import { spawn } from 'node:child_process';

import { asObject, textAt } from '../transport/jsonValue.ts';
import type { KubeFailure } from '../transport/kubeFailure.ts';
import { withoutSecrets } from '../transport/withoutSecrets.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfigEntry.ts';

/** What a credential plugin handed out. `expires` in milliseconds since the epoch. */
export interface ExecCredential {
  readonly kind: 'credential';
  readonly token?: string;
  /** PEM text. */
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly expires?: number;
}

/** A person may have to sign in through a browser, so a plugin gets longer than a request. */
const PLUGIN_TIMEOUT_MS = 60_000;
const MAX_OUTPUT = 1024 * 1024;

/**
 * Runs a kubeconfig's credential plugin once, as client-go does: no shell, `KUBERNETES_EXEC_INFO` set, never
 * interactive. Run here and not by the client library because that neither stops a plugin that hangs nor tells it
 * about the cluster. Source: kubernetes.io/docs/reference/access-authn-authz/authentication, client-go credential plugins.
 */
export async function runCredentialPlugin(
  exec: ExecEntry,
  cluster: ClusterEntry,
  signal: AbortSignal,
): Promise<ExecCredential | KubeFailure> {
  const limit = AbortSignal.timeout(PLUGIN_TIMEOUT_MS);
  const ran = await run(exec, executionInfo(exec, cluster), AbortSignal.any([signal, limit]));
  if (signal.aborted) return { kind: 'cancelled' };
  if (limit.aborted) {
    return noCredentials(
      `The credential plugin ${exec.command} did not finish within ${PLUGIN_TIMEOUT_MS / 1000} s`,
    );
  }
  if (ran.kind === 'not-started') return noCredentials(whyNotStarted(exec, ran.error));
  if (ran.code !== 0) {
    const said = withoutSecrets(ran.stderr).trim().split('\n', 1)[0]?.slice(0, 300) ?? '';
    return noCredentials(
      `The credential plugin ${exec.command} failed with exit code ${String(ran.code)}: ${said}`,
    );
  }
  return readCredential(exec, ran.stdout);
}

type Ran =
  | {
      readonly kind: 'ended';
      readonly code: number | null;
      readonly stdout: string;
      readonly stderr: string;
    }
  | { readonly kind: 'not-started'; readonly error: Error & { code?: string } };

function run(exec: ExecEntry, info: string, signal: AbortSignal): Promise<Ran> {
  const added = Object.fromEntries(exec.env.map(({ name, value }) => [name, value]));
  const env = { ...process.env, ...added, KUBERNETES_EXEC_INFO: info };
  return new Promise((resolve) => {
    const output = { stdout: '', stderr: '' };
    const child = spawn(exec.command, exec.args, {
      env,
      signal,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        if (output[stream].length < MAX_OUTPUT) output[stream] += text;
      });
    }
    child.once('error', (error) => {
      resolve({ kind: 'not-started', error });
    });
    child.once('close', (code) => {
      resolve({ kind: 'ended', code, ...output });
    });
  });
}

function executionInfo(exec: ExecEntry, cluster: ClusterEntry): string {
  const spec = exec.provideClusterInfo
    ? {
        interactive: false,
        cluster: {
          server: cluster.server,
          'tls-server-name': cluster.tlsServerName,
          'insecure-skip-tls-verify': cluster.insecureSkipTlsVerify,
          'certificate-authority-data': cluster.certificateAuthorityData,
          'proxy-url': cluster.proxyUrl,
        },
      }
    : { interactive: false };
  return JSON.stringify({ apiVersion: exec.apiVersion, kind: 'ExecCredential', spec });
}

function readCredential(exec: ExecEntry, stdout: string): ExecCredential | KubeFailure {
  const answer = asObject(parseJson(stdout));
  const status = asObject(answer?.['status']);
  if (answer !== undefined && answer['apiVersion'] !== exec.apiVersion) {
    return noCredentials(
      `The credential plugin ${exec.command} answers in another version than ${exec.apiVersion}`,
    );
  }
  const token = textAt(status, 'token');
  const clientCertificate = textAt(status, 'clientCertificateData');
  const clientKey = textAt(status, 'clientKeyData');
  if (token === undefined && clientCertificate === undefined) {
    return noCredentials(`The credential plugin ${exec.command} printed no credential`);
  }
  const expires = Date.parse(textAt(status, 'expirationTimestamp') ?? '');
  return {
    kind: 'credential',
    ...(token !== undefined && { token }),
    ...(clientCertificate !== undefined && { clientCertificate }),
    ...(clientKey !== undefined && { clientKey }),
    ...(!Number.isNaN(expires) && { expires }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyNotStarted(exec: ExecEntry, error: Error & { code?: string }): string {
  const hint = exec.installHint === undefined ? '' : ` (${exec.installHint.trim()})`;
  if (error.code !== 'ENOENT')
    return `The credential plugin ${exec.command} cannot be started: ${error.message}${hint}`;
  return /[/\\]/.test(exec.command)
    ? `The credential plugin ${exec.command} does not exist${hint}`
    : `The credential plugin ${exec.command} is not on the PATH of the VS Code process${hint}`;
}

function noCredentials(sentence: string): KubeFailure {
  return { kind: 'no-credentials', cause: `${sentence}.` };
}
