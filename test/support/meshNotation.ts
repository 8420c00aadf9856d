import { decodeObject } from '../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import type { Overrides } from '../../src/mesh/snapshot/controlPlane.ts';
import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../src/mesh/model/objects.ts';
import type { MissingFact } from '../../src/mesh/model/explanation.ts';
import { parseAllDocuments } from 'yaml';

/** A manifest as plain JSON. */
export type Json = Readonly<Record<string, unknown>>;

const CLUSTER = { kind: 'cluster' } as const;
const EPOCH = Date.parse('2026-01-01T00:00:00Z');

/** `namespace/name` taken apart. */
function place(text: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}

/** `app=cart,version=v1` as an object; `{}` is a selector without labels. */
export function labelsFrom(text: string): Readonly<Record<string, string>> {
  if (text === '' || text === '{}') return {};
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=', 2) as [string, string]));
}

/**
 * A PeerAuthentication in one line: place, selector, mode, ports, `@second`, `rev=name`.
 * For example `shop/cart app=cart STRICT 9090:DISABLE @5`. No mode leaves the mtls block out.
 */
export function peerAuthentication(line: string, age: number): Json {
  const [at = '', ...words] = line.split(' ');
  const spec: Record<string, unknown> = {};
  const ports: Record<string, Json> = {};
  const labels: Record<string, string> = {};
  let second = age;
  for (const word of words) {
    if (word.startsWith('@')) second = Number(word.slice(1));
    else if (word.startsWith('rev=')) labels['istio.io/rev'] = word.slice(4);
    else if (word === '{}' || word.includes('='))
      spec['selector'] = { matchLabels: labelsFrom(word) };
    else if (word.includes(':')) ports[word.split(':')[0] ?? ''] = { mode: word.split(':')[1] };
    else spec['mtls'] = { mode: word };
  }
  if (Object.keys(ports).length > 0) spec['portLevelMtls'] = ports;
  const metadata = { ...place(at), labels, creationTimestamp: secondsLater(second) };
  return { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata, spec };
}

export function secondsLater(seconds: number): string {
  return new Date(EPOCH + seconds * 1000).toISOString();
}

/** Policies of which each is a second younger than the one before. */
export function peerAuthentications(lines: readonly string[]): readonly Json[] {
  return lines.map((line, age) => peerAuthentication(line, age));
}

/** What a pod is. `injected` is a sidecar whose endpoint label is missing (R119). */
export type PodKind = 'none' | 'sidecar' | 'ambient' | 'gateway' | 'waypoint' | 'host-network';

export interface PodOptions {
  readonly labels?: string;
  readonly ports?: readonly number[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Overrides the value that injection would give `security.istio.io/tlsMode`. */
  readonly tlsMode?: string;
  readonly uid?: number;
}

/** A running pod `namespace/name`, labelled `app=<name>` unless told otherwise. */
export function pod(at: string, kind: PodKind, options: PodOptions = {}): Json {
  const { namespace, name } = place(at);
  const labels: Record<string, string> = { ...labelsFrom(options.labels ?? `app=${name}`) };
  const annotations: Record<string, string> = { ...options.annotations };
  const ports = (options.ports ?? [8080]).map((port) => ({
    containerPort: port,
    name: `p-${port}`,
  }));
  const containers: Json[] = [
    {
      name: 'app',
      ports,
      ...(options.uid === undefined ? {} : { securityContext: { runAsUser: options.uid } }),
    },
  ];
  const roles: Readonly<Partial<Record<PodKind, string>>> = {
    sidecar: 'sidecar',
    gateway: 'router',
    waypoint: 'waypoint',
  };
  const role = roles[kind];
  if (role !== undefined) containers.push({ name: 'istio-proxy', args: ['proxy', role] });
  if (kind === 'waypoint') labels['gateway.istio.io/managed'] = 'istio.io-mesh-controller';
  if (kind === 'ambient') annotations['ambient.istio.io/redirection'] = 'enabled';
  const tlsMode = options.tlsMode ?? (kind === 'sidecar' ? 'istio' : undefined);
  if (tlsMode !== undefined) labels['security.istio.io/tlsMode'] = tlsMode;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels, annotations },
    spec: { containers, hostNetwork: kind === 'host-network' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

export interface ServiceOptions {
  readonly selector?: string;
  /** `name port:targetPort`, for example `http 80:8080`. */
  readonly ports?: readonly string[];
  readonly headless?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A Service `namespace/name` that selects `app=<name>` unless told otherwise. */
export function service(at: string, options: ServiceOptions = {}): Json {
  const { namespace, name } = place(at);
  const ports = (options.ports ?? ['http 8080:8080']).map((text) => {
    const [portName = '', numbers = ''] = text.split(' ');
    const [port, target] = numbers.split(':');
    const targetPort = Number.isNaN(Number(target)) ? target : Number(target);
    return { name: portName, port: Number(port), targetPort };
  });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name, annotations: options.annotations ?? {} },
    spec: {
      selector: labelsFrom(options.selector ?? `app=${name}`),
      ports,
      ...(options.headless === true ? { clusterIP: 'None' } : {}),
    },
  };
}

export interface RuleOptions {
  readonly host?: string;
  readonly tls?: Json | string;
  readonly exportTo?: readonly string[];
  readonly ports?: Readonly<Record<number, Json | string | undefined>>;
  readonly selector?: string;
  readonly subsets?: readonly Json[];
  readonly age?: number;
  readonly policy?: Json;
}

function tlsOf(tls: Json | string): Json {
  return typeof tls === 'string' ? { mode: tls } : tls;
}

/** A DestinationRule `namespace/name`. A `tls` that is a string is its mode. */
export function destinationRule(at: string, options: RuleOptions = {}): Json {
  const { tls, ports, selector } = options;
  const portLevelSettings = Object.entries(ports ?? {}).map(([port, setting]) => ({
    port: { number: Number(port) },
    ...(setting === undefined ? { connectionPool: {} } : { tls: tlsOf(setting) }),
  }));
  const trafficPolicy = {
    ...options.policy,
    ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
    ...(ports === undefined ? {} : { portLevelSettings }),
  };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { ...place(at), creationTimestamp: secondsLater(options.age ?? 0) },
    spec: {
      host: options.host ?? 'server.shop.svc.cluster.local',
      ...(Object.keys(trafficPolicy).length === 0 ? {} : { trafficPolicy }),
      ...(options.exportTo === undefined ? {} : { exportTo: options.exportTo }),
      ...(selector === undefined
        ? {}
        : { workloadSelector: { matchLabels: labelsFrom(selector) } }),
      ...(options.subsets === undefined ? {} : { subsets: options.subsets }),
    },
  };
}

