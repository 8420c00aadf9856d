import { ruleHost } from '../../client/destinationRule.ts';
import { resolveHost } from '../../snapshot/host.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { DestinationRule } from '../../model/objects.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Fix } from '../model/finding.ts';
import { isCluster, knowsServices } from '../model/knownWorld.ts';

/** A rule for a host that nothing defines decides nothing (R150). */
export const unknownHost: Analyzer<'DestinationRule'> = {
  code: 'MTLS0222',
  name: 'rule for a host that nothing defines',
  severity: 'warning',
  law: 'The host of a DestinationRule is a Service of the cluster or a host of a ServiceEntry; a name with a dot is taken as it stands.',
  source:
    'https://istio.io/latest/docs/reference/config/networking/destination-rule/#DestinationRule',
  istio: ['IST0174'],
  kiali: ['KIA0202'],
  needs: { everywhere: ['Service', 'ServiceEntry'] },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    const full = ruleHost(rule);
    if (full.startsWith('*')) return [];
    const meant = serviceMeant(mesh, rule);
    if (meant === undefined && !isAbsent(mesh, rule)) return [];
    const hint = meant === undefined ? '' : `: the full name is ${meant}`;
    return [
      {
        path: ['spec', 'host'],
        message: `This rule has no effect: no Service and no ServiceEntry defines ${full}${hint}.`,
        ignored: true,
        ...(meant !== undefined && { fix: spelledOut(rule, meant) }),
      },
    ];
  },
};

function isAbsent(mesh: Mesh, rule: DestinationRule): boolean {
  const host = resolveHost(mesh, ruleHost(rule), rule.namespace);
  switch (host.kind) {
    case 'no-service':
      return knowsServices(mesh, host.namespace);
    case 'undefined':
      return isCluster(mesh);
    case 'service':
    case 'service-entry':
    case 'pod':
      return false;
  }
}

/** The full name of a Service that a host names in the way of clients, which rules do not know. */
function serviceMeant(mesh: Mesh, rule: DestinationRule): string | undefined {
  const host = resolveHost(mesh, ruleHost(rule), rule.namespace);
  return host.kind === 'service' && host.fqdn !== ruleHost(rule) ? host.fqdn : undefined;
}

function spelledOut({ kind, namespace, name }: DestinationRule, host: string): Fix {
  const object = { kind, namespace, name };
  return {
    title: `Change the host to ${host}`,
    steps: [{ kind: 'set', object, path: ['spec', 'host'], value: host }],
    safe: false,
  };
}
