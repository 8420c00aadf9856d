import { isForRevision } from '../model/labels.ts';
import { fqdnOf } from '../snapshot/host.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { Variant } from '../snapshot/workload.ts';
import type { Sidecar } from '../model/objects.ts';
import type { ObjectRef } from '../model/reference.ts';
import type { Wire } from '../server/acceptance.ts';
import { clusterFor, type EnvoyCluster } from './envoyCluster.ts';
import type { Endpoint } from '../destination/destination.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import { hboneSupport, isOfferedHbone, takesHbone } from '../destination/hbone.ts';
import {
  sidecarOf,
  unknownHostPolicy,
  whyNotVisible,
  type AskingClient,
} from '../destination/hostVisibility.ts';
import { missingForDiscovery, missingMeshConfig } from '../known/missingModes.ts';
import { composePortMode, governingPolicies, isDiscovered } from '../policy/peerAuthentication.ts';
import { ownTls, raw, withoutAuthorities, type Call, type Outbound } from './call.ts';
import { fromTunnel } from './tunnelOutbound.ts';
import { bypassesOwnSidecar } from './outboundCapture.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import { subjectOf } from '../policy/serverMode.ts';
import { missingSidecars } from '../server/sidecarIngress.ts';

/** For each endpoint, what the client puts on the wire (R140 to R176). */
export function outboundOf(mesh: Mesh, call: Call): (endpoint: Endpoint | undefined) => Outbound {
  const outboundTo = bySender(mesh, call);
  const { alias, host } = call.destination;
  if (alias === undefined) return outboundTo;
  return (endpoint) => {
    const outbound = outboundTo(endpoint);
    return {
      ...outbound,
      because: [{ kind: 'other-name', service: alias, host }, ...outbound.because],
    };
  };
}

function bySender(mesh: Mesh, call: Call): (endpoint: Endpoint | undefined) => Outbound {
  const { client } = call;
  switch (client.dataPlane) {
    case 'none':
      return always(unseen(call, []));
    case 'ambient':
    case 'waypoint':
      return (endpoint) => fromTunnel(mesh, call, endpoint);
    case 'sidecar':
    case 'gateway':
      return fromEnvoy(mesh, call);
  }
}

function always(outbound: Outbound): () => Outbound {
  return () => outbound;
}

/** No proxy touches it. */
function unseen(call: Call, because: readonly Reason[]): Outbound {
  return {
    wire: raw(call),
    proxy: undefined,
    because: [...because, ...ownTls(call)],
    missing: [],
  };
}

/** A sidecar or gateway: is the call captured, is the host known, what does its cluster say. */
function fromEnvoy(mesh: Mesh, call: Call): (endpoint: Endpoint | undefined) => Outbound {
  const { client, destination } = call;
  const isSeen = call.isRouted === true || client.dataPlane === 'gateway';
  if (!isSeen && bypassesOwnSidecar(mesh, client, destination)) {
    const workload = client.pods?.workload.ref;
    return always(
      unseen(call, workload === undefined ? [] : [{ kind: 'outbound-not-captured', workload }]),
    );
  }
  const asking = {
    namespace: client.namespace,
    labels: client.labels,
    revision: client.revision,
  };
  const unsure = missingForHosts(mesh, client, destination.namespace);
  const hidden = hiddenBecause(mesh, call, asking);
  if (hidden !== undefined && !(call.isRouted === true && hidden.kind === 'host-not-imported')) {
    return always({ ...passedThrough(mesh, call, { asking, hidden }), missing: unsure });
  }
  const cluster = clusterFor(mesh, client, call);
  const missing = unsure.length === 0 ? cluster.missing : [...cluster.missing, ...unsure];
  return (endpoint) => {
    const outbound = toEndpoint(mesh, { call, cluster }, endpoint);
    return { ...outbound, missing: [...missing, ...outbound.missing] };
  };
}

/** The missing facts that would say which hosts a client's proxy knows, and what it does with others (R144). */
function missingForHosts(
  mesh: Mesh,
  { dataPlane, namespace, revision }: ClientVariant,
  owner: string,
): readonly MissingFact[] {
  if (mesh.missing.length === 0) return [];
  const { config } = revision;
  const sidecars = dataPlane === 'gateway' ? [] : missingSidecars(mesh, namespace, config);
  const discovered = missingForDiscovery(mesh, [namespace, owner], config);
  return [...sidecars, ...discovered, ...missingMeshConfig(mesh)];
}

