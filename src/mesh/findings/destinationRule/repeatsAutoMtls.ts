import { CONTROLLERS } from '../../known/missing.ts';
import type { DestinationRule, Service } from '../../model/objects.ts';
import { ruleHost } from '../../client/destinationRule.ts';
import { namespaceMtls } from '../../server/namespaceMtls.ts';
import { resolveHost } from '../../snapshot/host.ts';
import { revisionOf, workloadsBehind, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** Auto mutual TLS does the same, and goes on being right when a workload leaves the mesh (R145, R146). */
export const repeatsAutoMtls: Analyzer<'DestinationRule'> = {
  code: 'MTLS0261',
  name: 'ISTIO_MUTUAL that auto mutual TLS would choose anyway',
  severity: 'hint',
  law: 'Without a TLS setting clients of the mesh use mutual TLS with every workload that has a proxy, unless its namespace says DISABLE.',
  source:
    'https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/#auto-mtls',
  needs: { modes: true, own: [...CONTROLLERS, 'Pod', 'Service'] },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    if (!saysMutual(rule) || !repeats(mesh, rule)) return [];
    return [
      {
        path: ['spec', 'trafficPolicy', 'tls', 'mode'],
        message: `Clients use mutual TLS with ${rule.host} without this setting, too.`,
        fix: {
          title: 'Remove the TLS setting, and leave it to auto mutual TLS',
          steps: [
            {
              kind: 'remove',
              object: { kind: rule.kind, namespace: rule.namespace, name: rule.name },
              path: ['spec', 'trafficPolicy', 'tls'],
            },
          ],
          safe: false,
        },
      },
    ];
  },
};

/** A rule that says more than the mode says something of its own, and so may one for single clients. */
function saysMutual({ trafficPolicy, workloadSelector }: DestinationRule): boolean {
  const tls = trafficPolicy?.tls;
  return (
    tls?.mode === 'ISTIO_MUTUAL' &&
    tls.subjectAltNames === undefined &&
    workloadSelector === undefined
  );
}

function repeats(mesh: Mesh, rule: DestinationRule): boolean {
  if (!revisionOf(mesh, undefined).config.enableAutoMtls) return false;
  const host = resolveHost(mesh, ruleHost(rule), rule.namespace);
  if (host.kind !== 'service' || host.fqdn !== ruleHost(rule) || !isMeshed(mesh, host.service))
    return false;
  return namespaceMtls(mesh, host.service.namespace).mode !== 'DISABLE';
}

function isMeshed(mesh: Mesh, service: Service): boolean {
  const behind = workloadsBehind(mesh, service);
  const hasProxies = ({ variants }: Workload): boolean => variants.every(({ tlsMode }) => tlsMode);
  return behind.length > 0 && behind.every(hasProxies);
}
