import type {
  EnvoyFilter,
  Part,
  ProxyPlace,
  ProxyQuestion,
  ProxyState,
  ProxyTarget,
} from '../mesh/index.ts';
import {
  CONTROL_PLANE_CONTAINER,
  decodeProxy,
  PROXY_CONTAINER,
  proxyCommand,
  SYNC_STATUS_COMMAND,
} from '../mesh/index.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import type { ExecResult, ExecTarget } from './exec.ts';
import { execInPod } from './exec.ts';
import { may } from './permissions.ts';
import { readCertificates } from './readCertificates.ts';
import { readEnvoyFilters } from './readEnvoyFilters.ts';

/** What came of reading a proxy. */
export type ProxyReading =
  | {
      readonly kind: 'read';
      readonly state: ProxyState;
      readonly envoyFilters: Part<readonly EnvoyFilter[]>;
    }
  /** This context may not run commands in the namespace; nothing was tried. */
  | { readonly kind: 'forbidden'; readonly namespace: string }
  | { readonly kind: 'cancelled' };

export interface ReadOptions {
  /** Milliseconds for each command. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A dump of a sidecar that knows thousands of hosts has tens of megabytes. */
const MAX_DUMP = 128 * 1024 * 1024;

/**
 * Asks a running proxy what it has, with fixed commands in its own container. Whether that is allowed is asked first; what
 * single commands did not answer stays unknown.
 */
export async function readProxy(
  transport: KubeTransport,
  target: ProxyTarget,
  options: ReadOptions,
): Promise<ProxyReading> {
  const { place } = target;
  if ((await mayExec(transport, place.namespace, options)) === 'no')
    return { kind: 'forbidden', namespace: place.namespace };
  const [asked, syncStatus, envoyFilters] = await Promise.all([
    askAll(transport, place, options),
    readSyncStatus(transport, target, options),
    readEnvoyFilters(transport, target.filterNamespaces, options.signal),
  ]);
  if (options.signal.aborted) return { kind: 'cancelled' };
  const { namespace, pod, kind } = place;
  const read = { proxy: `${pod}.${namespace}`, kind, answers: asked, syncStatus };
  return { kind: 'read', state: decodeProxy(read, readCertificates), envoyFilters };
}

function mayExec(
  transport: KubeTransport,
  namespace: string,
  { signal }: ReadOptions,
): Promise<'yes' | 'no' | 'unknown'> {
  const exec = { verb: 'create', group: '', resource: 'pods', subresource: 'exec' } as const;
  return may(transport, { ...exec, namespace }, signal);
}

type Answers = Readonly<Record<ProxyQuestion, Part<string>>>;

async function askAll(
  transport: KubeTransport,
  { namespace, pod, kind }: ProxyPlace,
  options: ReadOptions,
): Promise<Answers> {
  const place = { namespace, pod, container: PROXY_CONTAINER };
  const ask = async (question: ProxyQuestion): Promise<Part<string>> =>
    await answerOf(transport, { ...place, command: proxyCommand(question, kind) }, options);
  const [listeners, clusters, endpoints, secrets, certs, serverInfo] = await Promise.all([
    ask('listeners'),
    ask('clusters'),
    ask('endpoints'),
    ask('secrets'),
    ask('certs'),
    ask('serverInfo'),
  ]);
  return { listeners, clusters, endpoints, secrets, certs, serverInfo };
}

/** What every replica of the control plane knows; unknown where none may be asked. */
async function readSyncStatus(
  transport: KubeTransport,
  { controlPlane }: ProxyTarget,
  options: ReadOptions,
): Promise<Part<readonly string[]>> {
  const [first] = controlPlane;
  if (first === undefined) return unread('no pod of its control plane was seen');
  if ((await mayExec(transport, first.namespace, options)) === 'no')
    return unread(`commands may not be run in the namespace ${first.namespace}`);
  const answers = await Promise.all(
    controlPlane.map(async ({ namespace, pod }) => {
      const place = { namespace, pod, container: CONTROL_PLANE_CONTAINER };
      return await answerOf(transport, { ...place, command: SYNC_STATUS_COMMAND }, options);
    }),
  );
  const read = answers.filter((answer) => answer.kind === 'read');
  const failed = answers.find((answer) => answer.kind === 'unread');
  if (read.length === 0) return failed ?? unread('its control plane did not answer');
  // An empty answer stands for a replica that did not: the proxy may be one of its own.
  const texts = answers.map((answer) => (answer.kind === 'read' ? answer.value : ''));
  return { kind: 'read', value: texts };
}

async function answerOf(
  transport: KubeTransport,
  target: ExecTarget,
  options: ReadOptions,
): Promise<Part<string>> {
  const result = await execInPod(transport, target, { ...options, maxOutput: MAX_DUMP });
  if (result.kind === 'exited' && result.code === 0) {
    if (result.stdout.length < MAX_DUMP) return { kind: 'read', value: result.stdout };
    return unread('the proxy’s answer is too long');
  }
  return unread(whyNot(result, target));
}

function unread(why: string): { readonly kind: 'unread'; readonly why: string } {
  return { kind: 'unread', why };
}

/** One clause about a command that did not answer. */
function whyNot(result: ExecResult, { container, pod }: ExecTarget): string {
  switch (result.kind) {
    case 'exited':
      return `the command in ${container} ended with ${result.code}`;
    case 'executable-missing':
      return `${container} has no ${result.executable}`;
    case 'container-not-found':
      return `${pod} has no running container ${container}`;
    case 'pod-not-found':
      return `there is no pod ${pod}`;
    case 'forbidden':
      return 'commands may not be run in the pod';
    case 'timed-out':
      return 'the command did not end in time';
    case 'cancelled':
      return 'it was called off';
    case 'no-status':
      return 'the connection to the pod was lost';
    case 'failed':
      return 'the command could not be run';
  }
}
