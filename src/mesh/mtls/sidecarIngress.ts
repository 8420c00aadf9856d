import { revisionOf, type Mesh } from '../model/mesh.ts';
import type { ObjectRef } from '../model/reference.ts';
import type { Variant } from '../model/workload.ts';
import { sidecarOf } from './hostVisibility.ts';
import type { MutualTlsMode } from './mode.ts';

/** TLS that a Sidecar object has the proxy end with a certificate of the user's own. */
export interface IngressTls {
  readonly mode: 'SIMPLE' | 'MUTUAL';
  readonly sidecar: ObjectRef;
}

const FLAG = 'ENABLE_TLS_ON_SIDECAR_INGRESS';

/** The tls block of Sidecar.ingress: only where the control plane is told to read it, and only on a DISABLE port (R47). */
export function ingressTlsAt(
  mesh: Mesh,
  { namespace, variant }: { readonly namespace: string; readonly variant: Variant },
  at: { readonly port: number; readonly mode: MutualTlsMode },
): IngressTls | undefined {
  const { env, config } = revisionOf(mesh, variant.revision);
  if (at.mode !== 'DISABLE' || env?.[FLAG] !== 'true') return undefined;
  const sidecar = sidecarOf(mesh, { namespace, labels: variant.shape.labels, config });
  const mode = sidecar?.ingress?.find(({ port }) => port === at.port)?.tlsMode;
  if (sidecar === undefined || (mode !== 'SIMPLE' && mode !== 'MUTUAL')) return undefined;
  const ref = { kind: 'Sidecar', namespace: sidecar.namespace, name: sidecar.name } as const;
  return { mode, sidecar: ref };
}
