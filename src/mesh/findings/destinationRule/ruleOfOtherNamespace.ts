import { CONTROLLERS } from '../../known/missing.ts';
import type { DestinationRule } from '../../model/objects.ts';
import { ruleHost } from '../../client/destinationRule.ts';
import { resolveHost } from '../../snapshot/host.ts';
import { workloadsIn, type Mesh } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { knowsWorkloads } from '../model/knownWorld.ts';

/** Clients look for rules in their own namespace, in that of the Service and in the root namespace only (R152). */
export const ruleOfOtherNamespace: Analyzer<'DestinationRule'> = {
  code: 'MTLS0260',
  name: 'TLS setting that no client looks up',
  severity: 'warning',
  law: 'A client looks for a DestinationRule in its own namespace, in the namespace of the Service and in the root namespace, and nowhere else.',
  source:
    'https://istio.io/latest/docs/ops/best-practices/traffic-management/#cross-namespace-configuration',
  needs: { own: [...CONTROLLERS, 'Pod'] },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    const home = foreignHome(mesh, rule);
    if (home === undefined || hasClients(mesh, rule.namespace)) return [];
    return [
      {
        path: ['spec', 'host'],
        message: `No client follows this rule: it is in namespace ${rule.namespace}, where no workload has a proxy, and the Service is in ${home}.`,
        ignored: true,
        fix: {
          title: `Move the rule to namespace ${home}, where every client looks`,
          steps: [
            {
              kind: 'set',
              object: { kind: rule.kind, namespace: rule.namespace, name: rule.name },
              path: ['metadata', 'namespace'],
              value: home,
            },
          ],
          safe: false,
        },
      },
    ];
  },
};

/** The namespace of the Service that a rule with TLS settings is about, where that is another one than its own. */
function foreignHome(mesh: Mesh, rule: DestinationRule): string | undefined {
  const { namespace, trafficPolicy } = rule;
  const saysTls =
    trafficPolicy?.tls !== undefined || trafficPolicy?.ports.some(({ tls }) => tls !== undefined);
  if (saysTls !== true || namespace === mesh.rootNamespace) return undefined;
  const host = resolveHost(mesh, ruleHost(rule), namespace);
  if (host.kind !== 'service' || host.fqdn !== ruleHost(rule)) return undefined;
  return host.service.namespace === namespace ? undefined : host.service.namespace;
}

/** Whether some workload is, or may be, a client that looks in the namespace. */
function hasClients(mesh: Mesh, namespace: string): boolean {
  if (!knowsWorkloads(mesh, namespace)) return true;
  return workloadsIn(mesh, namespace).some(({ dataPlane }) => dataPlane !== 'none');
}
