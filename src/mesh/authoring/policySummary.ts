import { hasNoLabels } from '../model/labels.ts';
import type { DestinationRule, PeerAuthentication } from '../model/objects.ts';
import { sameRef } from '../model/reference.ts';
import { workloadMtls, type WorkloadMtls } from '../server/workloadMtls.ts';
import {
  allWorkloads,
  workloadsBehind,
  workloadsIn,
  workloadsWithLabels,
  type Mesh,
} from '../snapshot/mesh.ts';
import type { Workload } from '../snapshot/workload.ts';
import { summarizeClients } from '../topic/clientSummary.ts';
import { servicesOfHost } from '../destination/servicesOfHost.ts';
import { serversOf } from '../topic/serviceText.ts';
import { counted, listed } from '../words/modeWords.ts';

/** More Services than this are not looked at for one line of text. */
const MAX_SERVICES = 5;
const NAMED_PORTS = 2;

/** The workloads of a policy's scope: those that it would govern if no other policy did (R4 to R7). */
export function workloadsInScope(
  mesh: Mesh,
  { namespace, selector }: PeerAuthentication,
): readonly Workload[] {
  if (selector !== undefined && !hasNoLabels(selector))
    return namespace === mesh.rootNamespace ? [] : workloadsWithLabels(mesh, namespace, selector);
  return namespace === mesh.rootNamespace ? [...allWorkloads(mesh)] : workloadsIn(mesh, namespace);
}

/** What a policy does to how many, in a few words: `STRICT on 7 workloads`. */
export function peerAuthenticationSummary(mesh: Mesh, policy: PeerAuthentication): string {
  const { selector, namespace } = policy;
  if (policy.refused !== undefined) return 'Refused by API servers as it stands';
  if (selector !== undefined && !hasNoLabels(selector) && namespace === mesh.rootNamespace)
    return 'No effect: policies with a selector are ignored in the root namespace';
  const scope = workloadsInScope(mesh, policy).map((workload) => workloadMtls(mesh, workload));
  if (scope.length === 0)
    return selector === undefined ? `No workload in ${namespace}` : 'Selects no workload';
  if (scope.some(({ unknown }) => unknown !== undefined)) return 'What it decides is unknown';
  const decided = scope.filter((mtls) => isFrom(mtls, policy));
  const parts = [...wholePart(decided, scope.length), ...portParts(scope, policy)];
  if (parts.length > 0) return parts.join(', ');
  return `Decides for none of ${counted(scope.length, 'workload')}`;
}

function isFrom({ from }: Pick<WorkloadMtls, 'from'>, policy: PeerAuthentication): boolean {
  return from.kind === 'policy' && sameRef(from.field.object, policy);
}

function wholePart(decided: readonly WorkloadMtls[], scope: number): readonly string[] {
  const [first] = decided;
  if (first === undefined) return [];
  const of = decided.length === scope ? '' : ` of ${scope}`;
  const word = of === '' ? counted(scope, 'workload') : `${decided.length}${of} workloads`;
  const idle = decided.filter(({ enforcement }) => enforcement.kind === 'not-enforced').length;
  const unsure = decided.filter(({ enforcement }) => enforcement.kind === 'unknown').length;
  const notes = [
    ...(idle === 0 ? [] : [`nothing enforces it on ${idle}`]),
    ...(unsure === 0 ? [] : [`enforcement unknown on ${unsure}`]),
  ];
  return [`${first.mode} on ${word}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`];
}

/** Ports that the policy itself lists and decides, by mode. */
function portParts(scope: readonly WorkloadMtls[], policy: PeerAuthentication): readonly string[] {
  const byMode = new Map<string, Set<number>>();
  for (const { port } of policy.portLevelMtls) {
    for (const { ports } of scope) {
      const found = ports.find((one) => one.port === port);
      if (found === undefined || !isFrom(found, policy)) continue;
      const same = byMode.get(found.mode) ?? new Set<number>();
      byMode.set(found.mode, same.add(port));
    }
  }
  return [...byMode].map(([mode, ports]) => {
    const word = ports.size === 1 ? 'port' : 'ports';
    return `${mode} on ${word} ${listed([...ports].map(String), NAMED_PORTS)}`;
  });
}

/** What a rule does to how many, in a few words: `ISTIO_MUTUAL from 4 clients`. */
export function destinationRuleSummary(mesh: Mesh, rule: DestinationRule): string {
  if (rule.refused !== undefined) return 'Refused by API servers as it stands';
  const services = servicesOfHost(mesh, rule.host, rule.namespace).slice(0, MAX_SERVICES);
  if (services.length === 0) return 'No Service is known by this host';
  const behind = services.flatMap((service) => workloadsBehind(mesh, service));
  const servers = services.flatMap((service) => serversOf(service));
  const { rules, onlyFirst } = summarizeClients(
    mesh,
    servers,
    behind.map(({ ref }) => ref),
  );
  const own = rules.find((one) => sameRef(one.rule, rule));
  const among = onlyFirst === undefined ? '' : ` of the first ${onlyFirst}`;
  if (own === undefined) return `No client${among === '' ? '' : among} follows it`;
  const mode = rule.trafficPolicy?.tls?.mode ?? 'No TLS setting';
  return onlyFirst === undefined
    ? `${mode} from ${counted(own.clients, 'client')}`
    : `${mode} from ${own.clients}${among} clients`;
}
