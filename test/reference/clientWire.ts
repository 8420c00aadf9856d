import type { Manifest } from '../../src/mesh/model/manifest.ts';
import {
  clusterTls,
  endpointTlsMode,
  isPassthrough,
  ruleFor,
  tlsMode,
  type MergedRule,
} from './destinationRule.ts';
import { at, label, list, ofKind, selects, text, texts } from './json.ts';
import { composedMode, namespaceHint, rootNamespaceOf, type ReferenceMesh } from './mode.ts';

/**
 * What an Envoy client puts on the wire: p plaintext, m Istio mutual TLS, h HBONE, s one-way TLS, u mutual
 * TLS with the user's certificates, S and U the last two inside HBONE.
 */
export type Wire = 'p' | 'm' | 'h' | 's' | 'u' | 'S' | 'U';

/** One endpoint of a Service port. */
export interface Endpoint {
  readonly pod: Manifest;
  readonly address: string;
  readonly port: number;
}

/** The client's view of one Service port. */
export type ClientCluster =
  /** The client does not know the service (R144). */
  | { readonly kind: 'absent' }
  /** The client keeps the address it was given: one wire for all (R172). */
  | { readonly kind: 'original-destination'; readonly wire: Wire }
  | { readonly kind: 'endpoints'; readonly wires: readonly (Endpoint & { readonly wire: Wire })[] };

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

/** The endpoints behind a Service port, from the slices that Kubernetes keeps. */
export function endpointsOf(
  mesh: ReferenceMesh,
  service: Manifest,
  port: number,
): readonly Endpoint[] {
  const namespace = service.metadata.namespace ?? '';
  const declared = list(at(service, 'spec', 'ports')).find((one) => at(one, 'port') === port);
  return ofKind(mesh.objects, 'EndpointSlice', namespace)
    .filter((slice) => label(slice, 'kubernetes.io/service-name') === service.metadata.name)
    .flatMap((slice) => {
      const target = list(at(slice, 'ports')).find(
        (one) => at(one, 'name') === at(declared, 'name'),
      );
      return list(at(slice, 'endpoints')).flatMap((endpoint): readonly Endpoint[] => {
        const name = at(endpoint, 'targetRef', 'name');
        const pod = ofKind(mesh.objects, 'Pod', namespace).find(
          ({ metadata }) => metadata.name === name,
        );
        const number = at(target, 'port');
        if (pod === undefined || typeof number !== 'number') return [];
        return [{ pod, address: text(at(endpoint, 'addresses', 0)), port: number }];
      });
    });
}

/** Whether Service.exportTo and the client's Sidecar let the client know the service (R144). */
function isKnown(mesh: ReferenceMesh, client: Manifest, service: Manifest): boolean {
  const home = service.metadata.namespace ?? '';
  const own = client.metadata.namespace ?? '';
  const annotation = service.metadata.annotations?.['networking.istio.io/exportTo'];
  const exportTo = annotation === undefined ? ['*'] : annotation.split(',');
  const isExported =
    exportTo.includes('*') || exportTo.includes(own) || (exportTo.includes('.') && own === home);
  if (!isExported) return false;
  if (proxyKind(client) === 'gateway') return true;
  const sidecar = sidecarOf(mesh, client);
  if (sidecar === undefined) return true;
  const host = `${service.metadata.name}.${home}.svc.cluster.local`;
  return list(at(sidecar, 'spec', 'egress'))
    .flatMap((egress) => texts(at(egress, 'hosts')))
    .some((pattern) => imports(pattern, own, home, host));
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
  return name === '*' || name === host;
}

/** R145 to R172: what a pod with an Envoy sends to a Service port. */
export function clientCluster(
  mesh: ReferenceMesh,
  client: Manifest,
  service: Manifest,
  { port, subset = '' }: { readonly port: number; readonly subset?: string },
): ClientCluster {
  if (!isKnown(mesh, client, service)) return { kind: 'absent' };
  const home = service.metadata.namespace ?? '';
  const host = `${service.metadata.name}.${home}.svc.cluster.local`;
  const labels = client.metadata.labels;
  const rule = ruleFor(mesh, { namespace: client.metadata.namespace ?? '', labels }, host, home);
  const sender: Sender = { mesh, rule, port, subset, isGateway: proxyKind(client) === 'gateway' };
  const endpoints = endpointsOf(mesh, service, port);
  const headless = at(service, 'spec', 'clusterIP') === 'None';
  if ((headless && !sender.isGateway) || isPassthrough(rule, port, subset)) {
    return { kind: 'original-destination', wire: originalDestinationWire(sender, home, endpoints) };
  }
  const subsetLabels = at(
    rule?.subsets.find((one) => at(one, 'name') === subset),
    'labels',
  );
  const hintDisables = hintDisablesTls(sender, { home, headless, endpoints });
  const wires = endpoints
    .filter(({ pod }) => subset === '' || selects(subsetLabels, pod.metadata.labels))
    .map((endpoint) => ({ ...endpoint, wire: endpointWire(sender, endpoint, hintDisables) }));
  return { kind: 'endpoints', wires };
}

interface Sender {
  readonly mesh: ReferenceMesh;
  readonly rule: MergedRule | undefined;
  readonly port: number;
  readonly subset: string;
  readonly isGateway: boolean;
}

/** R172: no stage for single endpoints; one endpoint without mutual TLS, or none at all, means plaintext. */
function originalDestinationWire(
  sender: Sender,
  home: string,
  endpoints: readonly Endpoint[],
): Wire {
  const block = clusterTls(sender.rule, sender.port, sender.subset);
  if (block !== undefined) return explicitWire(sender, block);
  return hintDisablesTls(sender, { home, headless: true, endpoints }) ? 'p' : 'm';
}

interface Stage1 {
  readonly home: string;
  readonly headless: boolean;
  readonly endpoints: readonly Endpoint[];
}

/** R145, R146, and for headless services R172. */
function hintDisablesTls({ mesh }: Sender, { home, headless, endpoints }: Stage1): boolean {
  if (mesh.meshConfig['enableAutoMtls'] === false) return true;
  if (
    headless &&
    (endpoints.length === 0 || endpoints.some(({ pod }) => !speaksIstioMutualTls(pod)))
  )
    return true;
  return namespaceHint(mesh, home) === 'DISABLE';
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
