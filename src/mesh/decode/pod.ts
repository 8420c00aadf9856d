import type {
  Container,
  ContainerPort,
  OwnerRef,
  Pod,
  PodShape,
  ProxyContainer,
  RedirectArguments,
  TransportProtocol,
} from '../model/objects.ts';
import {
  arrayAt,
  asObject,
  asPort,
  labelsAt,
  numberAt,
  objectAt,
  objectsAt,
  readEach,
  stringAt,
  type Json,
} from '../model/json.ts';
import { lastAlike } from '../model/kept.ts';
import { decodeAnnotations, type Meta } from './objectMeta.ts';

const PROXY = 'istio-proxy';
const PROXY_UID = 1337;

/** Fields are spelled out here and below because spreading is what decoding thousands of pods would spend its time on. */
export function decodePod(object: Json, meta: Meta): Pod {
  const metadata = objectAt(object, 'metadata');
  const status = objectAt(object, 'status');
  const spec = decodeSpec(objectAt(object, 'spec'));
  const statusAnnotation = objectAt(metadata, 'annotations')['sidecar.istio.io/status'];
  return {
    kind: 'Pod',
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    labels: meta.labels,
    annotations: meta.annotations,
    createdAt: meta.createdAt,
    origin: meta.origin,
    serviceAccount: spec.serviceAccount,
    hostNetwork: spec.hostNetwork,
    containers: spec.containers,
    proxy: spec.proxy,
    redirect: spec.redirect,
    runsAsProxyUser: spec.runsAsProxyUser,
    probedPorts: spec.probedPorts,
    hasSidecarStatus: statusAnnotation !== undefined,
    owner: decodeOwner(metadata),
    phase: stringAt(status, 'phase') ?? '',
    ready: isReady(status),
    terminating: metadata['deletionTimestamp'] !== undefined,
    podIPs: decodeAddresses(status),
    injectedBy: injectingRevision(statusAnnotation),
  };
}

/** A pod template: `spec.template` of a controller. */
export function decodeTemplate(template: Json): PodShape {
  const metadata = objectAt(template, 'metadata');
  const spec = decodeSpec(objectAt(template, 'spec'));
  return {
    labels: labelsAt(metadata, 'labels'),
    annotations: decodeAnnotations(metadata),
    serviceAccount: spec.serviceAccount,
    hostNetwork: spec.hostNetwork,
    containers: spec.containers,
    proxy: spec.proxy,
    redirect: spec.redirect,
    runsAsProxyUser: spec.runsAsProxyUser,
    probedPorts: spec.probedPorts,
    hasSidecarStatus: 'sidecar.istio.io/status' in objectAt(metadata, 'annotations'),
  };
}

/** The controlling owner, else the first one. */
export function decodeOwner(metadata: Json): OwnerRef | undefined {
  let chosen: Json | undefined;
  for (const owner of arrayAt(metadata, 'ownerReferences')) {
    const candidate = asObject(owner);
    if (candidate === undefined) continue;
    if (chosen === undefined || candidate['controller'] === true) chosen = candidate;
  }
  if (chosen === undefined) return undefined;
  return ownerOnce({ kind: stringAt(chosen, 'kind') ?? '', name: stringAt(chosen, 'name') ?? '' });
}

const ownerOnce = lastAlike<OwnerRef>(
  ({ name }) => name,
  (left, right) => left.kind === right.kind,
);

function decodeSpec(spec: Json): Omit<PodShape, 'labels' | 'annotations' | 'hasSidecarStatus'> {
  const podUser = numberAt(objectAt(spec, 'securityContext'), 'runAsUser');
  const fromStart = objectsAt(spec, 'containers');
  const sidecars = initContainersThatStay(spec);
  let runsAsProxyUser = false;
  let probedPorts = NO_PROBES;
  for (const fields of fromStart) {
    if (fields['name'] === PROXY) continue;
    runsAsProxyUser ||= (userOf(fields) ?? podUser) === PROXY_UID;
    probedPorts = withProbes(probedPorts, fields);
  }
  const started = fromStart.map(decodeContainer);
  return {
    serviceAccount: stringAt(spec, 'serviceAccountName') ?? 'default',
    hostNetwork: spec['hostNetwork'] === true,
    containers: sidecars.length === 0 ? started : [...started, ...sidecars.map(decodeContainer)],
    proxy: decodeProxy(fromStart, false) ?? decodeProxy(sidecars, true),
    redirect: decodeRedirect(spec),
    runsAsProxyUser,
    probedPorts,
  };
}

/** Native sidecars: they start before the other containers and keep running (R64). */
function initContainersThatStay(spec: Json): readonly Json[] {
  const all = objectsAt(spec, 'initContainers');
  return all.some(staysRunning) ? all.filter(staysRunning) : NO_CONTAINERS;
}

function staysRunning(container: Json): boolean {
  return container['restartPolicy'] === 'Always';
}

const NO_CONTAINERS: readonly Json[] = Object.freeze([]);
const NO_PROBES: readonly (number | string)[] = Object.freeze([]);
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function withProbes(known: readonly (number | string)[], container: Json): typeof known {
  let found = known;
  for (const name of PROBES) {
    const probe = asObject(container[name]);
    const port = probe === undefined ? undefined : probedPort(probe);
    if (port !== undefined && !found.includes(port)) found = found.concat(port);
  }
  return found;
}

