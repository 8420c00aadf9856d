import { hasNoLabels } from '../../model/labels.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** The Sidecar of the root namespace is the default of all namespaces, and that has no selector. */
export const selectorInRootSidecar: Analyzer<'Sidecar'> = {
  code: 'MTLS0463',
  name: 'Sidecar with a selector in the root namespace',
  severity: 'warning',
  law: 'A Sidecar in the root namespace is the default of the mesh only without a workloadSelector.',
  source: 'https://istio.io/latest/docs/reference/config/networking/sidecar/',
  kiali: ['KIA1006'],
  needs: { modes: true },
  about: ['Sidecar'],
  analyze: (mesh, { namespace, workloadSelector }) =>
    namespace !== mesh.rootNamespace ||
    workloadSelector === undefined ||
    hasNoLabels(workloadSelector)
      ? []
      : [
          {
            path: ['spec', 'workloadSelector'],
            message: `This Sidecar is for workloads of ${namespace} only: with a selector it is not the default of the mesh.`,
          },
        ],
};