/** Why the proxy of a client does not know a destination as a service; undefined when it does (R144). */
export function whyHidden(
  mesh: Mesh,
  client: Call['client'],
  destination: Call['destination'],
): Reason | undefined {
  const { namespace, labels, revision } = client;
  const call: Call = { client, destination, applicationTls: false };
  return hiddenBecause(mesh, call, { namespace, labels, revision });
}

/** Why the client's proxy does not know the destination as a service (R144). */
function hiddenBecause(mesh: Mesh, call: Call, asking: AskingClient): Reason | undefined {
  const { host, owner, exportTo, namespace, port, external } = call.destination;
  if (owner === undefined) {
    return external ? { kind: 'external-host', host } : { kind: 'pod-address', address: host };
  }
  if (!isDiscovered(mesh, namespace, asking.revision.config)) {
    return { kind: 'host-not-discovered', host, namespace };
  }
  const otherRevision = hiddenByRevision(mesh, call.destination, asking);
  if (otherRevision !== undefined) return otherRevision;
  const offered = {
    host,
    namespace,
    port,
    by: owner,
    exportTo: exportTo ?? asking.revision.config.defaultServiceExportTo,
  };
  const sidecar = call.client.dataPlane === 'gateway' ? undefined : sidecarOf(mesh, asking);
  const hidden = whyNotVisible(sidecar, asking, offered) ?? withoutEndpoints(call, owner);
  const { alias, protocol } = call.destination;
  if (hidden !== undefined || alias === undefined || protocol.class !== 'HTTP') return hidden;
  // HTTP is routed by name, and a Sidecar has to import that name, too.
  const otherName = { host: fqdnOf(alias), namespace: alias.namespace, by: alias, exportTo: ['*'] };
  return whyNotVisible(sidecar, asking, { ...offered, ...otherName });
}

/** A ServiceEntry of another revision is nothing to the client's control plane (R2). */
function hiddenByRevision(
  mesh: Mesh,
  { owner, host }: Call['destination'],
  { revision }: AskingClient,
): Reason | undefined {
  if (owner?.kind !== 'ServiceEntry') return undefined;
  const entry = objectsIn(mesh, owner.namespace).serviceEntries.get(owner.name);
  if (entry === undefined || isForRevision(entry, revision.name)) return undefined;
  return { kind: 'host-of-other-revision', host, by: owner };
}

/** A gateway cannot keep an address that it was given: without endpoints to choose from it sends nothing (R172). */
function withoutEndpoints({ client, destination }: Call, owner: ObjectRef): Reason | undefined {
  const keepsAddress = destination.headless && destination.endpoints.length === 0;
  return client.dataPlane === 'gateway' && keepsAddress
    ? { kind: 'no-endpoints', service: owner }
    : undefined;
}

/** The PassthroughCluster: the application's bytes as they are, or nothing at all; gateways have none (R144). */
function passedThrough(
  mesh: Mesh,
  call: Call,
  { asking, hidden }: { readonly asking: AskingClient; readonly hidden: Reason },
): Outbound {
  const blocked = { wire: undefined, blocked: 'unknown-host-blocked', missing: [] } as const;
  if (call.client.dataPlane === 'gateway') {
    return { ...blocked, proxy: 'gateway', because: [hidden, { kind: 'unknown-to-gateway' }] };
  }
  const sidecar = sidecarOf(mesh, asking);
  if (unknownHostPolicy(sidecar, asking.revision.config) === 'REGISTRY_ONLY') {
    return { ...blocked, proxy: 'sidecar', because: [hidden, registryOnly(sidecar)] };
  }
  const because = [hidden, { kind: 'passed-through' } as const, ...ownTls(call)];
  return { wire: raw(call), proxy: 'sidecar', because, missing: [] };
}

function registryOnly(sidecar: Sidecar | undefined): Reason {
  if (sidecar?.outboundTrafficPolicy === undefined) return { kind: 'registry-only' };
  const { kind, namespace, name } = sidecar;
  return { kind: 'registry-only', by: { kind, namespace, name } };
}

interface Prepared {
  readonly call: Call;
  readonly cluster: EnvoyCluster;
}

/** A cluster that opens connections at all. */
interface Open extends Prepared {
  readonly cluster: Exclude<EnvoyCluster, { kind: 'no-authorities' }>;
}

