import type { Mesh } from '../snapshot/mesh.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import { findDestination, type Destination } from '../destination/destination.ts';
import { clientVariantOf, type ClientVariant } from '../destination/clientVariant.ts';
import { bypassesOwnSidecar } from '../client/outboundCapture.ts';
import type { Outbound } from '../client/call.ts';
import { outboundOf, whyHidden } from '../client/outbound.ts';
import { metBy } from '../connection/metDestination.ts';
import type { HostPort } from '../connection/hostPorts.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import type { EffectiveMode } from '../model/explanation.ts';
import { missingForModes } from '../known/missingModes.ts';
import { governedPods } from '../policy/serverMode.ts';
import { portAcceptance } from '../server/enforcement.ts';
import { revisionOf } from '../snapshot/mesh.ts';
import type { PortTaken, Sent, SentShare } from './proxyState.ts';

/** Pods of a workload that have such a proxy. */
export interface ProxyOwner {
  readonly workload: Workload;
  readonly variant: Variant;
}

/** What the objects of the mesh say that a proxy takes on a port. */
export interface PredictedPort extends PortTaken, Pick<EffectiveMode, 'from'> {
  /** Whether what arrives there meets the proxy at all (R54, R56). */
  readonly captured: boolean;
  readonly missing: readonly MissingFact[];
}

/** A port that nothing lists. */
const UNLISTED_PORT = 0;

/** What such pods’ proxy is predicted to take on a port, or on all that nothing lists. */
export function predictedPort(
  mesh: Mesh,
  { workload, variant }: ProxyOwner,
  port: number | undefined,
): PredictedPort | undefined {
  const governed = governedPods(mesh, workload).find((pods) => pods.variant === variant);
  if (governed === undefined) return undefined;
  const { mode, from } = governed.explain(port);
  const { namespace } = workload;
  const { governing } = governed;
  const at = { namespace, governing, port: port ?? UNLISTED_PORT, mode };
  const { rootNamespace } = revisionOf(mesh, variant.revision).config;
  return {
    mode,
    from,
    ...portAcceptance(mesh, variant, at),
    missing: missingForModes(mesh, namespace, rootNamespace),
  };
}

/** What the objects of the mesh say that a proxy sends. */
export type PredictedCluster =
  | {
      readonly kind: 'sends';
      readonly shares: readonly SentShare[];
      readonly because: readonly Reason[];
      readonly missing: readonly MissingFact[];
    }
  /** The proxy is predicted to know no such host (R144). */
  | { readonly kind: 'no-cluster'; readonly because: readonly Reason[] }
  /** Nothing is predicted: the client’s proxy does not see such a call, or the host is not known. */
  | { readonly kind: 'not-predicted' };

/** What such pods’ proxy is predicted to send to a host and port; what the application sends stays what it is. */
export function predictedCluster(mesh: Mesh, owner: ProxyOwner, to: HostPort): PredictedCluster {
  const client = clientVariantOf(mesh, owner.workload, owner.variant);
  const { dataPlane, namespace, labels, revision } = client;
  const asking = { namespace, labels, revision, isGateway: dataPlane === 'gateway' };
  const found = findDestination(mesh, to, namespace, asking);
  if (found.kind === 'not-found') return { kind: 'not-predicted' };
  const destination = metBy(mesh, client, { destination: found.destination, to });
  if (bypassesOwnSidecar(mesh, client, destination)) return { kind: 'not-predicted' };
  const hidden = whyHidden(mesh, client, destination);
  if (hidden !== undefined) return { kind: 'no-cluster', because: [hidden] };
  return sentTo(mesh, client, { destination, to });
}

function sentTo(
  mesh: Mesh,
  client: ClientVariant,
  { destination, to }: { readonly destination: Destination; readonly to: HostPort },
): PredictedCluster {
  const { subset } = to;
  const call = { client, destination, applicationTls: false };
  const outboundTo = outboundOf(mesh, subset === undefined ? call : { ...call, subset });
  const { endpoints } = destination;
  const each = endpoints.map((endpoint) => ({ ...outboundTo(endpoint), count: endpoint.count }));
  const all = each.length > 0 ? each : [{ ...outboundTo(undefined), count: 0 }];
  const counts = new Map<Sent, number>();
  for (const outbound of all) {
    const sent = sentBy(outbound);
    if (sent !== undefined) counts.set(sent, (counts.get(sent) ?? 0) + outbound.count);
  }
  return {
    kind: 'sends',
    shares: [...counts].map(([sent, share]) => ({ sent, endpoints: share })),
    because: distinct(all.flatMap(({ because }) => because)),
    missing: [...new Set(all.flatMap(({ missing }) => missing))],
  };
}

/** A proxy’s own words for what leaves it; undefined for nothing. */
function sentBy({ wire }: Outbound): Sent | undefined {
  switch (wire?.kind) {
    case undefined:
      return undefined;
    case 'istio-mtls':
      return 'mutual-tls';
    case 'plaintext':
      return 'as-is';
    case 'hbone':
    case 'tls':
    case 'user-mtls':
      return wire.kind;
  }
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  const byText = new Map(reasons.map((reason) => [JSON.stringify(reason), reason]));
  return [...byText.values()];
}
