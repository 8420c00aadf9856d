import type { Manifest } from '../../src/mesh/model/manifest.ts';
import type { Wire } from './clientWire.ts';
import { isAmbient, proxyKind, sidecarOf } from './clientWire.ts';
import { servicesOf, type Destination } from './destination.ts';
import { at, byAge, list, pairs, selects, text } from './json.ts';
import { ztunnelDenies } from './ambient.ts';
import { composedMode, type ReferenceMesh } from './mode.ts';
import { protocolClass, speaksTls } from './portProtocol.ts';

/**
 * What a server's proxy does with plaintext, Istio mutual TLS and other TLS, a letter for each: x closes it,
 * m terminates mutual TLS of the mesh, u mutual TLS with other certificates, t TLS without any, h puts the bytes into the HTTP codec, r hands them to the application (R52).
 */
export type Treatment = string;

export type PortClass = 'HTTP' | 'TCP' | 'AUTO';

/** What stands before the server's application. */
export type Receiver =
  | { readonly kind: 'none' }
  | { readonly kind: 'sidecar'; readonly treatment: Treatment; readonly portClass: PortClass }
  | { readonly kind: 'gateway'; readonly treatment: Treatment }
  | { readonly kind: 'ambient'; readonly deniesPlaintext: boolean };

/** What arrives at a server, and who sent it. */
export interface Arrival {
  readonly wire: Wire;
  readonly sender: 'none' | 'envoy' | 'ambient';
  /** The application opens TLS itself, and so does the one it calls. */
  readonly applicationTls: boolean;
}

/** R180: a mesh-external host takes the TLS that a rule originates, whatever its port is declared to be. */
export function serverSpeaksTls(
  { declared, external }: Pick<Destination, 'declared' | 'external'>,
  wire: Wire,
): boolean {
  return speaksTls(declared) || (external && 'suSU'.includes(wire));
}

/** R180: `mutual-tls istio`, `mutual-tls hbone`, `tls`, `plaintext` or `refused` with its symptom. */
export function outcomeAt(receiver: Receiver, arrival: Arrival): string {
  const { wire, applicationTls } = arrival;
  if (wire === 'h') return 'mutual-tls hbone';
  if (wire === 'S' || wire === 'U')
    return applicationTls ? 'mutual-tls hbone' : 'refused protocol-mismatch';
  switch (receiver.kind) {
    case 'none':
      // TLS that a rule originates: whether the application speaks it, nothing says.
      return 'su'.includes(wire) && !applicationTls
        ? 'unknown up-to-application'
        : atApplication(arrival);
    case 'ambient':
      return receiver.deniesPlaintext ? 'refused ztunnel-policy-rejection' : atApplication(arrival);
    case 'sidecar':
      return atSidecar(receiver, arrival);
    case 'gateway':
      return atGateway(receiver.treatment, arrival);
  }
}

/** R61: what its Gateway says; a port that none names is one of which nothing is known. */
function atGateway(treatment: Treatment, { wire, applicationTls }: Arrival): string {
  const [plaintext, istio, otherTls = 'x'] = treatment;
  if (otherTls === 'x') return 'unknown Gateway not-found';
  if (wire === 'm') return istio === 'm' ? 'mutual-tls istio' : 'refused protocol-mismatch';
  if (wire === 'p' && !applicationTls)
    return plaintext === 'h' ? 'plaintext' : 'refused protocol-mismatch';
  if (otherTls === 'h') return 'refused protocol-mismatch';
  const hasCertificate = wire === 'u' && otherTls === 'u';
  return otherTls === 't' || hasCertificate ? 'tls' : 'refused client-certificate-required';
}

function atApplication({ wire, applicationTls }: Arrival): string {
  if (wire === 'm') return 'refused protocol-mismatch';
  if (wire === 'p') return applicationTls ? 'tls' : 'plaintext';
  return applicationTls ? 'tls' : 'refused protocol-mismatch';
}

/** One refusal as three clients see it (R190, R191, R195). */
const refusedPlaintext = {
  none: 'refused server-resets-plaintext',
  envoy: 'refused server-resets-proxy-plaintext',
  ambient: 'refused server-resets-ambient-plaintext',
} as const;

function atSidecar(
  { treatment, portClass }: Extract<Receiver, { kind: 'sidecar' }>,
  arrival: Arrival,
): string {
  const { wire, sender, applicationTls } = arrival;
  const [plaintext, istio, otherTls] = treatment;
  if (wire === 'm') {
    // R51: what the application sends inside is read by the port's protocol.
    if (istio === 'm' && applicationTls && portClass === 'HTTP') return 'refused tls-read-as-http';
    if (istio === 'm') return 'mutual-tls istio';
    return istio === 'h' ? 'refused tls-read-as-http' : atApplication(arrival);
  }
  const isTls = wire !== 'p' || applicationTls;
  if (!isTls) return plaintext === 'x' ? refusedPlaintext[sender] : atApplication(arrival);
  if (otherTls === 'm') return 'refused client-certificate-required';
  if (otherTls === 'x') return 'refused server-resets-foreign-tls';
  return otherTls === 'h' ? 'refused tls-read-as-http' : atApplication(arrival);
}