/** The endpoint stage: HBONE where it is offered, else what the cluster sends (R147, R167, R172). */
function toEndpoint(mesh: Mesh, prepared: Prepared, endpoint: Endpoint | undefined): Outbound {
  const { call, cluster } = prepared;
  const proxy = call.client.dataPlane === 'gateway' ? 'gateway' : 'sidecar';
  const because = [...cluster.because];
  if (cluster.kind === 'no-authorities') return withoutAuthorities(proxy, because, []);
  if (endpoint !== undefined && !cluster.originalDestination && takesHbone(addressed(endpoint))) {
    const tunnelled = overHbone(mesh, prepared, { endpoint, because });
    if (tunnelled !== undefined) return { ...tunnelled, proxy };
  }
  const wire = directWire(mesh, { call, cluster }, { endpoint, because });
  if (cluster.kind !== 'fixed' && wire.kind === 'tls') because.push(...ownTls(call));
  const outbound: Outbound = { wire, proxy, because, missing: [] };
  const wanted = cluster.kind === 'fixed' ? cluster.wanted : undefined;
  return wanted === undefined ? outbound : { ...outbound, wanted };
}

/** Envoys ask by the address whether HBONE is taken there, so what really has it counts. */
function addressed({ variant, behind }: Endpoint): Variant {
  return behind === undefined ? variant : { ...behind.variant, tlsMode: variant.tlsMode };
}

interface AtEndpoint<E> {
  readonly endpoint: E;
  readonly because: Reason[];
}

function overHbone(
  mesh: Mesh,
  { call, cluster }: Prepared,
  { endpoint, because }: AtEndpoint<Endpoint>,
): Omit<Outbound, 'proxy'> | undefined {
  const { revision } = call.client;
  const support = hboneSupport(mesh, revision);
  if (!isOfferedHbone(addressed(endpoint), revision)) return undefined;
  if (!support.sends) {
    because.push({ kind: 'hbone-not-sent' });
    return undefined;
  }
  because.push(support.assumed ? { kind: 'hbone', assumed: true } : { kind: 'hbone' });
  const innerTls = cluster.kind === 'fixed' && cluster.wire !== 'istio-mtls';
  const missing = support.missing === undefined ? [] : [support.missing];
  return { wire: { kind: 'hbone', innerTls }, because, missing };
}

function directWire(
  mesh: Mesh,
  { call, cluster }: Open,
  { endpoint, because }: AtEndpoint<Endpoint | undefined>,
): Wire {
  switch (cluster.kind) {
    case 'no-tls':
      return raw(call);
    case 'fixed':
      return { kind: cluster.wire };
    case 'all-endpoints': {
      const { decision } = cluster;
      const ambient = endpoint !== undefined && takesHbone(addressed(endpoint));
      because.push(ambient ? { ...decision, inferred: true } : decision);
      return decision.mutualTls ? { kind: 'istio-mtls' } : raw(call);
    }
    case 'by-label':
    case 'by-endpoint':
      return byEndpoint(mesh, call, { endpoint, because, cluster });
  }
}

/** Auto mTLS per endpoint: its tlsMode label, and its mode not being DISABLE (R147). */
function byEndpoint(
  mesh: Mesh,
  call: Call,
  at: AtEndpoint<Endpoint | undefined> & { readonly cluster: EnvoyCluster },
): Wire {
  const { endpoint, because, cluster } = at;
  if (endpoint === undefined) return raw(call);
  const { workload, variant, port } = endpoint;
  if (!variant.tlsMode) {
    because.push({ kind: 'endpoint-without-tls-label', workload: workload.ref });
    return raw(call);
  }
  // By the policies that the client's control plane reads, which need not be those of the server's (R2).
  const subject = { ...subjectOf(workload, variant), revision: call.client.revision.name };
  const own = composePortMode(governingPolicies(mesh, subject), port);
  if (cluster.kind !== 'by-label' && own.mode === 'DISABLE') {
    const { from } = own;
    because.push({ kind: 'endpoint-mode-disable', workload: workload.ref, port, from });
    return raw(call);
  }
  const from = cluster.kind === 'by-endpoint' ? cluster.hint : undefined;
  because.push(from?.kind === 'policy' ? { kind: 'auto-mtls', from } : { kind: 'auto-mtls' });
  return { kind: 'istio-mtls' };
}
