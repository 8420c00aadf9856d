import { isForRevision, matchesLabels } from '../model/labels.ts';
import { memo } from '../model/kept.ts';
import { revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { Gateway, GatewayServer, Service, ServiceEntry } from '../model/objects.ts';
import type { ObjectRef } from '../model/reference.ts';
import type { Receiver, Wire } from './acceptance.ts';
import { ambientPort, parentsInAmbient } from './ambient.ts';
import { isPortCaptured } from './capture.ts';
import type { Endpoint } from '../destination/destination.ts';
import { bypassesAmbient } from './enforcement.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import { hasTunnelLabel } from '../destination/hbone.ts';
import { missingAny } from '../known/missing.ts';
import { missingForModes } from '../known/missingModes.ts';
import type { MutualTlsMode } from '../model/mode.ts';
import {
  composePortMode,
  governingPolicies,
  hiddenPolicies,
  isDiscovered,
  policyRef,
  type Governing,
} from '../policy/peerAuthentication.ts';
import { byAge } from '../policy/policyScope.ts';
import { portClassOf, workloadPortOf } from './portClass.ts';
import { subjectOf } from '../policy/serverMode.ts';
import { ingressTlsAt, missingForIngress, missingSidecars } from './sidecarIngress.ts';
import { unspecifiedTies } from '../policy/unspecifiedTie.ts';

/** What stands before the application at one endpoint, and why. */
export interface Receiving {
  /** Undefined when nothing tells what the endpoint takes. */
  readonly receiver: Receiver | undefined;
  readonly because: readonly Reason[];
  readonly missing: readonly MissingFact[];
}

/** The receiving side of one endpoint for what arrives there (R40, R54, R80, R120). */
export function receivingOf(mesh: Mesh, endpoint: Endpoint, wire: Wire): Receiving {
  const { workload, variant, port } = endpoint;
  switch (variant.dataPlane) {
    case 'none': {
      const reason = { kind: 'no-proxy', side: 'server', workload: workload.ref } as const;
      return { receiver: { kind: 'none' }, because: [reason], missing: [] };
    }
    case 'waypoint':
      return { receiver: { kind: 'waypoint' }, because: [dataPlaneReason(endpoint)], missing: [] };
    case 'gateway':
      return { receiver: undefined, because: [dataPlaneReason(endpoint)], missing: [] };
    case 'ambient':
      return atAmbient(mesh, endpoint, wire);
    case 'sidecar': {
      const { proxy } = revisionOf(mesh, variant.revision);
      if (isPortCaptured(variant.shape, port, proxy)) return atSidecar(mesh, endpoint, wire);
      const missed = { kind: 'port-not-captured', workload: workload.ref, port } as const;
      const reason: Reason = wire.kind === 'istio-mtls' ? { ...missed, inferred: true } : missed;
      return { receiver: { kind: 'none' }, because: [reason], missing: [] };
    }
  }
}

function dataPlaneReason({ workload, variant }: Endpoint): Reason {
  const { dataPlane } = variant;
  return { kind: 'data-plane', side: 'server', workload: workload.ref, dataPlane };
}

function atAmbient(mesh: Mesh, endpoint: Endpoint, wire: Wire): Receiving {
  const { workload, variant, port } = endpoint;
  const who = dataPlaneReason(endpoint);
  if (bypassesAmbient(variant)) {
    const bypassed = { kind: 'ambient-bypassed', workload: workload.ref } as const;
    const reason: Reason = wire.kind === 'hbone' ? { ...bypassed, inferred: true } : bypassed;
    return { receiver: { kind: 'ambient-bypassed' }, because: [who, reason], missing: [] };
  }
  const governing = governingPolicies(mesh, subjectOf(workload, variant));
  const { deniesPlaintext, quirk } = ambientPort(governing, port);
  const because: Reason[] = [
    who,
    modeReason(governing, endpoint),
    ...hiddenPolicies(governing),
    ...unspecifiedTies(governing),
  ];
  if (quirk !== undefined) {
    because.push({
      kind: 'ambient-conversion',
      workload: workload.ref,
      port,
      deniesPlaintext,
      rule: quirk,
      policies: policiesOf(governing),
      inferred: true,
    });
  }
  // HBONE is taken whatever policies say, so nothing need be known about them (R86, R88).
  const missing = wire.kind === 'hbone' ? [] : missingPolicies(mesh, endpoint);
  return { receiver: { kind: 'ambient', deniesPlaintext }, because, missing };
}

function atSidecar(mesh: Mesh, endpoint: Endpoint, wire: Wire): Receiving {
  const { workload, variant, port } = endpoint;
  const governing = governingPolicies(mesh, subjectOf(workload, variant));
  const portMode = modeReason(governing, endpoint);
  const mode = isProxylessGrpc(endpoint)
    ? proxylessMode(portMode.mode, variant.tlsMode)
    : portMode.mode;
  const known = portClassOf(mesh, endpoint);
  const because: Reason[] = [portMode, ...hiddenPolicies(governing)];
  if (mode !== 'STRICT' && wire.kind !== 'plaintext') {
    const reason = { kind: 'port-class', port, class: known.class } as const;
    const { by } = known;
    const found: Reason = by === undefined ? reason : { ...reason, by: refOf(by) };
    because.push(wire.kind === 'user-mtls' ? { ...found, inferred: true } : found);
  }
  const missing =
    wire.kind === 'hbone'
      ? []
      : [...missingPolicies(mesh, endpoint), ...missingAtPort(mesh, endpoint, { mode, wire })];
  const acceptsHbone = hasTunnelLabel(variant);
  const sidecar: Receiver = { kind: 'sidecar', mode, portClass: known.class, acceptsHbone };
  const { namespace } = workload;
  const ingress = ingressTlsAt(mesh, { namespace, variant }, { port, mode });
  if (ingress === undefined) return { receiver: sidecar, because, missing };
  because.push({ kind: 'ingress-tls', sidecar: ingress.sidecar, port, tls: ingress.mode });
  return { receiver: { ...sidecar, ingressTls: ingress.mode }, because, missing };
}

/** The missing facts that would say what a port is declared as, and whether it ends TLS of its own (R44 to R47). */
function missingAtPort(
  mesh: Mesh,
  { workload, variant }: Endpoint,
  { mode, wire }: { readonly mode: MutualTlsMode; readonly wire: Wire },
): readonly MissingFact[] {
  if (mesh.missing.length === 0 || mode === 'STRICT') return [];
  const { namespace } = workload;
  const ingress = missingForIngress(mesh, { namespace, variant }, mode);
  const plain = wire.kind === 'plaintext' || (mode === 'PERMISSIVE' && wire.kind === 'istio-mtls');
  if (plain) return ingress;
  const { config } = revisionOf(mesh, variant.revision);
  const services = missingAny(mesh, [
    ['Service', namespace],
    ['ServiceEntry', namespace],
  ]);
  return [...ingress, ...missingSidecars(mesh, namespace, config), ...services];
}

function modeReason(
  governing: Governing,
  { workload, port }: Endpoint,
): Extract<Reason, { kind: 'server-mode' }> {
  const { mode, from } = composePortMode(governing, port);
  return { kind: 'server-mode', workload: workload.ref, port, mode, from };
}

/** The policies of the composition, and the parents that ambient sees instead (R92). */
function policiesOf(governing: Governing): readonly ObjectRef[] {
  const { workload, namespace, mesh } = governing;
  const all = new Set([workload, namespace, mesh, ...parentsInAmbient(governing)]);
  return [...all].flatMap((policy) => (policy === undefined ? [] : [policyRef(policy)]));
}

/** A gRPC server that speaks xDS itself knows no middle ground (R25). */
function isProxylessGrpc({ variant }: Endpoint): boolean {
  return (variant.shape.annotations['inject.istio.io/templates'] ?? '').includes('grpc');
}

function proxylessMode(mode: MutualTlsMode, tlsMode: boolean): MutualTlsMode {
  if (mode !== 'PERMISSIVE') return mode;
  return tlsMode ? 'STRICT' : 'DISABLE';
}

function missingPolicies(mesh: Mesh, { workload, variant }: Endpoint): readonly MissingFact[] {
  const { rootNamespace } = revisionOf(mesh, variant.revision).config;
  return missingForModes(mesh, workload.namespace, rootNamespace);
}

export function refOf({ kind, namespace, name }: ObjectRef): ObjectRef {
  return { kind, namespace, name };
}

/** Of all namespaces: where several name one port, the oldest is heeded. */
const gatewaysByAge = memo((namespaces: Mesh['namespaces']): readonly Gateway[] =>
  [...namespaces.values()].flatMap((objects) => [...objects.gateways.values()]).sort(byAge),
);

/** The server of a Gateway that listens on a port of gateway pods, if there is one. */
export interface GatewayListening {
  readonly found: { readonly gateway: Gateway; readonly server: GatewayServer } | undefined;
  /** The Services and ServiceEntries by whose ports the Gateways lead to this port, or away from it. */
  readonly through: readonly ObjectRef[];
}

/** What listens on a port of gateway pods; a Gateway names a Service port if there is one (R61). */
export function gatewayServerAt(mesh: Mesh, endpoint: Endpoint): GatewayListening {
  const { labels } = endpoint.variant.shape;
  const through = new Set<Service | ServiceEntry>();
  const { config, name } = revisionOf(mesh, endpoint.variant.revision);
  for (const gateway of gatewaysByAge(mesh.namespaces)) {
    // The pods' control plane reads only what is for its revision, where it looks (R2, R3).
    if (!isForRevision(gateway, name) || !isDiscovered(mesh, gateway.namespace, config)) continue;
    if (!matchesLabels(gateway.selector, labels)) continue;
    const server = gateway.servers.find(({ port }) => {
      const led = workloadPortOf(mesh, endpoint, port);
      if (led.by !== undefined) through.add(led.by);
      return led.port === endpoint.port;
    });
    if (server !== undefined)
      return { found: { gateway, server }, through: [...through].map(refOf) };
  }
  return { found: undefined, through: [...through].map(refOf) };
}
