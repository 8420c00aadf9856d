import type {
  AbsentSource,
  BlindSpot,
  Evidence,
  EvidenceKind,
  Mesh,
  ServingProxy,
  TimeWindow,
  WorkloadRef,
} from '../../mesh/index.ts';
import {
  callsOfLogs,
  callsOfMetrics,
  counted,
  growthsOfProxy,
  servingProxies,
  refKey,
  workloadOfPod,
} from '../../mesh/index.ts';
import type { KubeTransport } from '../../sources/transport/transport.ts';
import { may } from '../permissions.ts';
import { askEach } from './askEach.ts';
import type { CounterWay, ProxyText } from './proxyTexts.ts';
import { readCounters, readLog } from './proxyTexts.ts';

/** Which proxies are asked, and what is told meanwhile. */
export interface ProxyQuestion {
  readonly mesh: Mesh;
  readonly window: TimeWindow;
  readonly servers: readonly WorkloadRef[];
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

/** More proxies than this are not asked. */
const MAX_PROXIES = 200;
/** Between two looks at the same counters. */
const BETWEEN_LOOKS_MS = 5_000;
/** How far back logs are read. */
const LOG_SECONDS = 300;

/** Reads the counters of the servers' own proxies, twice. */
export async function readProxyCounters(
  transport: KubeTransport,
  question: ProxyQuestion,
): Promise<Evidence> {
  const { mesh, servers, signal } = question;
  const proxies = servingProxies(mesh, servers);
  if (proxies.length === 0) return absentEvidence(question, 'proxy-stats', { kind: 'not-found' });
  const way = await counterWay(transport, proxies, signal);
  if (way === undefined)
    return absentEvidence(question, 'proxy-stats', forbidden('get', 'pods/proxy'));
  const asked = proxies.slice(0, MAX_PROXIES);
  const look = (which: string): Promise<readonly ProxyText[]> =>
    askEach(asked, (pod) => readCounters(transport, pod, way, signal), {
      signal,
      report: (done) => {
        question.report(`${which} look at the counters: ${done} of ${asked.length} proxies`);
      },
    });
  const first = await look('first');
  await pause(BETWEEN_LOOKS_MS, signal);
  const second = await look('second');
  const read = asked.flatMap((pod, index): Counters[] => {
    const [before, after] = [first[index], second[index]];
    return before?.kind === 'text' && after?.kind === 'text'
      ? [{ pod, first: before.text, second: after.text }]
      : [];
  });
  const unread = proxies.length - read.length;
  const cause = second.find((one) => one.kind === 'failed')?.cause ?? 'there are too many.';
  return countersEvidence(question, read, { unread, cause });
}

interface Counters {
  readonly pod: ServingProxy;
  readonly first: string;
  readonly second: string;
}

interface Unread {
  readonly unread: number;
  readonly cause: string;
}

function countersEvidence(
  { mesh, window }: ProxyQuestion,
  read: readonly Counters[],
  { unread, cause }: Unread,
): Evidence {
  const growths = read.flatMap(({ first, second }) =>
    growthsOfProxy({ first, second, at: window.to }),
  );
  const { calls, heard, unlabelled } = callsOfMetrics(mesh, growths, 'proxy-stats');
  const silent = read.filter(({ second }) => !second.includes('istio_')).length;
  const blindSpots: readonly BlindSpot[] = [
    { kind: 'since-proxy-start' },
    { kind: 'no-ports' },
    ...(unlabelled.size > 0
      ? [{ kind: 'no-security-label' as const, servers: unlabelled.size }]
      : []),
    ...(silent > 0 ? [{ kind: 'no-telemetry' as const, pods: silent }] : []),
    ...unreadSpots({ unread, cause }),
  ];
  if (read.length === 0)
    return absentEvidence({ window }, 'proxy-stats', { kind: 'failed', cause });
  const since = new Map<string, TimeWindow>();
  for (const key of heard)
    since.set(key, { from: startOf(mesh, read, key) ?? window.to, to: window.to });
  const covered = [...since.values()].reduce((least, { from }) => Math.min(least, from), window.to);
  const where = counted(read.length, 'proxy', 'proxies');
  const source = { where, window: { from: covered, to: window.to }, blindSpots, heard: since };
  return { asked: window, sources: [{ kind: 'proxy-stats', ...source }], absent: [], calls };
}

/** Since when all proxies of a server have counted: the youngest one knows least. */
function startOf(mesh: Mesh, read: readonly Counters[], server: string): number | undefined {
  const own = read.filter(({ pod: { namespace, pod } }) => {
    const workload = workloadOfPod(mesh, namespace, pod);
    return workload !== undefined && refKey(workload.ref) === server;
  });
  const starts = own.map(({ pod }) => pod.since);
  return starts.every((start) => start !== undefined) && starts.length > 0
    ? Math.max(...starts)
    : undefined;
}

function unreadSpots({ unread, cause }: Unread): readonly BlindSpot[] {
  return unread > 0 ? [{ kind: 'unread-pods', pods: unread, cause }] : [];
}

/** By the API server's proxy, else by the agent in the pod; undefined where neither may be used. */
async function counterWay(
  transport: KubeTransport,
  proxies: readonly ServingProxy[],
  signal: AbortSignal,
): Promise<CounterWay | undefined> {
  if (await mayInAll(transport, proxies, { verb: 'get', subresource: 'proxy' }, signal))
    return 'pods/proxy';
  const exec = await mayInAll(transport, proxies, { verb: 'create', subresource: 'exec' }, signal);
  return exec ? 'pods/exec' : undefined;
}

async function mayInAll(
  transport: KubeTransport,
  proxies: readonly ServingProxy[],
  right: { readonly verb: string; readonly subresource: string },
  signal: AbortSignal,
): Promise<boolean> {
  const namespaces = [...new Set(proxies.map(({ namespace }) => namespace))];
  const answers = await askEach(
    namespaces,
    (namespace) => may(transport, { group: '', resource: 'pods', ...right, namespace }, signal),
    { signal, report: () => undefined },
  );
  return !answers.includes('no');
}

/** Reads what the servers' own proxies logged in the last minutes. */
export async function readProxyLogs(
  transport: KubeTransport,
  question: ProxyQuestion,
): Promise<Evidence> {
  const { mesh, servers, signal, window } = question;
  const proxies = servingProxies(mesh, servers);
  if (proxies.length === 0) return absentEvidence(question, 'logs', { kind: 'not-found' });
  const right = { verb: 'get', subresource: 'log' };
  if (!(await mayInAll(transport, proxies, right, signal)))
    return absentEvidence(question, 'logs', forbidden('get', 'pods/log'));
  const asked = proxies.slice(0, MAX_PROXIES);
  const texts = await askEach(asked, (pod) => readLog(transport, pod, LOG_SECONDS, signal), {
    signal,
    report: (done) => {
      question.report(`logs of ${done} of ${asked.length} proxies`);
    },
  });
  const lines = texts.flatMap((one) => (one.kind === 'text' ? one.text.split('\n') : []));
  const calls = callsOfLogs(mesh, lines);
  const read = texts.filter(({ kind }) => kind === 'text').length;
  const cause = texts.find((one) => one.kind === 'failed')?.cause ?? 'there are too many.';
  if (read === 0) return absentEvidence(question, 'logs', { kind: 'failed', cause });
  const logged = { from: window.to - LOG_SECONDS * 1000, to: window.to };
  const heard = new Map(calls.map(({ server }) => [refKey(server), logged]));
  const blindSpots = unreadSpots({ unread: proxies.length - read, cause });
  const where = counted(read, 'proxy', 'proxies');
  const source = { kind: 'logs', where, window: logged, blindSpots, heard } as const;
  return { asked: window, sources: [source], absent: [], calls };
}

function forbidden(verb: string, resource: string): AbsentSource['why'] {
  return { kind: 'forbidden', verb, resource, namespace: '' };
}

function absentEvidence(
  { window }: Pick<ProxyQuestion, 'window'>,
  kind: EvidenceKind,
  why: AbsentSource['why'],
): Evidence {
  return { asked: window, sources: [], absent: [{ kind, why }], calls: [] };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
