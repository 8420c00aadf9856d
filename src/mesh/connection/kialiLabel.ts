import { CLUSTER_DOMAIN } from '../snapshot/host.ts';
import { hasNoLabels, matchesLabels } from '../model/labels.ts';
import {
  destinationRulesIn,
  findWorkload,
  namespacesOf,
  peerAuthenticationsIn,
  revisionOf,
  servicesSelecting,
  type Mesh,
} from '../snapshot/mesh.ts';
import type { DestinationRule, PeerAuthentication } from '../model/objects.ts';
import type { WorkloadRef } from '../model/reference.ts';
import type { ClientTlsMode, PolicyMode } from '../model/mode.ts';
import { oldestTlsVersion, type TlsVersion } from '../server/tlsVersion.ts';

/**
 * The words that Kiali shows for what is configured (R230). They are familiar and coarse: workload
 * policies, ports, pods without a proxy, ambient, exportTo and age play no part in them. Something to
 * show beside a computed answer, never instead of one (R238). Of several objects Kiali takes the first that
 * an API server lists, which is the first by name, not the oldest (R234).
 */
export type KialiLabel = 'ENABLED' | 'PARTIALLY_ENABLED' | 'NOT_ENABLED' | 'DISABLED';

/** A namespace has states of its own for not saying anything (R233). */
export type KialiNamespaceLabel =
  KialiLabel | 'VALIDATION_ERROR' | 'UNSET' | 'UNSET_INHERITED_STRICT' | 'UNSET_INHERITED_DISABLED';

/** The label of the whole mesh, with the oldest TLS version that it takes (R232, R234, R237). */
export function kialiMeshLabel(mesh: Mesh): {
  readonly label: KialiLabel;
  readonly minTls: TlsVersion;
} {
  const { config } = revisionOf(mesh, undefined);
  const policies = peerAuthenticationsIn(mesh, controlPlaneNamespace(mesh));
  const pa = policies.filter(isNamespaceWide).find(declaresMode)?.mode;
  const dr = firstMode(injectedNamespaces(mesh), mesh, '*.local');
  const label = pa === 'UNSET' ? 'PARTIALLY_ENABLED' : meshLabel(dr, pa, config.enableAutoMtls);
  return { label, minTls: oldestTlsVersion(config, 'istio') };
}

/** The label of a namespace (R231, R233, R235). */
export function kialiNamespaceLabel(mesh: Mesh, namespace: string): KialiNamespaceLabel {
  const wide = peerAuthenticationsIn(mesh, namespace).filter(isNamespaceWide);
  if (wide.some(({ invalid }) => invalid)) return 'VALIDATION_ERROR';
  const meshWide = kialiMeshLabel(mesh).label;
  if (namespace === mesh.rootNamespace) return meshWide;
  if (wide.every(({ mode }) => mode === 'UNSET')) return inherited(meshWide);
  // Kiali takes an empty selector for namespace-wide, and then does not read the policy (R235).
  const pa = wide.find(({ mode, selector }) => mode !== 'UNSET' && selector === undefined)?.mode;
  const names = namespacesOf(mesh).map(({ name }) => name);
  const dr = firstMode(names, mesh, `*.${namespace}.svc.${CLUSTER_DOMAIN}`);
  return label(dr, pa, revisionOf(mesh, undefined).config.enableAutoMtls);
}

/** The label of a workload, whose ports play no part in it (R236). */
export function kialiWorkloadLabel(mesh: Mesh, ref: WorkloadRef): KialiLabel {
  const workload = findWorkload(mesh, ref);
  if (workload === undefined) return 'NOT_ENABLED';
  const matching = peerAuthenticationsIn(mesh, ref.namespace).filter(
    ({ selector }) =>
      selector !== undefined && !hasNoLabels(selector) && matchesLabels(selector, workload.labels),
  );
  switch (matching.find(({ mode }) => mode !== 'UNSET')?.mode) {
    case 'STRICT':
      return 'ENABLED';
    case 'DISABLE':
      return 'DISABLED';
    case 'PERMISSIVE':
      return byClients(firstRuleMode(mesh, workload));
    case 'UNSET':
    case undefined:
      return 'NOT_ENABLED';
  }
}

