import { hasNoLabels } from '../../model/labels.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** A subset is meant to be a part of its host. */
export const subsetWithoutLabels: Analyzer<'DestinationRule'> = {
  code: 'MTLS0225',
  name: 'subset without labels',
  severity: 'information',
  law: 'A subset without labels holds every endpoint of its host.',
  source: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/#Subset',
  kiali: ['KIA0209'],
  about: ['DestinationRule'],
  analyze: (_, { subsets }) =>
    subsets.flatMap(({ name, labels, trafficPolicy }, index) =>
      // With a policy of its own it is another way to the same endpoints.
      !hasNoLabels(labels) || trafficPolicy !== undefined
        ? []
        : [
            {
              path: ['spec', 'subsets', index, 'name'],
              message: `Subset ${name} has no labels: it holds every endpoint of the host.`,
            },
          ],
    ),
};
