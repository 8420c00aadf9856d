import type {
  AbsentSource,
  Evidence,
  Mesh,
  NonEmpty,
  PrometheusAddress,
  TimeWindow,
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

/** What somebody wants to know about traffic, and where it may be looked for. */
export interface EvidenceQuestion {
  readonly mesh: Mesh;
  readonly window: TimeWindow;
  /** Whose servers are concerned; undefined for all. */
  readonly namespaces: readonly string[] | undefined;
  /** What the setting names; empty for the Prometheus beside the control plane. */
  readonly prometheus: string;
  /** The `Authorization` header for an address; asked for only where one is used. */
  readonly authorization: (url: string) => Promise<string | undefined>;
  readonly signal: AbortSignal;
}

/**
 * Reads what is known of the traffic, from what is there. Rights are asked for first; what may not be read, or does not
 * answer, is an absent source. Never throws. Without a transport only an address of its own can be asked.
 */
export async function readEvidence(
  transport: KubeTransport | undefined,
  question: EvidenceQuestion,
): Promise<Evidence> {
  const found = await findPrometheus(transport, question);
  return found.kind === 'absent'
    ? absentEvidence(question, [{ kind: 'prometheus', why: found.why }])
    : readPrometheus(found.api, question);
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