/** A VirtualService, `namespace/name`. */
export function virtualService(at: string, spec: Json): Json {
  const { namespace: home, name } = place(at);
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { namespace: home, name },
    spec,
  };
}

export interface WaypointOptions {
  /** `service` unless it says otherwise. */
  readonly for?: 'service' | 'workload' | 'all' | 'none';
  /** From which namespaces it is used: only its own, unless it says otherwise. */
  readonly from?: Json;
  readonly hasAddress?: false;
}

/** A Gateway of the Gateway API, and the pod that istiod makes of it: a waypoint. */
export function waypoint(at: string, options: WaypointOptions = {}): readonly Json[] {
  const { namespace: home, name } = place(at);
  const labels = options.for === undefined ? {} : { 'istio.io/waypoint-for': options.for };
  const allowedRoutes = options.from === undefined ? {} : { namespaces: options.from };
  const listeners = [{ name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes }];
  const addresses = options.hasAddress === false ? [] : [{ type: 'Hostname', value: name }];
  return [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { namespace: home, name, labels },
      spec: { gatewayClassName: 'istio-waypoint', listeners },
      status: { addresses },
    },
    pod(at, 'waypoint', { labels: `gateway.networking.k8s.io/gateway-name=${name}` }),
  ];
}

/** An AuthorizationPolicy, `namespace/name`. */
export function authorizationPolicy(at: string, spec: Json): Json {
  const [place, name] = at.split('/');
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { namespace: place, name },
    spec,
  };
}

export function namespace(name: string, labels = ''): Json {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: labelsFrom(labels) } };
}

/** Istio's mesh config as its ConfigMap holds it. */
export function meshConfig(text: string, revision?: string): Json {
  const name = revision === undefined ? 'istio' : `istio-${revision}`;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'istio-system', name },
    data: { mesh: text },
  };
}

/** istiod with these environment variables. */
export function istiod(env: Readonly<Record<string, string>>, revision?: string): Json {
  const labels = { app: 'istiod', ...(revision === undefined ? {} : { 'istio.io/rev': revision }) };
  const list = Object.entries(env).map(([name, value]) => ({ name, value }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'istio-system', name: `istiod${revision ?? ''}`, labels },
    spec: { template: { spec: { containers: [{ name: 'discovery', env: list }] } } },
  };
}

/** The objects of manifests; those that the engine does not read are left out. */
export function objectsOf(manifests: readonly unknown[]): readonly MeshObject[] {
  return manifests.flatMap((manifest) => decodeObject(manifest, CLUSTER).object ?? []);
}

/** The manifests of a YAML text. */
export function manifestsOf(yaml: string): readonly unknown[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as unknown);
}

export interface MeshOptions {
  readonly missing?: readonly MissingFact[];
  readonly overrides?: Overrides;
}

export function meshOf(manifests: readonly unknown[], options: MeshOptions = {}): Mesh {
  return buildMesh({ objects: objectsOf(manifests), ...options });
}