/** Injection rewrites probes to the agent's `/app-health/…`, which the sidecar never sees (R58). */
function probedPort(probe: Json): number | string | undefined {
  const http = asObject(probe['httpGet']);
  if (http !== undefined && stringAt(http, 'path')?.startsWith('/app-health/') === true) {
    return undefined;
  }
  const asked = http ?? asObject(probe['tcpSocket']) ?? asObject(probe['grpc']);
  const port = asked?.['port'];
  return typeof port === 'string' ? port : asPort(port);
}

function userOf(container: Json): number | undefined {
  return numberAt(objectAt(container, 'securityContext'), 'runAsUser');
}

function decodeContainer(fields: Json): Container {
  const name = stringAt(fields, 'name') ?? '';
  return containerOnce({ name, ports: readEach(fields, 'ports', decodePort) });
}

const containerOnce = lastAlike<Container>(
  ({ name }) => name,
  (left, right) =>
    left.ports.length === right.ports.length &&
    left.ports.every((port, index) => isSamePort(port, right.ports[index])),
);

function isSamePort(left: ContainerPort, right: ContainerPort | undefined): boolean {
  return left.port === right?.port && left.name === right.name && left.protocol === right.protocol;
}

function decodePort(fields: Json): ContainerPort | undefined {
  const port = asPort(fields['containerPort']);
  if (port === undefined) return undefined;
  const name = stringAt(fields, 'name');
  const protocol = transportProtocol(fields['protocol']);
  return name === undefined ? { port, protocol } : { port, name, protocol };
}

/** TCP unless the manifest says otherwise. */
export function transportProtocol(value: unknown): TransportProtocol {
  return value === 'UDP' || value === 'SCTP' ? value : 'TCP';
}

function decodeProxy(containers: readonly Json[], native: boolean): ProxyContainer | undefined {
  const container = containers.find((fields) => fields['name'] === PROXY);
  return container === undefined
    ? undefined
    : (native ? NATIVE_PROXIES : PROXIES)[roleOf(container)];
}

type ProxyRole = 'sidecar' | 'router' | 'waypoint' | 'unknown';

/** `proxy sidecar`, `proxy router` or `proxy waypoint` (R118). */
function roleOf(container: Json): ProxyRole {
  const args = arrayAt(container, 'args');
  const role = args[args.indexOf('proxy') + 1];
  return role === 'sidecar' || role === 'router' || role === 'waypoint' ? role : 'unknown';
}

const PROXIES = proxies(false);
const NATIVE_PROXIES = proxies(true);

/** Thousands of pods have one of these few. */
function proxies(native: boolean): Readonly<Record<ProxyRole, ProxyContainer>> {
  return Object.freeze({
    sidecar: Object.freeze({ native, role: 'sidecar' }),
    router: Object.freeze({ native, role: 'router' }),
    waypoint: Object.freeze({ native, role: 'waypoint' }),
    unknown: Object.freeze({ native, role: undefined }),
  });
}

function decodeRedirect(spec: Json): RedirectArguments | undefined {
  const init = objectsAt(spec, 'initContainers').find(({ name }) => name === 'istio-init');
  if (init === undefined) return undefined;
  const args = arrayAt(init, 'args');
  return redirectOnce({ include: argumentAfter(args, '-b'), exclude: argumentAfter(args, '-d') });
}

function argumentAfter(args: readonly unknown[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  const value = at === -1 ? undefined : args[at + 1];
  return typeof value === 'string' ? value : undefined;
}

const redirectOnce = lastAlike<RedirectArguments>(
  () => '',
  (left, right) => left.include === right.include && left.exclude === right.exclude,
);

function isReady(status: Json): boolean {
  for (const item of arrayAt(status, 'conditions')) {
    const condition = asObject(item);
    if (condition?.['type'] === 'Ready') return condition['status'] === 'True';
  }
  return false;
}

const NO_ADDRESSES: readonly string[] = Object.freeze([]);

function decodeAddresses(status: Json): readonly string[] {
  const first = stringAt(status, 'podIP');
  const all = arrayAt(status, 'podIPs');
  if (all.length <= 1) return first === undefined ? NO_ADDRESSES : [first];
  const addresses: string[] = [];
  for (const item of all) {
    const address = asObject(item)?.['ip'];
    if (typeof address === 'string') addresses.push(address);
  }
  return addresses;
}

/**
 * The `revision` inside the annotation `sidecar.istio.io/status` (R117, R121). The annotation lists
 * every injected volume, so it is searched for one field instead of being parsed.
 */
function injectingRevision(status: unknown): string | undefined {
  if (typeof status !== 'string') return undefined;
  const key = status.indexOf('"revision"');
  if (key === -1) return undefined;
  const start = status.indexOf('"', status.indexOf(':', key)) + 1;
  const end = status.indexOf('"', start);
  return start === 0 || end === -1 ? undefined : status.slice(start, end);
}
