import type { MeshConfig } from '../snapshot/meshConfig.ts';
import type { Outcome } from '../model/explanation.ts';

/** A version of TLS as mesh configs spell it. */
export type TlsVersion = MeshConfig['minProtocolVersion'];

/** How a mutual TLS connection is carried. */
type Transport = Extract<Outcome, { kind: 'mutual-tls' }>['transport'];

/** The oldest TLS version that mutual TLS of the mesh takes; the newest is always 1.3, and HBONE knows no other (R26). */
export function oldestTlsVersion(config: MeshConfig, transport: Transport): TlsVersion {
  return transport === 'hbone' ? 'TLSV1_3' : config.minProtocolVersion;
}
