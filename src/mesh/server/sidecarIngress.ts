import { revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { MeshConfig } from '../model/meshConfig.ts';
import type { ObjectRef } from '../model/reference.ts';
import type { Variant } from '../snapshot/workload.ts';
import type { MissingFact } from '../model/explanation.ts';
import { sidecarOf } from '../destination/hostVisibility.ts';
import { missingAny, missingIstiod } from '../known/missing.ts';
import type { MutualTlsMode } from '../model/mode.ts';

/** TLS that a Sidecar object has the proxy end with a certificate of the user's own. */
export interface IngressTls {
  readonly mode: 'SIMPLE' | 'MUTUAL';
  readonly sidecar: ObjectRef;
}

const FLAG = 'ENABLE_TLS_ON_SIDECAR_INGRESS';

/** The missing facts that would say whether a Sidecar object ends TLS at a port of that mode (R47). */
export function missingForIngress(
  mesh: Mesh,
  { namespace, variant }: { readonly namespace: string; readonly variant: Variant },
  mode: MutualTlsMode,
): readonly MissingFact[] {
  if (mesh.missing.length === 0 || mode !== 'DISABLE') return [];
  const revision = revisionOf(mesh, variant.revision);
  const { env, config } = revision;
  const istiod = missingIstiod(mesh, revision);
  if (env?.[FLAG] !== 'true' && istiod === undefined) return [];
  const sidecars = missingSidecars(mesh, namespace, config);
  const sidecar = sidecarOf(mesh, { namespace, labels: variant.shape.labels, revision });
  const ends = sidecar?.ingress?.some(({ tlsMode }) => tlsMode !== undefined) === true;
  if (!ends && sidecars.length === 0) return [];
  return istiod === undefined ? sidecars : [...sidecars, istiod];
}

/** The missing facts that would say which Sidecar object governs the pods of a namespace. */
export function missingSidecars(
  mesh: Mesh,
  namespace: string,
  { rootNamespace }: MeshConfig,
): readonly MissingFact[] {
  return missingAny(mesh, [
    ['Sidecar', namespace],
    ['Sidecar', rootNamespace],
  ]);
}

/** The tls block of Sidecar.ingress: only where the control plane is told to read it, and only on a DISABLE port (R47). */
export function ingressTlsAt(
  mesh: Mesh,
  { namespace, variant }: { readonly namespace: string; readonly variant: Variant },
  at: { readonly port: number; readonly mode: MutualTlsMode },
): IngressTls | undefined {
  const revision = revisionOf(mesh, variant.revision);
  if (at.mode !== 'DISABLE' || revision.env?.[FLAG] !== 'true') return undefined;
  const sidecar = sidecarOf(mesh, { namespace, labels: variant.shape.labels, revision });
  const mode = sidecar?.ingress?.find(({ port }) => port === at.port)?.tlsMode;
  if (sidecar === undefined || (mode !== 'SIMPLE' && mode !== 'MUTUAL')) return undefined;
  const ref = { kind: 'Sidecar', namespace: sidecar.namespace, name: sidecar.name } as const;
  return { mode, sidecar: ref };
}
