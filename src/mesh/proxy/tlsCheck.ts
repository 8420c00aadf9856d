import type { Mesh } from '../snapshot/mesh.ts';
import type { MutualTlsMode } from '../model/mode.ts';
import type { ObjectRef } from '../model/reference.ts';
import { sameRef } from '../model/reference.ts';
import { connect, type Connection } from '../connection/connection.ts';
import type { ModeSource } from '../model/explanation.ts';
import type { HostPort } from '../connection/hostPorts.ts';
import type { ComparedCluster } from './compareProxy.ts';
import type { ProxyOwner } from './predictedProxy.ts';
import type { SentShare } from './proxyState.ts';

/**
 * One line of the table that `istioctl authn tls-check` printed until it was removed in 2020: what a client’s proxy sends to a
 * host and port, what its servers take, and who decides either.
 */
export interface TlsCheck {
  readonly to: HostPort;
  /**
   * `AUTO`: it works, and no DestinationRule says what is sent. `CONFLICT`: the servers refuse it. `DRIFT`: the proxy sends
   * something else than the objects say, so that nothing is said of what becomes of it.
   */
  readonly status: 'OK' | 'AUTO' | 'CONFLICT' | 'DRIFT' | 'UNKNOWN';
  /** The modes of the ports that it leads to; empty where none has a proxy. */
  readonly server: readonly MutualTlsMode[];
  /** Undefined where the proxy knows no such host. */
  readonly client: readonly SentShare[] | undefined;
  /** The PeerAuthentications that decided the modes; Istio’s default is none. */
  readonly policies: readonly ObjectRef[];
  readonly rule: ObjectRef | undefined;
}

/** The lines of a proxy, in the order of its clusters. */
export function tlsChecks(
  mesh: Mesh,
  { workload }: ProxyOwner,
  clusters: readonly ComparedCluster[],
): readonly TlsCheck[] {
  const client = { kind: 'workload', workload: workload.ref } as const;
  return clusters.map((compared): TlsCheck => {
    const { to, has } = compared;
    const connections = connect(mesh, client, to);
    const decided = connections.flatMap(serverModes);
    return {
      to,
      status: statusOf(compared, connections),
      server: [...new Set(decided.map(({ mode }) => mode))],
      client: has?.shares,
      policies: policiesOf(decided.map(({ from }) => from)),
      rule: has?.rule,
    };
  });
}

interface Decided {
  readonly mode: MutualTlsMode;
  readonly from: ModeSource;
}

function serverModes({ because }: Connection): readonly Decided[] {
  return because.flatMap((reason) => (reason.kind === 'server-mode' ? [reason] : []));
}

function policiesOf(sources: readonly ModeSource[]): readonly ObjectRef[] {
  const policies = sources.flatMap((from) => (from.kind === 'policy' ? from.field.object : []));
  return policies.filter(
    (policy, index) => policies.findIndex((one) => sameRef(one, policy)) === index,
  );
}

function statusOf(
  { has, agreement }: ComparedCluster,
  connections: readonly Connection[],
): TlsCheck['status'] {
  if (agreement === 'differs') return 'DRIFT';
  const kinds = connections.map(({ outcome }) => outcome.kind);
  if (kinds.includes('refused')) return 'CONFLICT';
  if (kinds.includes('unknown') || agreement === 'not-compared') return 'UNKNOWN';
  return has?.rule === undefined ? 'AUTO' : 'OK';
}
