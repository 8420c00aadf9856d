import type { PeerAuthentication } from '../../model/objects.ts';
import { policyRef } from '../../policy/peerAuthentication.ts';
import { namespacesOf, workloadsWithLabels, type Mesh } from '../../snapshot/mesh.ts';
import { listed } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Fix } from '../model/finding.ts';
import { hasSelector } from './selection.ts';

/** A policy with a selector counts for nobody in the root namespace, not even for pods there (R6). */
export const selectorInRoot: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0113',
  name: 'selector in the root namespace',
  severity: 'error',
  law: 'A PeerAuthentication with a selector has no effect in the root namespace.',
  source: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  needs: { modes: true },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    if (policy.namespace !== mesh.rootNamespace || !hasSelector(policy)) return [];
    const homes = homesOf(mesh, policy);
    const there =
      homes.length === 0 ? '' : `: the workloads that it is meant for are in ${listed(homes, 3)}`;
    const message = `This policy has no effect, because it has a selector and ${policy.namespace} is the root namespace${there}.`;
    const fix = moveHome(policy, homes);
    return [{ path: ['spec', 'selector'], message, ignored: true, ...(fix && { fix }) }];
  },
};

/** The namespaces with workloads that the policy would select there. */
function homesOf(mesh: Mesh, { namespace, selector = {} }: PeerAuthentication): readonly string[] {
  return namespacesOf(mesh)
    .map(({ name }) => name)
    .filter((home) => home !== namespace && workloadsWithLabels(mesh, home, selector).length > 0);
}

function moveHome(policy: PeerAuthentication, homes: readonly string[]): Fix | undefined {
  const [home] = homes;
  if (home === undefined || homes.length > 1) return undefined;
  const object = policyRef(policy);
  return {
    title: `Move the policy to namespace ${home}, where its workloads are`,
    steps: [{ kind: 'set', object, path: ['metadata', 'namespace'], value: home }],
    safe: false,
  };
}
