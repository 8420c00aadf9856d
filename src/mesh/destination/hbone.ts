import type { Revision } from '../snapshot/controlPlane.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { Variant } from '../snapshot/workload.ts';
import type { MissingFact } from '../model/explanation.ts';
import { missingIstiod } from '../known/missing.ts';

/** Whether sidecars and gateways of a control plane send HBONE (R102). */
export interface HboneSupport {
  readonly sends: boolean;
  /** No istiod was seen: an ambient endpoint is taken as a sign that ambient is switched on. */
  readonly assumed: boolean;
  readonly missing: MissingFact | undefined;
}

/** PILOT_ENABLE_AMBIENT switches it on, PILOT_ENABLE_SENDING_HBONE off again (R102). */
export function hboneSupport(mesh: Mesh, revision: Revision): HboneSupport {
  const { env } = revision;
  if (env === undefined) {
    return { sends: true, assumed: true, missing: missingIstiod(mesh, revision) };
  }
  const sends =
    env['PILOT_ENABLE_AMBIENT'] === 'true' && env['PILOT_ENABLE_SENDING_HBONE'] !== 'false';
  return { sends, assumed: false, missing: undefined };
}

/** The endpoint takes HBONE: ztunnel does, and a sidecar that is labelled so (R65, R83). */
export function takesHbone(variant: Variant): boolean {
  return variant.dataPlane === 'ambient' || hasTunnelLabel(variant);
}

export function hasTunnelLabel({ shape }: Variant): boolean {
  return shape.labels['networking.istio.io/tunnel'] === 'http';
}

/** An endpoint that takes both is sent mesh TLS, unless the control plane prefers HBONE (R103). */
export function isOfferedHbone(variant: Variant, revision: Revision): boolean {
  if (!takesHbone(variant)) return false;
  return !variant.tlsMode || revision.env?.['PILOT_PREFER_SENDING_HBONE'] === 'true';
}
