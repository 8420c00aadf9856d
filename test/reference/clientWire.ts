import type { Manifest } from '../../src/mesh/model/manifest.ts';
import {
  clusterTls,
  endpointTlsMode,
  isPassthrough,
  ruleFor,
  tlsMode,
  type MergedRule,
} from './destinationRule.ts';
import { hostOf, isAlias, leadsOutside, type Destination, type Endpoint } from './destination.ts';
import { at, label, list, ofKind, selects, text, texts } from './json.ts';
import { protocolClass } from './portProtocol.ts';
import { composedMode, namespaceHint, rootNamespaceOf, type ReferenceMesh } from './mode.ts';

/**
 * What an Envoy client puts on the wire: p plaintext, m Istio mutual TLS, h HBONE, s one-way TLS, u mutual
 * TLS with the user's certificates, S and U the last two inside HBONE.
 */
export type Wire = 'p' | 'm' | 'h' | 's' | 'u' | 'S' | 'U';

/** The client's view of one port of a destination. */
export type ClientCluster =
  /** The client does not know the service (R144). */
  | { readonly kind: 'absent' }
  /** The client keeps the address it was given: one wire for all (R172). */
  | { readonly kind: 'original-destination'; readonly wire: Wire }
  | {
      readonly kind: 'endpoints';
      readonly wires: readonly (Endpoint & { readonly wire: Wire })[];
    };

export type ProxyKind = 'sidecar' | 'gateway' | 'none';

/** R116, R118. */
export function proxyKind(pod: Manifest): ProxyKind {
  const proxy = list(at(pod, 'spec', 'containers')).find(
    (one) => at(one, 'name') === 'istio-proxy',
  );
  if (proxy === undefined) return 'none';
  return texts(at(proxy, 'args')).includes('router') ? 'gateway' : 'sidecar';
}

export function isAmbient(pod: Manifest): boolean {
  return pod.metadata.annotations?.['ambient.istio.io/redirection'] === 'enabled';
}

/** Whether exportTo and the client's Sidecar let the client know the host (R144). */
function isKnown(mesh: ReferenceMesh, client: Manifest, destination: Destination): boolean {
  const { owner, host, port, alias, declared } = destination;
  if (isAlias(owner)) return false;
  const home = owner.metadata.namespace ?? '';
  const own = client.metadata.namespace ?? '';
  if (!isExported(mesh, destination, own)) return false;
  const egress = at(sidecarOf(mesh, client), 'spec', 'egress');
  if (egress === undefined || proxyKind(client) === 'gateway') return true;
  const patterns = list(egress)
    .filter((listener) => (at(listener, 'port', 'number') ?? port) === port)
    .flatMap((listener) => texts(at(listener, 'hosts')));
  if (!patterns.some((pattern) => imports(pattern, own, home, host))) return false;
  if (alias === undefined || protocolClass(declared) !== 'HTTP') return true;
  const aliasHome = alias.metadata.namespace ?? '';
  return patterns.some((pattern) => imports(pattern, own, aliasHome, hostOf(alias)));
}

function isExported(
  mesh: ReferenceMesh,
  { owner, exportTo }: Destination,
  client: string,
): boolean {
  const byDefault = texts(mesh.meshConfig['defaultServiceExportTo']);
  const written = exportTo.length > 0 ? exportTo : byDefault;
  const visible = written.length > 0 ? written : ['*'];
  const isHome = client === owner.metadata.namespace;
  return visible.includes('*') || visible.includes(client) || (visible.includes('.') && isHome);
}

/** What becomes of bytes for a host that the client does not know; a gateway has nowhere to pass them (R144). */
export function passesThrough(mesh: ReferenceMesh, client: Manifest): boolean {
  if (proxyKind(client) === 'gateway') return false;
  const ofSidecar = at(sidecarOf(mesh, client), 'spec', 'outboundTrafficPolicy', 'mode');
  const ofMesh = at(mesh.meshConfig, 'outboundTrafficPolicy', 'mode');
  return (ofSidecar ?? ofMesh) !== 'REGISTRY_ONLY';
}

/** One that selects the client, else the one of its namespace, else the one of the root namespace. */
export function sidecarOf(mesh: ReferenceMesh, client: Manifest): Manifest | undefined {
  const own = ofKind(mesh.objects, 'Sidecar', client.metadata.namespace ?? '');
  const selecting = own.find((one) => {
    const selector = at(one, 'spec', 'workloadSelector', 'labels');
    return selector !== undefined && selects(selector, client.metadata.labels);
  });
  const general = (sidecars: readonly Manifest[]): Manifest | undefined =>
    sidecars.find((one) => at(one, 'spec', 'workloadSelector') === undefined);
  return (
    selecting ?? general(own) ?? general(ofKind(mesh.objects, 'Sidecar', rootNamespaceOf(mesh)))
  );
}

