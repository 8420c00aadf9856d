import { coversHost, ruleHost } from '../../client/destinationRule.ts';
import { missingMeshConfig } from '../../known/missingModes.ts';
import type { DestinationRule } from '../../model/objects.ts';
import { destinationRulesIn, revisionOf, type Mesh } from '../../snapshot/mesh.ts';
import { describeRef } from '../../words/describeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** Only one rule counts for a host, so that a rule without TLS settings takes those of a wider one away (R151, R154). */
export const shadowsTls: Analyzer<'DestinationRule'> = {
  code: 'MTLS0224',
  name: 'rule that hides the TLS setting of a wider one',
  severity: 'warning',
  law: 'The rule of the most specific host counts alone: what it does not set is not taken from a wider rule.',
  source: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/',
  kiali: ['KIA0204'],
  needs: { own: ['DestinationRule'] },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    if (saysTls(rule) || missingMeshConfig(mesh).length > 0) return [];
    const wider = widerWithTls(mesh, rule);
    if (wider === undefined) return [];
    const { kind, namespace, name } = wider;
    const object = { kind, namespace, name };
    const path = ['spec', 'trafficPolicy', 'tls', 'mode'];
    const mode = wider.trafficPolicy?.tls?.mode ?? '';
    return [
      {
        path: ['spec', 'host'],
        message: `This rule sets no TLS mode, so that ${mode} of ${describeRef(object)}, which covers this host, does not hold here.`,
        related: [{ object, path, message: 'This setting does not hold for the narrower host.' }],
      },
    ];
  },
};

function saysTls({ trafficPolicy, workloadSelector }: DestinationRule): boolean {
  return trafficPolicy?.tls !== undefined || workloadSelector !== undefined;
}

/** A wider rule whose setting makes a difference: with auto mutual TLS on, ISTIO_MUTUAL makes none. */
function widerWithTls(mesh: Mesh, rule: DestinationRule): DestinationRule | undefined {
  const { enableAutoMtls } = revisionOf(mesh, undefined).config;
  const host = ruleHost(rule);
  const namespaces = new Set([rule.namespace, mesh.rootNamespace]);
  return [...namespaces]
    .flatMap((namespace) => destinationRulesIn(mesh, namespace))
    .find((other) => {
      const pattern = ruleHost(other);
      const mode = other.trafficPolicy?.tls?.mode;
      if (!pattern.startsWith('*') || pattern === host || mode === undefined) return false;
      return coversHost(pattern, host) && !(enableAutoMtls && mode === 'ISTIO_MUTUAL');
    });
}