function byClients(dr: ClientTlsMode | undefined): KialiLabel {
  if (dr === 'DISABLE') return 'DISABLED';
  return isMutual(dr) ? 'ENABLED' : 'NOT_ENABLED';
}

function firstRuleMode(
  mesh: Mesh,
  workload: Parameters<typeof servicesSelecting>[1],
): ClientTlsMode | undefined {
  const hosts = servicesSelecting(mesh, workload).flatMap(({ name, namespace }) => [
    name,
    `${name}.${namespace}`,
    `${name}.${namespace}.svc.${CLUSTER_DOMAIN}`,
  ]);
  const rules = destinationRulesIn(mesh, workload.namespace);
  return rules.find((rule) => hosts.includes(rule.host) && modeOf(rule) !== undefined)
    ?.trafficPolicy?.tls?.mode;
}

/** What a namespace without a word of its own has from the mesh (R233). */
function inherited(meshWide: KialiLabel): KialiNamespaceLabel {
  if (meshWide === 'ENABLED') return 'UNSET_INHERITED_STRICT';
  return meshWide === 'DISABLED' ? 'UNSET_INHERITED_DISABLED' : 'UNSET';
}

/** The cells in which the mesh's table differs from a namespace's (R232). */
function meshLabel(
  dr: ClientTlsMode | undefined,
  pa: PolicyMode | undefined,
  auto: boolean,
): KialiLabel {
  if (dr === undefined && pa === 'DISABLE') return 'DISABLED';
  if (dr === 'DISABLE' && pa === undefined) return 'DISABLED';
  if (auto && isMutual(dr) && pa === undefined) return 'ENABLED';
  return label(dr, pa, auto);
}

/** Rules against policies, with auto mTLS on or off (R231). */
function label(
  dr: ClientTlsMode | undefined,
  pa: PolicyMode | undefined,
  auto: boolean,
): KialiLabel {
  if (dr === undefined && pa === undefined) return 'NOT_ENABLED';
  if (pa === 'STRICT' && (isMutual(dr) || (auto && dr === undefined))) return 'ENABLED';
  if (pa === 'DISABLE' && (dr === 'DISABLE' || (auto && dr === undefined))) return 'DISABLED';
  return 'PARTIALLY_ENABLED';
}

function isMutual(dr: ClientTlsMode | undefined): boolean {
  return dr === 'ISTIO_MUTUAL' || dr === 'MUTUAL';
}

function isNamespaceWide({ selector }: PeerAuthentication): boolean {
  return selector === undefined || hasNoLabels(selector);
}

/** The mesh's policy counts from its mtls block on, even one without a mode (R232). */
function declaresMode({ selector, hasMtls }: PeerAuthentication): boolean {
  return selector === undefined && hasMtls;
}

function modeOf(rule: DestinationRule): ClientTlsMode | undefined {
  return rule.trafficPolicy?.tls?.mode;
}

/** The mode of the first rule for exactly this host (R234). */
function firstMode(
  namespaces: readonly string[],
  mesh: Mesh,
  host: string,
): ClientTlsMode | undefined {
  const rules = namespaces.flatMap((name) => destinationRulesIn(mesh, name));
  const found = rules.find((rule) => rule.host === host && modeOf(rule) !== undefined);
  return found === undefined ? undefined : modeOf(found);
}

/** Where istiod runs, which need not be the root namespace (R234). */
function controlPlaneNamespace(mesh: Mesh): string {
  for (const part of mesh.parts.values()) {
    for (const { labels } of part.controllers.values()) {
      if (labels['app'] === 'istiod') return part.name;
    }
  }
  return mesh.rootNamespace;
}

function injectedNamespaces(mesh: Mesh): readonly string[] {
  return namespacesOf(mesh)
    .filter(
      ({ labels }) =>
        labels['istio-injection'] === 'enabled' || labels['istio.io/rev'] !== undefined,
    )
    .map(({ name }) => name);
}
