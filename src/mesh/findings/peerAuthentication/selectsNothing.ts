import { CONTROLLERS, missingFact } from '../../known/missing.ts';
import type { Labels } from '../../model/objects.ts';
import { workloadsIn, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { knowsWorkloads, isCluster } from '../model/knownWorld.ts';
import { labelWords } from '../model/labelWords.ts';
import { selectedBy, selectsWorkloads, type Selecting } from './selection.ts';

/** A selector that no pod of its namespace satisfies governs nothing (R7). */
export const selectsNothing: Analyzer<'PeerAuthentication' | 'AuthorizationPolicy'> = {
  code: 'MTLS0112',
  name: 'policy selects no workload',
  severity: 'warning',
  law: 'A policy with a selector governs only pods of its own namespace that have every label of it.',
  source: 'https://istio.io/latest/docs/reference/config/type/workload-selector/',
  istio: ['IST0127'],
  kiali: ['KIA0004'],
  needs: { own: [...CONTROLLERS, 'WorkloadEntry'] },
  about: ['PeerAuthentication', 'AuthorizationPolicy'],
  analyze: (mesh, policy) => {
    if (!selectsWorkloads(mesh, policy) || !isAllKnown(mesh, policy.namespace)) return [];
    if (selectedBy(mesh, policy).length > 0) return [];
    return [
      {
        path: ['spec', 'selector', 'matchLabels'],
        message: `${sentence(mesh, policy)}${nearest(mesh, policy)}.`,
      },
    ];
  },
};

/** Pods that nobody may list may have the labels. */
function isAllKnown(mesh: Mesh, namespace: string): boolean {
  if (!knowsWorkloads(mesh, namespace)) return false;
  return !isCluster(mesh) || missingFact(mesh, 'Pod', namespace) === undefined;
}

function sentence(mesh: Mesh, { namespace, selector = {} }: Selecting): string {
  const count = workloadsIn(mesh, namespace).length;
  const labels = `${labelWords(selector)} on its pods`;
  const many = count > 1 ? `none of the ${count} workloads` : 'the only workload';
  const none =
    count === 0
      ? `there is none in namespace ${namespace}`
      : `${many} in namespace ${namespace} ${count > 1 ? 'has' : 'does not have'} ${labels}`;
  return `This policy selects no workload: ${none}`;
}

/** The workload that differs from the selector in one value, which is mostly a slip of the pen. */
function nearest(mesh: Mesh, { namespace, selector = {} }: Selecting): string {
  const near = workloadsIn(mesh, namespace).find((workload) => differsInOne(selector, workload));
  if (near === undefined) return '';
  const [key = ''] = Object.keys(selector).filter((one) => near.labels[one] !== selector[one]);
  const value = near.labels[key];
  if (value === undefined) return '';
  return `; ${near.name} has ${labelWords({ [key]: value })}`;
}

function differsInOne(selector: Labels, { labels }: Workload): boolean {
  const differing = Object.keys(selector).filter((key) => labels[key] !== selector[key]);
  const [key = ''] = differing;
  return differing.length === 1 && labels[key] !== undefined;
}