function imports(pattern: string, own: string, home: string, host: string): boolean {
  const [namespace = '', name = ''] = pattern.split('/');
  if (namespace === '~') return false;
  if (namespace !== '*' && (namespace === '.' ? own : namespace) !== home) return false;
  return name.startsWith('*') ? host.endsWith(name.slice(1)) : name === host;
}

/** R145 to R172: what a pod with an Envoy sends to a destination. */
export function clientCluster(
  mesh: ReferenceMesh,
  client: Manifest,
  destination: Destination,
  subset = '',
): ClientCluster {
  if (!isKnown(mesh, client, destination)) return { kind: 'absent' };
  const { owner, host, port, endpoints, keepsAddress } = destination;
  const labels = client.metadata.labels;
  const from = { namespace: client.metadata.namespace ?? '', labels };
  const rule = ruleFor(mesh, from, host, owner.metadata.namespace ?? '');
  const isGateway = proxyKind(client) === 'gateway';
  // A gateway has only endpoints to choose from, and cannot keep an address.
  if (isGateway && keepsAddress && leadsOutside(owner)) return { kind: 'absent' };
  const sender: Sender = { mesh, destination, rule, port, subset, isGateway };
  if ((keepsAddress && !isGateway) || isPassthrough(rule, port, subset)) {
    return {
      kind: 'original-destination',
      wire: originalDestinationWire(sender),
    };
  }
  const subsetLabels = at(
    rule?.subsets.find((one) => at(one, 'name') === subset),
    'labels',
  );
  const hintDisables = hintDisablesTls(sender, keepsAddress);
  const wires = endpoints
    .filter(({ pod }) => subset === '' || selects(subsetLabels, pod.metadata.labels))
    .map((endpoint) => ({
      ...endpoint,
      wire: endpointWire(sender, endpoint, hintDisables),
    }));
  return { kind: 'endpoints', wires };
}

interface Sender {
  readonly mesh: ReferenceMesh;
  readonly destination: Destination;
  readonly rule: MergedRule | undefined;
  readonly port: number;
  readonly subset: string;
  readonly isGateway: boolean;
}

/** R172: no stage for single endpoints; one endpoint without mutual TLS, or none at all, means plaintext. */
function originalDestinationWire(sender: Sender): Wire {
  const block = clusterTls(sender.rule, sender.port, sender.subset);
  if (block !== undefined) return explicitWire(sender, block);
  return hintDisablesTls(sender, true) ? 'p' : 'm';
}

/** R145, R146, and where the client keeps the address that it was given R172. */
function hintDisablesTls({ mesh, destination }: Sender, keepsAddress: boolean): boolean {
  const { owner, external, endpoints } = destination;
  if (external || mesh.meshConfig['enableAutoMtls'] === false) return true;
  const capable = endpoints.filter(({ pod }) => speaksIstioMutualTls(pod)).length;
  if (keepsAddress && (capable === 0 || capable < endpoints.length)) return true;
  return namespaceHint(mesh, owner.metadata.namespace ?? '') === 'DISABLE';
}

/** R119, R147: the label is all that clients look at. */
function speaksIstioMutualTls(pod: Manifest): boolean {
  return label(pod, 'security.istio.io/tlsMode') === 'istio';
}

/** R167 without HBONE, R170, R171. */
function explicitWire({ rule, isGateway }: Sender, block: unknown): Wire {
  const mode = tlsMode(block);
  if (mode === 'ISTIO_MUTUAL') return 'm';
  if (mode === 'DISABLE') return 'p';
  const credential = text(at(block, 'credentialName'));
  const ignored = credential !== '' && !credential.startsWith('configmap://');
  if (ignored && !isGateway && rule?.workloadSelector === undefined) return 'p';
  return mode === 'SIMPLE' ? 's' : 'u';
}

const insideHbone: Readonly<Record<Wire, Wire>> = {
  p: 'h',
  m: 'h',
  h: 'h',
  s: 'S',
  u: 'U',
  S: 'S',
  U: 'U',
};

/** R147, R167: what goes to one endpoint. */
function endpointWire(sender: Sender, endpoint: Endpoint, hintDisables: boolean): Wire {
  const block = clusterTls(sender.rule, sender.port, sender.subset);
  const automatic = hintDisables ? 'p' : automaticWire(sender, endpoint);
  const wire = block === undefined ? automatic : explicitWire(sender, block);
  const tunnel =
    sender.mesh.ambientEnabled && isAmbient(endpoint.pod) && !speaksIstioMutualTls(endpoint.pod);
  return tunnel ? insideHbone[wire] : wire;
}

function automaticWire(
  { mesh, rule, port, subset }: Sender,
  { pod, port: target }: Endpoint,
): Wire {
  if (!speaksIstioMutualTls(pod)) return 'p';
  const asked = endpointTlsMode(rule, port, subset);
  if (asked !== undefined) return asked === 'ISTIO_MUTUAL' ? 'm' : 'p';
  return composedMode(mesh, pod, target) === 'DISABLE' ? 'p' : 'm';
}
