import type { Destination } from '../destination/destination.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import { sidecarOf, unknownHostPolicy } from '../destination/hostVisibility.ts';
import { rulesIn, type Rule } from '../client/backendPolicy.ts';
import { rulesCovering, ruleHost } from '../client/destinationRule.ts';
import { exportToOf } from '../client/destinationRuleMerge.ts';
import { whyHidden } from '../client/outbound.ts';
import { memo } from '../model/kept.ts';
import { isForRevision, matchesLabels } from '../model/labels.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { HostPort } from './hostPorts.ts';
import { destinationAlikeAbroad, proxyKind } from './sharedReach.ts';

/**
 * What a client has in common with all whose calls of a server end alike, though the reasons may name other objects: its
 * proxy, what its own namespace's rules for the host say, and whether it knows the host. Undefined where something else
 * may make its call differ. Clients of one kind fare alike if their pods are alike; nothing that is missing may decide.
 */
export function outcomeKindAt(mesh: Mesh, client: ClientVariant, to: HostPort): string | undefined {
  const destination = destinationAlikeAbroad(mesh, client, to);
  if (destination === undefined) return undefined;
  const { dataPlane, namespace, revision } = client;
  const kind = proxyKind(mesh, client, destination);
  if (dataPlane === 'none' || dataPlane === 'ambient') return kind;
  const { rootNamespace } = revision.config;
  if (namespace === destination.namespace || namespace === rootNamespace) return undefined;
  if (rootNamespace !== mesh.rootNamespace) return undefined;
  return `${kind}${sight(mesh, client, destination)}${ownRules(mesh, client, destination)}`;
}

/** What the client's proxy does with a host that it does not know as a service; nothing is said of one that it knows. */
function sight(mesh: Mesh, client: ClientVariant, destination: Destination): string {
  if (whyHidden(mesh, client, destination) === undefined) return '';
  const { dataPlane, namespace, labels, revision } = client;
  if (dataPlane === 'gateway') return ' hidden';
  const sidecar = sidecarOf(mesh, { namespace, labels, revision });
  return ` hidden ${unknownHostPolicy(sidecar, revision.config)}`;
}

/** What the rules of the client's namespace say of the host, whatever they are called. */
function ownRules(
  mesh: Mesh,
  { namespace, labels, revision }: ClientVariant,
  { host }: Destination,
): string {
  const rules = rulesIn(mesh, namespace, revision);
  if (rules.size === 0) return '';
  return rulesCovering(rules, host)
    .filter((rule) => isForRevision(rule, revision.name))
    .map((rule) => {
      const { workloadSelector } = rule;
      const selects = workloadSelector !== undefined && matchesLabels(workloadSelector, labels);
      return `\n${selects} ${contentOf(rule)}`;
    })
    .join('');
}

/** All of a rule that decides about TLS; its own namespace is written as `.`, as another namespace's own would be. */
const contentOf = memo((rule: Rule): string => {
  const { workloadSelector, trafficPolicy, subsets, fillsGaps, namespace } = rule;
  const exportTo = exportToOf(rule).map((entry) => (entry === namespace ? '.' : entry));
  return JSON.stringify([
    ruleHost(rule),
    exportTo,
    workloadSelector,
    trafficPolicy,
    subsets,
    fillsGaps,
  ]);
});
