import { revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import { ambientPort } from './ambient.ts';
import { capturesNothing, isPortCaptured } from './capture.ts';
import type { Enforcement, MissingFact } from '../model/explanation.ts';
import { missingAny, missingPods } from '../known/missing.ts';
import type { Accepts, MutualTlsMode } from '../model/mode.ts';
import type { Governing } from '../policy/peerAuthentication.ts';
import { ingressTlsAt, missingForIngress } from './sidecarIngress.ts';

type NotEnforced = Extract<Enforcement, { kind: 'not-enforced' }>['why'];

const ENFORCED: Enforcement = Object.freeze({ kind: 'enforced' });

/** Whether anything makes the composed mode of a workload true (R24, R63, R83). */
export function enforcementOf(mesh: Mesh, workload: Workload): Enforcement {
  const [fact, ...more] = missingAny(mesh, [['PeerAuthentication', workload.namespace]]);
  if (fact !== undefined) return { kind: 'unknown', missing: [fact, ...more] };
  const unread = missingPods(mesh, workload);
  if (unread !== undefined) return { kind: 'unknown', missing: [unread] };
  const [ingress, ...others] = missingIngress(mesh, workload);
  if (ingress !== undefined) return { kind: 'unknown', missing: [ingress, ...others] };
  const reasons = workload.variants.map((variant) => whyNotEnforced(mesh, variant));
  const [first] = reasons;
  if (reasons.every((why) => why === undefined)) return ENFORCED;
  if (first !== undefined && reasons.every((why) => why !== undefined)) {
    return { kind: 'not-enforced', why: first };
  }
  let pods = 0;
  let unenforcedPods = 0;
  for (const [index, variant] of workload.variants.entries()) {
    pods += variant.pods.length;
    if (reasons[index] !== undefined) unenforcedPods += variant.pods.length;
  }
  return { kind: 'partly-enforced', unenforcedPods, pods };
}

/** The missing facts that would say whether a Sidecar object makes DISABLE ports take TLS instead (R47). */
function missingIngress(mesh: Mesh, { namespace, variants }: Workload): readonly MissingFact[] {
  const [variant] = variants;
  if (variant.dataPlane !== 'sidecar') return [];
  return missingForIngress(mesh, { namespace, variant }, 'DISABLE');
}

/** Why nothing enforces PeerAuthentication on such pods; undefined when something does. */
export function whyNotEnforced(mesh: Mesh, variant: Variant): NotEnforced | undefined {
  const { shape, dataPlane, revision } = variant;
  switch (dataPlane) {
    case 'none':
      return shape.hostNetwork ? 'host-network' : 'no-proxy';
    case 'gateway':
    case 'waypoint':
      return dataPlane;
    case 'ambient':
      return bypassesAmbient(variant) ? 'inbound-not-captured' : undefined;
    case 'sidecar': {
      const defaults = revisionOf(mesh, revision).proxy;
      return capturesNothing(shape, defaults) ? 'inbound-not-captured' : undefined;
    }
  }
}

/** The pod's inbound traffic goes past ztunnel (R83). */
export function bypassesAmbient({ shape }: Variant): boolean {
  return shape.annotations['ambient.istio.io/bypass-inbound-capture'] === 'true';
}

/** What one port of such pods takes on the wire (R52, R54, R86). */
export interface PortAcceptance {
  readonly accepts: readonly Accepts[];
  readonly captured: boolean;
}

const MUTUAL: readonly Accepts[] = Object.freeze(['mutual-tls']);
const BOTH: readonly Accepts[] = Object.freeze(['mutual-tls', 'plaintext']);
const PLAIN: readonly Accepts[] = Object.freeze(['plaintext']);
/** A Sidecar object has the proxy end TLS of the user's own (R47). */
const USER_TLS: readonly Accepts[] = Object.freeze(['tls']);
/** What a gateway listens for is in its Gateway, not in any PeerAuthentication (R61). */
const BY_GATEWAY: readonly Accepts[] = Object.freeze(['mutual-tls', 'tls', 'plaintext']);

/** A port, the mode composed for it, and the policies it was composed of. */
export interface PortQuestion {
  readonly namespace: string;
  readonly governing: Governing;
  readonly port: number;
  readonly mode: MutualTlsMode;
}

export function portAcceptance(mesh: Mesh, variant: Variant, at: PortQuestion): PortAcceptance {
  const { dataPlane, shape, revision } = variant;
  switch (dataPlane) {
    case 'none':
      return { accepts: PLAIN, captured: false };
    case 'gateway':
      return { accepts: BY_GATEWAY, captured: false };
    case 'waypoint':
      return { accepts: MUTUAL, captured: false };
    case 'ambient': {
      if (bypassesAmbient(variant)) return { accepts: PLAIN, captured: false };
      const { deniesPlaintext } = ambientPort(at.governing, at.port);
      return { accepts: deniesPlaintext ? MUTUAL : BOTH, captured: true };
    }
    case 'sidecar': {
      const captured = isPortCaptured(shape, at.port, revisionOf(mesh, revision).proxy);
      if (!captured) return { accepts: PLAIN, captured };
      const ingress = ingressTlsAt(mesh, { namespace: at.namespace, variant }, at);
      return { accepts: ingress === undefined ? acceptedBy(at.mode) : USER_TLS, captured };
    }
  }
}

/** What a sidecar takes under a mode (R49, R50, R51). */
function acceptedBy(mode: MutualTlsMode): readonly Accepts[] {
  switch (mode) {
    case 'STRICT':
      return MUTUAL;
    case 'PERMISSIVE':
      return BOTH;
    case 'DISABLE':
      return PLAIN;
  }
}