/** R44, R45: the class of a workload port: that of the oldest Service that targets it. */
export function workloadPortClass(mesh: ReferenceMesh, pod: Manifest, port: number): PortClass {
  const ingress = at(sidecarOf(mesh, pod), 'spec', 'ingress');
  if (ingress !== undefined) return ingressClass(ingress, port);
  for (const service of servicesOf(mesh, pod.metadata.namespace ?? '')) {
    if (!leadsTo(service, pod)) continue;
    const targeting = list(at(service, 'spec', 'ports')).find((one) => targetOf(one, pod) === port);
    if (targeting !== undefined) return protocolClass(targeting);
  }
  return 'AUTO';
}

/** Whether a Service or a ServiceEntry selects a pod, or writes it out; the name of a headless Service leads to no machine. */
function leadsTo(service: Manifest, pod: Manifest): boolean {
  const spec = at(service, 'spec');
  const written = list(at(spec, 'endpoints')).map((one) => at(one, 'address'));
  if (written.includes(pod.metadata.name)) return true;
  const isMachine = at(pod, 'spec', 'machinePorts') !== undefined;
  if (isMachine && at(spec, 'clusterIP') === 'None') return false;
  const selector = at(spec, 'selector') ?? at(spec, 'workloadSelector', 'labels');
  return pairs(selector).length > 0 && selects(selector, pod.metadata.labels);
}

/** R46: an ingress list stands in the place of all Services; a port it does not list is known to nobody. */
function ingressClass(ingress: unknown, port: number): 'HTTP' | 'TCP' | 'AUTO' {
  const listed = list(ingress).find((one) => at(one, 'port', 'number') === port);
  return listed === undefined
    ? 'AUTO'
    : protocolClass({ name: at(listed, 'port', 'protocol'), port });
}

/** Where a port of a Service or ServiceEntry leads in a pod: names are the pod's own, and a machine's go before numbers. */
function targetOf(port: unknown, pod: Manifest): unknown {
  const target = at(port, 'targetPort') ?? at(port, 'number');
  const name = typeof target === 'string' ? target : text(at(port, 'name'));
  const ofMachine = at(pod, 'spec', 'machinePorts');
  const isNamed = typeof target === 'string' || at(port, 'number') !== undefined;
  const own = ofMachine === undefined && isNamed ? containerPort(pod, name) : at(ofMachine, name);
  return own ?? (typeof target === 'string' ? undefined : target);
}

function containerPort(pod: Manifest, name: string): unknown {
  const declared = list(at(pod, 'spec', 'containers')).flatMap((container) =>
    list(at(container, 'ports')),
  );
  return at(
    declared.find((one) => at(one, 'name') === name),
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

/** R120 for a running pod. */
export function receiverAt(mesh: ReferenceMesh, pod: Manifest, port: number): Receiver {
  if (proxyKind(pod) === 'sidecar' && !isCaptured(pod, port)) return { kind: 'none' };
  if (proxyKind(pod) === 'sidecar')
    return {
      kind: 'sidecar',
      treatment: treatmentAt(mesh, pod, port),
      portClass: workloadPortClass(mesh, pod, port),
    };
  if (proxyKind(pod) === 'gateway')
    return { kind: 'gateway', treatment: gatewayTreatment(mesh, pod, port) };
  if (isAmbient(pod)) return { kind: 'ambient', deniesPlaintext: ztunnelDenies(mesh, pod, port) };
  return { kind: 'none' };
}

/** R52: whether plaintext reaches the application behind a sidecar, or without any. */
export function acceptsPlaintext(mesh: ReferenceMesh, pod: Manifest, port: number): boolean {
  const receiver = receiverAt(mesh, pod, port);
  return receiver.kind !== 'sidecar' || !receiver.treatment.startsWith('x');
}

/** R54: the list of what to leave out counts only while everything else is let in. */
function isCaptured(pod: Manifest, port: number): boolean {
  const named = (name: string): string | undefined =>
    pod.metadata.annotations?.[`traffic.sidecar.istio.io/${name}`];
  const include = named('includeInboundPorts') ?? '*';
  const lists = (ports: string): boolean => ports.split(',').some((one) => Number(one) === port);
  if (include !== '*') return include !== '' && lists(include);
  return !lists(named('excludeInboundPorts') ?? '');
}

const gatewayTreatments: Readonly<Record<string, Treatment>> = {
  SIMPLE: 'xtt',
  MUTUAL: 'xuu',
  ISTIO_MUTUAL: 'xmm',
};

/** R61: the oldest Gateway that selects the pod and names the port, as a Service port if one of that number leads to the pod. */
function gatewayTreatment(mesh: ReferenceMesh, pod: Manifest, port: number): Treatment {
  const all = mesh.objects.filter(({ kind }) => kind === 'Gateway').toSorted(byAge);
  const servers = all
    .filter((gateway) => selects(at(gateway, 'spec', 'selector'), pod.metadata.labels))
    .flatMap((gateway) => list(at(gateway, 'spec', 'servers')));
  const server = servers.find((one) => portBehind(mesh, pod, at(one, 'port', 'number')) === port);
  if (server === undefined) return 'xxx';
  const mode = at(server, 'tls', 'mode');
  return mode === undefined ? 'hhh' : (gatewayTreatments[text(mode)] ?? 'xxx');
}

function portBehind(mesh: ReferenceMesh, pod: Manifest, number: unknown): unknown {
  for (const service of servicesOf(mesh, pod.metadata.namespace ?? '')) {
    if (!leadsTo(service, pod)) continue;
    const port = list(at(service, 'spec', 'ports')).find(
      (one) => (at(one, 'port') ?? at(one, 'number')) === number,
    );
    const target = port === undefined ? undefined : targetOf(port, pod);
    if (target !== undefined) return target;
  }
  return number;
}
