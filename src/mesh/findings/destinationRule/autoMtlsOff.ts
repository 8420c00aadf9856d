import { ruleHost } from '../../client/destinationRule.ts';
import type { DestinationRule } from '../../model/objects.ts';
import { missingMeshConfig } from '../../known/missingModes.ts';
import { governingPolicies, composeMode } from '../../policy/peerAuthentication.ts';
import { objectsIn, revisionOf, type Mesh } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** Clients send mutual TLS by a wide rule, and no policy says that servers shall require it. */
export const mutualWithoutPolicy: Analyzer<'DestinationRule'> = {
  code: 'MTLS0232',
  name: 'mutual TLS for many hosts that no server requires',
  severity: 'information',
  law: 'With auto mutual TLS off a DestinationRule says what clients send, and a PeerAuthentication what servers require: neither follows from the other.',
  source: 'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig',
  kiali: ['KIA0205', 'KIA0206'],
  needs: { modes: true },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    const namespace = namespaceCovered(mesh, rule);
    if (namespace === undefined || rule.trafficPolicy?.tls?.mode !== 'ISTIO_MUTUAL') return [];
    if (missingMeshConfig(mesh).length > 0) return [];
    if (revisionOf(mesh, undefined).config.enableAutoMtls) return [];
    const subject = { namespace, labels: {}, revision: undefined };
    if (composeMode(governingPolicies(mesh, subject)).from.kind !== 'default') return [];
    return [
      {
        path: ['spec', 'trafficPolicy', 'tls', 'mode'],
        message: `Clients send mutual TLS to ${rule.host}, and no PeerAuthentication says that servers there require it: plaintext is accepted, too.`,
      },
    ];
  },
};

/** The namespace whose hosts a wildcard covers; the root namespace for one that covers all of them. */
export function namespaceCovered(mesh: Mesh, rule: DestinationRule): string | undefined {
  const host = ruleHost(rule);
  if (host === '*' || host === '*.local') return mesh.rootNamespace;
  const named = /^\*\.([^.]+)\.svc\.cluster\.local$/.exec(host)?.[1];
  return named !== undefined && objectsIn(mesh, named).name === named ? named : undefined;
}
