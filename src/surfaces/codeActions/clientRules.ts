import type { DestinationRule, Mesh, Service, Workload } from '../../mesh/index.ts';
import {
  destinationRuleFor,
  destinationRulesIn,
  fqdnOf,
  namespaceMtls,
  servicesSelecting,
} from '../../mesh/index.ts';
import type { ManifestEdit } from './manifestEdit.ts';

/**
 * What clients with a sidecar need so that they use mutual TLS towards a STRICT workload where they
 * would not on their own: its namespace or mesh says DISABLE (R148), or auto mutual TLS is off (R145).
 */
export function clientRules(mesh: Mesh, workload: Workload): readonly ManifestEdit[] {
  if (!clientsSendPlaintext(mesh, workload.namespace)) return [];
  return servicesSelecting(mesh, workload).flatMap((service) => ruleFor(mesh, service));
}

function clientsSendPlaintext(mesh: Mesh, namespace: string): boolean {
  const { enableAutoMtls } = mesh.controlPlane.defaultRevision.config;
  return !enableAutoMtls || namespaceMtls(mesh, namespace).mode === 'DISABLE';
}

/** The rule that already speaks about the host is changed, because a second one would lose to it (R157). */
function ruleFor(mesh: Mesh, service: Service): readonly ManifestEdit[] {
  const existing = destinationRulesIn(mesh, service.namespace).find((rule) => isFor(rule, service));
  if (existing === undefined) {
    const manifest = destinationRuleFor(
      { namespace: service.namespace, service: service.name },
      'ISTIO_MUTUAL',
    );
    return [{ kind: 'create', manifest: withFreeName(mesh, manifest) }];
  }
  if (existing.trafficPolicy?.tls?.mode === 'ISTIO_MUTUAL') return [];
  const { kind, namespace, name } = existing;
  const path = ['spec', 'trafficPolicy', 'tls', 'mode'];
  return [{ kind: 'set', ref: { kind, namespace, name }, path, value: 'ISTIO_MUTUAL' }];
}

function isFor({ host, workloadSelector }: DestinationRule, service: Service): boolean {
  return workloadSelector === undefined && (host === service.name || host === fqdnOf(service));
}

type Rule = ReturnType<typeof destinationRuleFor>;

function withFreeName(mesh: Mesh, rule: Rule): Rule {
  const { namespace = '', name } = rule.metadata;
  const taken = new Set(destinationRulesIn(mesh, namespace).map((one) => one.name));
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  return { ...rule, metadata: { ...rule.metadata, name: free } };
}
