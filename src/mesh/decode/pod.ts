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
  stringAt,
  type Json,
} from './json.ts';
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
  return { kind: stringAt(chosen, 'kind') ?? '', name: stringAt(chosen, 'name') ?? '' };
}

function decodeSpec(spec: Json): Omit<PodShape, 'labels' | 'annotations' | 'hasSidecarStatus'> {
  const podUser = numberAt(objectAt(spec, 'securityContext'), 'runAsUser');
  const containers: Container[] = [];
  let proxy: ProxyContainer | undefined;
  let redirect: RedirectArguments | undefined;
  let runsAsProxyUser = false;
  let probedPorts = NO_PROBES;
  for (const container of arrayAt(spec, 'containers')) {
    const fields = asObject(container);
    if (fields === undefined) continue;
    containers.push(decodeContainer(fields));
    if (fields['name'] === PROXY) proxy = decodeProxy(fields, false);
    else {
      runsAsProxyUser ||= (userOf(fields) ?? podUser) === PROXY_UID;
      probedPorts = withProbes(probedPorts, fields);
    }
  }
  for (const container of arrayAt(spec, 'initContainers')) {
    const fields = asObject(container);
    if (fields === undefined) continue;
    if (fields['name'] === 'istio-init') redirect = decodeRedirect(fields);
    if (fields['restartPolicy'] !== 'Always') continue;
    containers.push(decodeContainer(fields));
    if (fields['name'] === PROXY) proxy ??= decodeProxy(fields, true);
  }
  return {
    serviceAccount: stringAt(spec, 'serviceAccountName') ?? 'default',
    hostNetwork: spec['hostNetwork'] === true,
    containers,
    proxy,
    redirect,
    runsAsProxyUser,
    probedPorts,
  };
}

const NO_PROBES: readonly (number | string)[] = Object.freeze([]);
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function withProbes(known: readonly (number | string)[], container: Json): typeof known {
  let found = known;
  for (const name of PROBES) {
    const probe = asObject(container[name]);
    const port = probe === undefined ? undefined : probedPort(probe);
    if (port !== undefined && !found.includes(port)) found = [...found, port];
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

function decodeContainer(container: Json): Container {
  return { name: stringAt(container, 'name') ?? '', ports: decodePorts(container) };
}

const NO_PORTS: readonly ContainerPort[] = Object.freeze([]);

function decodePorts(container: Json): readonly ContainerPort[] {
  const declared = arrayAt(container, 'ports');
  if (declared.length === 0) return NO_PORTS;
  const ports: ContainerPort[] = [];
  for (const item of declared) {
    const fields = asObject(item);
    const port = asPort(fields?.['containerPort']);
    if (fields === undefined || port === undefined) continue;
    const name = stringAt(fields, 'name');
    const protocol = transportProtocol(fields['protocol']);
    ports.push(name === undefined ? { port, protocol } : { port, name, protocol });
  }
  return ports;
}

/** TCP unless the manifest says otherwise. */
export function transportProtocol(value: unknown): TransportProtocol {
  return value === 'UDP' || value === 'SCTP' ? value : 'TCP';
}

/** `proxy sidecar`, `proxy router` or `proxy waypoint` (R118). */
function decodeProxy(container: Json, native: boolean): ProxyContainer {
  const args = arrayAt(container, 'args');
  const role = args[args.indexOf('proxy') + 1];
  const known = role === 'sidecar' || role === 'router' || role === 'waypoint';
  return { native, role: known ? role : undefined };
}

function decodeRedirect(container: Json): RedirectArguments {
  const args = arrayAt(container, 'args');
  const after = (flag: string): string | undefined => {
    const at = args.indexOf(flag);
    const value = at === -1 ? undefined : args[at + 1];
    return typeof value === 'string' ? value : undefined;
  };
  return { include: after('-b'), exclude: after('-d') };
}

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
