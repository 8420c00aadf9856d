import { CONTROLLERS, missingFact } from '../../known/missing.ts';
import { ruleHost } from '../../client/destinationRule.ts';
import { hasNoLabels, matchesLabels } from '../../model/labels.ts';
import type { DestinationRule, Labels } from '../../model/objects.ts';
import { resolveHost } from '../../snapshot/host.ts';
import { workloadsBehind, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { isCluster } from '../model/knownWorld.ts';
import { labelWords } from '../model/labelWords.ts';

/** Calls that a route sends to a subset without endpoints fail. */
export const emptySubset: Analyzer<'DestinationRule'> = {
  code: 'MTLS0223',
  name: 'subset that selects no pod',
  severity: 'warning',
  law: 'A subset holds the endpoints of its host whose pods have every label of it.',
  source: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/#Subset',
  istio: ['IST0173'],
  kiali: ['KIA0203'],
  needs: { everywhere: [...CONTROLLERS, 'Service'] },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    const behind = workloadsOf(mesh, rule);
    if (behind === undefined) return [];
    return rule.subsets.flatMap(({ name, labels }, index) =>
      hasNoLabels(labels) || behind.some((workload) => hasLabels(workload, labels))
        ? []
        : [
            {
              path: ['spec', 'subsets', index, 'labels'],
              message: `Subset ${name} has no endpoints: none of the pods behind ${rule.host} has ${labelWords(labels)}.`,
            },
          ],
    );
  },
};

/** Istio gives endpoints labels of the place where they run, which no pod has by itself. */
const OF_PLACES = /^topology\.(?:kubernetes|istio)\.io\//;

function hasLabels({ variants }: Workload, labels: Labels): boolean {
  const own = Object.entries(labels).filter(([key]) => !OF_PLACES.test(key));
  return variants.some(({ shape }) => matchesLabels(Object.fromEntries(own), shape.labels));
}

/** The workloads behind the host, if that is a Service whose pods are known. */
function workloadsOf(mesh: Mesh, rule: DestinationRule): readonly Workload[] | undefined {
  const host = resolveHost(mesh, ruleHost(rule), rule.namespace);
  if (host.kind !== 'service' || host.service.selector === undefined) return undefined;
  const behind = workloadsBehind(mesh, host.service);
  if (!isCluster(mesh)) return behind.length === 0 ? undefined : behind;
  return missingFact(mesh, 'Pod', host.service.namespace) === undefined ? behind : undefined;
}
