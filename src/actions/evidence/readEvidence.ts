import type {
  AbsentSource,
  Evidence,
  EvidenceKind,
  Mesh,
  NonEmpty,
  PrometheusAddress,
  TimeWindow,
  WorkloadRef,
} from '../../mesh/index.ts';
import {
  joinEvidence,
  prometheusBesideControlPlane,
  readPrometheusAddress,
} from '../../mesh/index.ts';
import type { PrometheusApi } from '../../sources/evidence/prometheusApi.ts';
import { prometheusAt, prometheusBehindService } from '../../sources/evidence/prometheusApi.ts';
import { readPrometheus } from '../../sources/evidence/readPrometheus.ts';
import type { KubeTransport } from '../../sources/transport/transport.ts';
import { may } from '../permissions.ts';
import { readProxyCounters, readProxyLogs } from './readProxies.ts';

/** What somebody wants to know about traffic, and where it may be looked for. */
export interface EvidenceQuestion {
  readonly mesh: Mesh;
  readonly window: TimeWindow;
  /** The servers that are concerned. */
  readonly servers: readonly WorkloadRef[];
  /** What may be asked: the proxies are, where no Prometheus is there to answer. */
  readonly kinds: readonly EvidenceKind[];
  /** What the setting names; empty for the Prometheus beside the control plane. */
  readonly prometheus: string;
  /** The `Authorization` header for an address; asked for only where one is used. */
  readonly authorization: (url: string) => Promise<string | undefined>;
  readonly signal: AbortSignal;
  /** Told how far it is, in a few words. */
  readonly report?: (message: string) => void;
}

/**
 * Reads what is known of the traffic, from what is there. Rights are asked for first; what may not be read, or does not
 * answer, is an absent source. Never throws. Without a transport only an address of its own can be asked.
 */
export async function readEvidence(
  transport: KubeTransport | undefined,
  question: EvidenceQuestion,
): Promise<Evidence> {
  const prometheus = await askPrometheus(transport, question);
  if (transport === undefined) return prometheus;
  const { kinds, report = () => undefined } = question;
  const ofProxies = { ...question, report };
  const counters =
    prometheus.sources.length > 0 || !kinds.includes('proxy-stats')
      ? unasked(question, 'proxy-stats')
      : await readProxyCounters(transport, ofProxies);
  const logs = kinds.includes('logs')
    ? await readProxyLogs(transport, ofProxies)
    : unasked(question, 'logs');
  return joinEvidence([prometheus, counters, logs]);
}

async function askPrometheus(
  transport: KubeTransport | undefined,
  question: EvidenceQuestion,
): Promise<Evidence> {
  const found = await findPrometheus(transport, question);
  if (found.kind === 'absent')
    return absentEvidence(question, [{ kind: 'prometheus', why: found.why }]);
  const namespaces = [...new Set(question.servers.map(({ namespace }) => namespace))].sort();
  return readPrometheus(found.api, { ...question, namespaces });
}

function unasked(question: EvidenceQuestion, kind: EvidenceKind): Evidence {
  return absentEvidence(question, [{ kind, why: { kind: 'not-asked' } }]);
}

function absentEvidence(
  { window }: Pick<EvidenceQuestion, 'window'>,
  absent: NonEmpty<AbsentSource>,
): Evidence {
  return joinEvidence([{ asked: window, sources: [], absent, calls: [] }]);
}

type Found =
  | { readonly kind: 'api'; readonly api: PrometheusApi }
  | { readonly kind: 'absent'; readonly why: AbsentSource['why'] };

async function findPrometheus(
  transport: KubeTransport | undefined,
  question: EvidenceQuestion,
): Promise<Found> {
  const { mesh, prometheus, authorization, signal } = question;
  const address =
    prometheus === ''
      ? prometheusBesideControlPlane(mesh)
      : readPrometheusAddress(mesh, prometheus);
  if (address === undefined) return { kind: 'absent', why: { kind: 'not-found' } };
  switch (address.kind) {
    case 'wrong':
      return failed(address.why);
    case 'url':
      return {
        kind: 'api',
        api: prometheusAt(address.url, await authorization(address.url), signal),
      };
    case 'service':
      return transport === undefined
        ? failed('Without a cluster only a Prometheus with an address of its own can be asked.')
        : behindService(transport, address, signal);
  }
}

async function behindService(
  transport: KubeTransport,
  address: Extract<PrometheusAddress, { kind: 'service' }>,
  signal: AbortSignal,
): Promise<Found> {
  const { namespace, name } = address;
  const access = { verb: 'get', group: '', resource: 'services', subresource: 'proxy' };
  const answer = await may(transport, { ...access, namespace, name }, signal);
  if (answer === 'no') {
    const why = { kind: 'forbidden', verb: 'get', resource: 'services/proxy', namespace } as const;
    return { kind: 'absent', why };
  }
  return { kind: 'api', api: prometheusBehindService(transport, address, signal) };
}

function failed(cause: string): Found {
  return { kind: 'absent', why: { kind: 'failed', cause } };
}
