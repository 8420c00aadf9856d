import { matchesLabels } from '../model/labels.ts';
import { memo } from '../snapshot/memo.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { MeshConfig, OutboundTrafficPolicy } from '../model/meshConfig.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { Labels, Sidecar } from '../model/objects.ts';
import { isExportedTo } from '../model/protocol.ts';
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
  readonly config: MeshConfig;
}

const sidecarsByAge = memo((sidecars: NamespaceObjects['sidecars']): readonly Sidecar[] =>
  [...sidecars.values()].sort(byAge),
);

/**
 * The Sidecar object that governs a client: one that selects it, else the one of its namespace without
 * a selector, else that of the root namespace. Of several the oldest.
 */
export function sidecarOf(mesh: Mesh, client: AskingClient): Sidecar | undefined {
  const own = discoveredSidecars(mesh, client.namespace, client.config);
  const ordered = own.size === 0 ? [] : sidecarsByAge(own);
  const selecting = ordered.find(
    ({ workloadSelector }) =>
      workloadSelector !== undefined && matchesLabels(workloadSelector, client.labels),
  );
  const wide = ordered.find(({ workloadSelector }) => workloadSelector === undefined);
  return selecting ?? wide ?? rootSidecar(mesh, client.config);
}

/** None where the control plane does not look (R3). */
function discoveredSidecars(
  mesh: Mesh,
  namespace: string,
  config: MeshConfig,
): NamespaceObjects['sidecars'] {
  return isDiscovered(mesh, namespace, config) ? objectsIn(mesh, namespace).sidecars : NO_SIDECARS;
}

const NO_SIDECARS: NamespaceObjects['sidecars'] = new Map();

function rootSidecar(mesh: Mesh, config: MeshConfig): Sidecar | undefined {
  const sidecars = discoveredSidecars(mesh, config.rootNamespace, config);
  if (sidecars.size === 0) return undefined;
  return sidecarsByAge(sidecars).find(({ workloadSelector }) => workloadSelector === undefined);
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
