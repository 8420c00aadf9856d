import { hasNoLabels, matchesLabels } from '../../model/labels.ts';
import type { Sidecar } from '../../model/objects.ts';
import { byAge } from '../../policy/policyScope.ts';
import { objectsIn, workloadsWithLabels, type Mesh } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** One Sidecar counts for a proxy; of several that could, Istio takes the oldest. */
export const sameSidecarScope: Analyzer<'Sidecar'> = {
  code: 'MTLS0461',
  name: 'two Sidecars for one workload or namespace',
  severity: 'error',
  law: 'A namespace has one Sidecar without a workloadSelector, and a workload is selected by one at most.',
  source: 'https://istio.io/latest/docs/reference/config/networking/sidecar/',
  istio: ['IST0110', 'IST0111'],
  kiali: ['KIA0002', 'KIA0003'],
  needs: { own: ['Sidecar'] },
  about: ['Sidecar'],
  analyze: (mesh, sidecar) => {
    const other = olderRival(mesh, sidecar);
    if (other === undefined) return [];
    const { kind, namespace, name } = other;
    const where = selects(sidecar) ? 'for the workloads that both select' : 'for the namespace';
    return [
      {
        path: selects(sidecar) ? ['spec', 'workloadSelector', 'labels'] : ['metadata', 'name'],
        message: `This Sidecar has no effect where Sidecar ${namespace}/${name} has: only one counts ${where}.`,
        related: [
          {
            object: { kind, namespace, name },
            path: ['metadata', 'name'],
            message: 'This one counts.',
          },
        ],
      },
    ];
  },
};

function olderRival(mesh: Mesh, sidecar: Sidecar): Sidecar | undefined {
  const { sidecars } = objectsIn(mesh, sidecar.namespace);
  const revision = sidecar.labels['istio.io/rev'];
  return [...sidecars.values()]
    .filter((other) => other !== sidecar && other.labels['istio.io/rev'] === revision)
    .filter((other) => byAge(other, sidecar) < 0 && overlap(mesh, sidecar, other))
    .sort(byAge)[0];
}

function selects({ workloadSelector }: Sidecar): boolean {
  return workloadSelector !== undefined && !hasNoLabels(workloadSelector);
}

function overlap(mesh: Mesh, sidecar: Sidecar, other: Sidecar): boolean {
  if (!selects(sidecar) || !selects(other)) return selects(sidecar) === selects(other);
  const { namespace, workloadSelector = {} } = sidecar;
  return workloadsWithLabels(mesh, namespace, workloadSelector).some(({ variants }) =>
    variants.some(
      ({ shape }) =>
        matchesLabels(workloadSelector, shape.labels) &&
        matchesLabels(other.workloadSelector ?? {}, shape.labels),
    ),
  );
}
