import { isForRevision, matchesLabels } from '../model/labels.ts';
import { memo } from '../model/kept.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { Revision } from '../snapshot/controlPlane.ts';
import type { MeshConfig, OutboundTrafficPolicy } from '../model/meshConfig.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { Labels, Service, ServiceEntry, Sidecar } from '../model/objects.ts';
import { isExportedTo, serviceExportTo } from '../model/protocol.ts';
import type { Reason } from '../model/explanation.ts';
import { isDiscovered } from '../policy/peerAuthentication.ts';
import { byAge } from '../policy/policyScope.ts';

/** A host as a client's control plane would offer it. */
export interface OfferedHost {
  readonly host: string;
  readonly namespace: string;
  readonly exportTo: readonly string[];
  readonly port: number;
  readonly by: { readonly kind: 'Service' | 'ServiceEntry'; readonly name: string };
}

/** The client whose proxy is asked. */
export interface AskingClient {
  readonly namespace: string;
  readonly labels: Labels;
  readonly revision: Revision;
}

const sidecarsByAge = memo((sidecars: NamespaceObjects['sidecars']): readonly Sidecar[] =>
  [...sidecars.values()].sort(byAge),
);

/**
 * The Sidecar object that governs a client: one that selects it, else the one of its namespace without
 * a selector, else that of the root namespace. Of several the oldest.
 */
export function sidecarOf(mesh: Mesh, client: AskingClient): Sidecar | undefined {
  const ordered = sidecarsReadBy(mesh, client.namespace, client.revision);
  const selecting = ordered.find(
    ({ workloadSelector }) =>
      workloadSelector !== undefined && matchesLabels(workloadSelector, client.labels),
  );
  const wide = ordered.find(({ workloadSelector }) => workloadSelector === undefined);
  return selecting ?? wide ?? rootSidecar(mesh, client.revision);
}

/** The Sidecars of a namespace that a control plane reads, oldest first; none where it does not look (R2, R3). */
function sidecarsReadBy(mesh: Mesh, namespace: string, revision: Revision): readonly Sidecar[] {
  if (!isDiscovered(mesh, namespace, revision.config)) return NO_SIDECARS;
  const { sidecars } = objectsIn(mesh, namespace);
  if (sidecars.size === 0) return NO_SIDECARS;
  return sidecarsByAge(sidecars).filter((sidecar) => isForRevision(sidecar, revision.name));
}

const NO_SIDECARS: readonly Sidecar[] = Object.freeze([]);

function rootSidecar(mesh: Mesh, revision: Revision): Sidecar | undefined {
  const ordered = sidecarsReadBy(mesh, revision.config.rootNamespace, revision);
  return ordered.find(({ workloadSelector }) => workloadSelector === undefined);
}

/**
 * Which of several objects that define one host a client's proxy goes by: those that it may see; one of its own namespace
 * first, then a Kubernetes Service, then the oldest (R144; pilot/pkg/model/sidecar.go:selectServices, appendSidecarServices).
 */
export function definitionFor(
  mesh: Mesh,
  client: AskingClient & { readonly isGateway: boolean },
  { candidates, host, port }: DefinedHost,
): Service | ServiceEntry | undefined {
  const sidecar = client.isGateway ? undefined : sidecarOf(mesh, client);
  const { config, name } = client.revision;
  const visible = candidates.filter((by) => {
    const exportTo = exportToOf(by) ?? config.defaultServiceExportTo;
    const offered = { host, port, by, exportTo, namespace: by.namespace };
    return (
      isDiscovered(mesh, by.namespace, config) &&
      (by.kind === 'Service' || isForRevision(by, name)) &&
      whyNotVisible(sidecar, client, offered) === undefined
    );
  });
  const isPrivate = (by: Service | ServiceEntry): boolean =>
    !(exportToOf(by) ?? config.defaultServiceExportTo).includes('*');
  const ordered = visible.toSorted(
    (left, right) => Number(isPrivate(right)) - Number(isPrivate(left)) || byAge(left, right),
  );
  const namespace = preferredNamespace(ordered, client);
  const own = ordered.filter((by) => by.namespace === namespace);
  const hasPort = ({ ports }: Service | ServiceEntry): boolean =>
    ports.some((declared) => declared.port === port);
  return own.find(({ kind }) => kind === 'Service') ?? own.find(hasPort) ?? own[0];
}

/** A host that several objects define. */
export interface DefinedHost {
  readonly candidates: readonly (Service | ServiceEntry)[];
  readonly host: string;
  readonly port: number;
}

/** Whom a Service or ServiceEntry is exported to; undefined stands for the mesh default. */
export function exportToOf(by: Service | ServiceEntry): readonly string[] | undefined {
  if (by.kind === 'ServiceEntry') return by.exportTo.length === 0 ? undefined : by.exportTo;
  const none: readonly string[] = [];
  const own = serviceExportTo(by.annotations, none);
  return own === none ? undefined : own;
}

function preferredNamespace(
  ordered: readonly (Service | ServiceEntry)[],
  client: { readonly namespace: string; readonly isGateway: boolean },
): string | undefined {
  let chosen = ordered[0];
  for (const other of ordered.slice(1)) {
    if (chosen === undefined) break;
    const isOwn = other.namespace === client.namespace && !client.isGateway;
    const isBetter = chosen.kind === 'ServiceEntry' && other.kind === 'Service';
    const mayReplace = client.isGateway || chosen.namespace !== client.namespace;
    if (isOwn || (isBetter && mayReplace)) chosen = other;
  }
  return chosen?.namespace;
}

/** Why a client's proxy does not know a host, or undefined when it does (R144). */
export function whyNotVisible(
  sidecar: Sidecar | undefined,
  client: AskingClient,
  offered: OfferedHost,
): Reason | undefined {
  const { host, namespace, exportTo } = offered;
  if (!isExportedTo(exportTo, namespace, client.namespace)) {
    return { kind: 'host-not-exported', host, by: { ...offered.by, namespace } };
  }
  if (sidecar?.egress === undefined) return undefined;
  const imported = sidecar.egress.some(
    (listener) =>
      (listener.port === undefined || listener.port === offered.port) &&
      listener.hosts.some((pattern) => imports(pattern, client.namespace, offered)),
  );
  if (imported) return undefined;
  const { name } = sidecar;
  const ref = { kind: 'Sidecar', namespace: sidecar.namespace, name } as const;
  return { kind: 'host-not-imported', host, sidecar: ref };
}

/** `namespace/dnsName`: `*` any namespace, `.` that of the client (also in a Sidecar of the root namespace), `~` none. */
function imports(pattern: string, clientNamespace: string, offered: OfferedHost): boolean {
  const slash = pattern.indexOf('/');
  const namespace = slash === -1 ? '*' : pattern.slice(0, slash);
  const dnsName = pattern.slice(slash + 1);
  const wanted = namespace === '.' ? clientNamespace : namespace;
  if (wanted !== '*' && wanted !== offered.namespace) return false;
  return dnsName.startsWith('*')
    ? offered.host.endsWith(dnsName.slice(1))
    : dnsName === offered.host;
}

/** What happens to hosts that the client's proxy does not know (R144). */
export function unknownHostPolicy(
  sidecar: Sidecar | undefined,
  config: MeshConfig,
): OutboundTrafficPolicy {
  return sidecar?.outboundTrafficPolicy ?? config.outboundTrafficPolicy;
}
