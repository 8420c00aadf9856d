import type { Mesh } from '../snapshot/mesh.ts';
import type { Arrival } from './acceptance.ts';
import type { Endpoint } from '../destination/destination.ts';
import type { MissingFact, Outcome, Reason } from '../model/explanation.ts';
import { missingAnywhere } from '../known/missing.ts';
import { gatewayServerAt, refOf } from './receiving.ts';

/** What gateway pods make of a connection: their Gateway says, no PeerAuthentication does (R61, R180). */
export function acceptAtGateway(
  mesh: Mesh,
  endpoint: Endpoint,
  arrival: Arrival,
): { readonly outcome: Outcome; readonly because: readonly Reason[] } {
  const { found, through } = gatewayServerAt(mesh, endpoint);
  if (found === undefined) {
    const { ref, namespace } = endpoint.workload;
    const absent: MissingFact = { kind: 'Gateway', namespace, why: 'not-found' };
    const fact = missingAnywhere(mesh, 'Gateway') ?? absent;
    const { port } = endpoint;
    const reason = { kind: 'no-gateway-server', workload: ref, port, through } as const;
    return { outcome: { kind: 'unknown', missing: [fact] }, because: [reason] };
  }
  const { gateway, server } = found;
  const { protocol } = server;
  const reason = { kind: 'gateway-server', gateway: refOf(gateway), protocol, through } as const;
  return { outcome: outcomeAt(server.tlsMode, arrival), because: [reason] };
}

/** A server without tls takes plaintext; otherwise its tls mode says whose certificates it takes. */
function outcomeAt(tlsMode: string | undefined, { wire }: Arrival): Outcome {
  const refused: Outcome = { kind: 'refused', by: 'server', symptom: 'protocol-mismatch' };
  if (tlsMode === undefined) return wire.kind === 'plaintext' ? { kind: 'plaintext' } : refused;
  if (wire.kind === 'plaintext' || wire.kind === 'hbone') return refused;
  if (wire.kind === 'istio-mtls') {
    const takesMesh = tlsMode === 'ISTIO_MUTUAL' || tlsMode === 'AUTO_PASSTHROUGH';
    return takesMesh ? { kind: 'mutual-tls', transport: 'istio' } : refused;
  }
  const lacksCertificate = tlsMode === 'MUTUAL' && wire.kind === 'tls';
  return tlsMode === 'ISTIO_MUTUAL' || lacksCertificate
    ? { kind: 'refused', by: 'server', symptom: 'client-certificate-required' }
    : { kind: 'tls' };
}
