import type { PodShape } from '../../model/objects.ts';
import { namespaceLabels, type Mesh } from '../../snapshot/mesh.ts';
import { wouldBe } from '../../snapshot/injection.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { templatePath } from '../model/templatePath.ts';

/** Injection passes pods on the host's network by: their calls are plaintext (R110). */
export const hostNetworkOutside: Analyzer<'Workload'> = {
  code: 'MTLS0304',
  name: 'pods on the network of the host, in a namespace of the mesh',
  severity: 'information',
  law: 'Pods on the network of the host get no proxy: nothing is enforced on them, and what they send is plaintext.',
  source: 'https://istio.io/latest/docs/ops/common-problems/injection/',
  needs: { own: ['Namespace'], everywhere: ['MutatingWebhookConfiguration'] },
  about: ['Workload'],
  analyze: (mesh, workload) => {
    const [{ shape, dataPlane }] = workload.variants;
    if (!shape.hostNetwork || dataPlane !== 'none' || !wouldJoin(mesh, workload, shape)) return [];
    return [
      {
        path: templatePath(workload.ref, 'spec', 'hostNetwork'),
        message: `${workload.name} gets no proxy, because its pods are on the network of the host: STRICT servers refuse what it sends.`,
      },
    ];
  },
};

/** Whether the same pods would be in the mesh on a network of their own. */
function wouldJoin(mesh: Mesh, { namespace }: Workload, shape: PodShape): boolean {
  const labels = namespaceLabels(mesh, namespace);
  const apart = { ...shape, hostNetwork: false };
  const { injection } = mesh.controlPlane;
  return wouldBe(injection, { name: namespace, labels }, apart).dataPlane !== 'none';
}
