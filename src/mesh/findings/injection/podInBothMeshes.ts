import { missingPods } from '../../known/missing.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { templatePath } from '../model/templatePath.ts';

const MODE = 'istio.io/dataplane-mode';

/** The same for a single workload, whose own label goes before that of its namespace (R80). */
export const podInBothMeshes: Analyzer<'Workload'> = {
  code: 'MTLS0604',
  name: 'workload with a sidecar and the ambient label',
  severity: 'error',
  law: 'A pod with a sidecar is not carried by ztunnel, whatever its label istio.io/dataplane-mode says.',
  source: 'https://istio.io/latest/docs/ambient/usage/add-workloads/',
  kiali: ['KIA1311', 'KIA1314', 'KIA1315'],
  about: ['Workload'],
  analyze: (mesh, workload) => {
    const { ref, name, labels, dataPlane } = workload;
    if (labels[MODE] !== 'ambient' || dataPlane !== 'sidecar') return [];
    if (missingPods(mesh, workload) !== undefined) return [];
    const message = `${name} has a sidecar, so that this label has no effect.`;
    return [{ path: templatePath(ref, 'metadata', 'labels', MODE), message }];
  },
};
