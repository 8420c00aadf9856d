import { findDestinationRule, ruleHost } from '../../client/destinationRule.ts';
import { matchesLabels } from '../../model/labels.ts';
import type { DestinationRule, Labels, Service } from '../../model/objects.ts';
import type { ClientTlsSettings, TrafficPolicy } from '../../model/trafficPolicy.ts';
import { sameRef } from '../../model/reference.ts';
import { fqdnOf, resolveHost } from '../../snapshot/host.ts';
import { revisionOf, workloadsBehind, type Mesh } from '../../snapshot/mesh.ts';
import { targetPortOf } from '../../snapshot/targetPort.ts';
import type { Workload } from '../../snapshot/workload.ts';
import { servicesOfHost } from '../../destination/servicesOfHost.ts';
import type { FieldPath } from '../model/finding.ts';

/** A tls block of a rule, with what it holds for. */
export interface TlsBlock {
  readonly tls: ClientTlsSettings;
  /** Of the block, without `mode`. */
  readonly path: FieldPath;
  /** The Service port that it is for; undefined for all that have no entry of their own. */
  readonly port: number | undefined;
  /** Ports that have entries of their own, for a block that is for all others. */
  readonly except: readonly number[];
  /** The labels of the subset that it is for; empty for the whole host. */
  readonly labels: Labels;
}

/** Every tls block of a rule. */
export function tlsBlocksOf(rule: DestinationRule): readonly TlsBlock[] {
  const whole = blocksOf(rule.trafficPolicy, ['spec', 'trafficPolicy'], {});
  const ofSubsets = rule.subsets.flatMap(({ trafficPolicy, labels }, index) =>
    blocksOf(trafficPolicy, ['spec', 'subsets', index, 'trafficPolicy'], labels),
  );
  return [...whole, ...ofSubsets];
}

function blocksOf(
  policy: TrafficPolicy | undefined,
  path: FieldPath,
  labels: Labels,
): readonly TlsBlock[] {
  if (policy === undefined) return [];
  const { tls, ports } = policy;
  const except = ports.map(({ port }) => port);
  const whole =
    tls === undefined ? [] : [{ tls, path: [...path, 'tls'], port: undefined, except, labels }];
  const ofPorts = ports.flatMap((entry, index) =>
    entry.tls === undefined
      ? []
      : [
          {
            tls: entry.tls,
            path: [...path, 'portLevelSettings', index, 'tls'],
            port: entry.port,
            except: [],
            labels,
          },
        ],
  );
  return [...whole, ...ofPorts];
}

/** A workload behind a Service, and the port of it that a tls block leads to. */
export interface Reached {
  readonly service: Service;
  readonly workload: Workload;
  readonly servicePort: number;
  readonly port: number;
}

/** The Services that a rule decides about: those of its host for which clients find this rule and not another. */
export function servicesFollowing(mesh: Mesh, rule: DestinationRule): readonly Service[] {
  return servicesNamed(mesh, rule).filter((service) => isFollowed(mesh, rule, service));
}

function servicesNamed(mesh: Mesh, rule: DestinationRule): readonly Service[] {
  if (isWildcard(rule)) return servicesOfHost(mesh, rule.host, rule.namespace);
  const host = resolveHost(mesh, ruleHost(rule), rule.namespace);
  return host.kind === 'service' && host.fqdn === ruleHost(rule) ? [host.service] : [];
}

/** Whether a client in the rule's own namespace goes by it (R152). */
function isFollowed(mesh: Mesh, rule: DestinationRule, service: Service): boolean {
  const revision = revisionOf(mesh, undefined);
  const { rule: found } = findDestinationRule(mesh, {
    clientNamespace: rule.namespace,
    clientLabels: rule.workloadSelector ?? {},
    revision,
    host: fqdnOf(service),
    serviceNamespace: service.namespace,
  });
  if (found === undefined || !found.members.some((member) => sameRef(member, rule))) return false;
  // Of merged rules one trafficPolicy counts; subsets add up (R157).
  return rule.trafficPolicy === undefined || sameRef(found.policyFrom, rule);
}

/** Whether the rule is for many hosts at once. */
export function isWildcard(rule: DestinationRule): boolean {
  return ruleHost(rule).startsWith('*');
}

/** Where a tls block leads to: every workload behind the Services, by the ports that it is for. */
export function* reachedBy(
  mesh: Mesh,
  services: readonly Service[],
  block: TlsBlock,
): Iterable<Reached> {
  for (const service of services) {
    for (const workload of workloadsBehind(mesh, service)) {
      if (workload.isAtRest || !matchesLabels(block.labels, workload.labels)) continue;
      for (const declared of service.ports) {
        if (declared.protocol !== 'TCP' || !isFor(block, declared.port)) continue;
        const port = targetPortOf(declared, workload.variants[0].shape);
        if (port !== undefined) yield { service, workload, servicePort: declared.port, port };
      }
    }
  }
}

function isFor({ port, except }: TlsBlock, servicePort: number): boolean {
  return port === undefined ? !except.includes(servicePort) : port === servicePort;
}
