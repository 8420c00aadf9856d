import type { ServingProxy } from '../../mesh/index.ts';
import { describeFailure } from '../../sources/transport/kubeFailure.ts';
import type { KubeTransport } from '../../sources/transport/transport.ts';
import { execInPod } from '../exec.ts';

/** A text that a proxy gave, or why there is none, in one sentence. */
export type ProxyText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly cause: string };

/** How counters are read: by the API server's proxy to the pod, or by a program that every proxy's image has. */
export type CounterWay = 'pods/proxy' | 'pods/exec';

const READ_LIMIT_MS = 10_000;
/** Only Istio's own two counters: a proxy has thousands of others. */
const counterFilter = 'istio_(requests|tcp_connections_opened)_total';

/** What `/stats/prometheus` of one proxy shows. */
export async function readCounters(
  transport: KubeTransport,
  pod: ServingProxy,
  way: CounterWay,
  signal: AbortSignal,
): Promise<ProxyText> {
  return way === 'pods/proxy'
    ? countersByProxy(transport, pod, signal)
    : countersByAgent(transport, pod, signal);
}

async function countersByProxy(
  transport: KubeTransport,
  { namespace, pod, proxy }: ServingProxy,
  signal: AbortSignal,
): Promise<ProxyText> {
  const port = proxy === 'sidecar' ? 15090 : 15020;
  return getText(transport, {
    path: `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/stats/prometheus`,
    query: proxy === 'sidecar' ? { filter: counterFilter } : {},
    signal,
  });
}

async function countersByAgent(
  transport: KubeTransport,
  { namespace, pod, container, proxy }: ServingProxy,
  signal: AbortSignal,
): Promise<ProxyText> {
  if (proxy === 'ztunnel')
    return { kind: 'failed', cause: 'There is no program in ztunnel that shows its counters.' };
  const command = ['pilot-agent', 'request', 'GET', `stats/prometheus?filter=${counterFilter}`];
  const options = { timeoutMs: READ_LIMIT_MS, signal };
  const ran = await execInPod(transport, { namespace, pod, container, command }, options);
  if (ran.kind === 'exited' && ran.code === 0) return { kind: 'text', text: ran.stdout };
  return {
    kind: 'failed',
    cause: `pilot-agent in ${namespace}/${pod} did not answer (${ran.kind}).`,
  };
}

/** Lines and bytes of one log that are read at most. */
const MAX_LINES = 2_000;
const MAX_BYTES = 1024 * 1024;

/** What a proxy logged in the last seconds. */
export async function readLog(
  transport: KubeTransport,
  { namespace, pod, container }: ServingProxy,
  sinceSeconds: number,
  signal: AbortSignal,
): Promise<ProxyText> {
  return getText(transport, {
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/log`,
    query: { container, sinceSeconds, tailLines: MAX_LINES, limitBytes: MAX_BYTES },
    signal,
  });
}

interface TextRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string | number>>;
  readonly signal: AbortSignal;
}

async function getText(
  transport: KubeTransport,
  { path, query, signal }: TextRequest,
): Promise<ProxyText> {
  const answer = await transport.request({
    method: 'GET',
    path,
    query,
    signal,
    timeoutMs: READ_LIMIT_MS,
    headers: { accept: 'text/plain, */*' },
    parse: (body) => body.toString('utf8'),
  });
  if (answer.kind === 'ok' && typeof answer.body === 'string')
    return { kind: 'text', text: answer.body };
  const cause = answer.kind === 'ok' ? 'It answered nothing.' : describeFailure(answer);
  return { kind: 'failed', cause };
}
