import type { Manifest } from '../../src/mesh/model/manifest.ts';
import type { Wire } from './clientWire.ts';
import { isAmbient, proxyKind, sidecarOf } from './clientWire.ts';
import { at, byAge, list, ofKind, pairs, selects, text } from './json.ts';
import { ztunnelDenies } from './ambient.ts';
import { composedMode, type ReferenceMesh } from './mode.ts';

/**
 * What a server's proxy does with plaintext, Istio mutual TLS and other TLS, a letter for each: x closes it,
 * m terminates mutual TLS, h puts the bytes into the HTTP codec, r hands them to the application (R52).
 */
export type Treatment = string;

/** What stands before the server's application. */
export type Receiver =
  | { readonly kind: 'none' }
  | { readonly kind: 'sidecar'; readonly treatment: Treatment }
  | { readonly kind: 'ambient'; readonly deniesPlaintext: boolean };

/** What arrives at a server, and who sent it. */
export interface Arrival {
  readonly wire: Wire;
  readonly sender: 'none' | 'envoy' | 'ambient';
  /** The application opens TLS itself, and so does the one it calls. */
  readonly applicationTls: boolean;
}

/** R180: `mutual-tls istio`, `mutual-tls hbone`, `tls`, `plaintext` or `refused` with its symptom. */
export function outcomeAt(receiver: Receiver, arrival: Arrival): string {
  const { wire, applicationTls } = arrival;
  if (wire === 'h') return 'mutual-tls hbone';
  if (wire === 'S' || wire === 'U') return applicationTls ? 'mutual-tls hbone' : 'refused F3';
  switch (receiver.kind) {
    case 'none':
      return atApplication(arrival);
    case 'ambient':
      return receiver.deniesPlaintext ? 'refused F4' : atApplication(arrival);
    case 'sidecar':
      return atSidecar(receiver.treatment, arrival);
  }
}

function atApplication({ wire, applicationTls }: Arrival): string {
  if (wire === 'm') return 'refused F3';
  if (wire === 'p') return applicationTls ? 'tls' : 'plaintext';
  return applicationTls ? 'tls' : 'refused F3';
}

/** F1, F2 and F8 are one refusal as three clients see it (R190, R191, R195). */
const refusedPlaintext = {
  none: 'refused F1',
  envoy: 'refused F2',
  ambient: 'refused F8',
} as const;

function atSidecar(treatment: Treatment, arrival: Arrival): string {
  const { wire, sender, applicationTls } = arrival;
  const [plaintext, istio, otherTls] = treatment;
  if (wire === 'm') {
    if (istio === 'm') return 'mutual-tls istio';
    return istio === 'h' ? 'refused F7' : atApplication(arrival);
  }
  const isTls = wire !== 'p' || applicationTls;
  if (!isTls) return plaintext === 'x' ? refusedPlaintext[sender] : atApplication(arrival);
  if (otherTls === 'm') return 'refused F5';
  if (otherTls === 'x') return 'refused F6';
  return otherTls === 'h' ? 'refused F7' : atApplication(arrival);
}

/** R43: HTTP, TCP or AUTO (nothing declared). */
export function protocolClass(port: unknown): 'HTTP' | 'TCP' | 'AUTO' {
  const declared = text(at(port, 'appProtocol')) || text(at(port, 'name'));
  const word = declared.toLowerCase().startsWith('grpc-web')
    ? 'grpc-web'
    : (declared.toLowerCase().split('-')[0] ?? '');
  if (['http', 'http2', 'grpc', 'grpc-web'].includes(word)) return 'HTTP';
  if (['tcp', 'tls', 'https', 'mongo', 'redis', 'mysql'].includes(word)) return 'TCP';
  return [25, 53, 3306, 27017].includes(Number(at(port, 'port'))) ? 'TCP' : 'AUTO';
}

/** R53: an application behind a port declared HTTPS or TLS speaks TLS itself. */
export function speaksTls(port: unknown): boolean {
  const declared = text(at(port, 'appProtocol')) || text(at(port, 'name'));
  return ['https', 'tls'].includes(declared.toLowerCase().split('-')[0] ?? '');
}

/** R44, R45: the class of a workload port: that of the oldest Service that targets it. */
function workloadPortClass(
  mesh: ReferenceMesh,
  pod: Manifest,
  port: number,
): 'HTTP' | 'TCP' | 'AUTO' {
  const ingress = at(sidecarOf(mesh, pod), 'spec', 'ingress');
  if (ingress !== undefined) return ingressClass(ingress, port);
  const services = ofKind(mesh.objects, 'Service', pod.metadata.namespace ?? '').toSorted(byAge);
  for (const service of services) {
    const selector = at(service, 'spec', 'selector');
    if (pairs(selector).length === 0 || !selects(selector, pod.metadata.labels)) continue;
    const targeting = list(at(service, 'spec', 'ports')).find((one) => targetOf(one, pod) === port);
    if (targeting !== undefined) return protocolClass(targeting);
  }
  return 'AUTO';
}

/** R46: an ingress list stands in the place of all Services; a port it does not list is known to nobody. */
function ingressClass(ingress: unknown, port: number): 'HTTP' | 'TCP' | 'AUTO' {
  const listed = list(ingress).find((one) => at(one, 'port', 'number') === port);
  return listed === undefined
    ? 'AUTO'
    : protocolClass({ name: at(listed, 'port', 'protocol'), port });
}

function targetOf(servicePort: unknown, pod: Manifest): unknown {
  const target = at(servicePort, 'targetPort');
  if (typeof target !== 'string') return target;
  const declared = list(at(pod, 'spec', 'containers')).flatMap((container) =>
    list(at(container, 'ports')),
  );
  return at(
    declared.find((one) => at(one, 'name') === target),
    'containerPort',
  );
}

const treatments = {
  STRICT: { HTTP: 'xmm', TCP: 'xmm', AUTO: 'xmm' },
  PERMISSIVE: { HTTP: 'hmx', TCP: 'rmr', AUTO: 'rmr' },
  DISABLE: { HTTP: 'hhh', TCP: 'rrr', AUTO: 'rrr' },
} as const;

/** R49 to R51. */
export function treatmentAt(mesh: ReferenceMesh, pod: Manifest, port: number): Treatment {
  const mode = composedMode(mesh, pod, port);
  if (mode !== 'STRICT' && mode !== 'DISABLE')
    return treatments.PERMISSIVE[workloadPortClass(mesh, pod, port)];
  return treatments[mode][workloadPortClass(mesh, pod, port)];
}

/** R120 for a running pod; a gateway's listeners are not a matter of PeerAuthentication (R61). */
export function receiverAt(mesh: ReferenceMesh, pod: Manifest, port: number): Receiver {
  if (proxyKind(pod) === 'sidecar')
    return { kind: 'sidecar', treatment: treatmentAt(mesh, pod, port) };
  if (isAmbient(pod)) return { kind: 'ambient', deniesPlaintext: ztunnelDenies(mesh, pod, port) };
  return { kind: 'none' };
}
