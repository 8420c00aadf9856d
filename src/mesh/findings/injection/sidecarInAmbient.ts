import type { Analyzer } from '../model/analyzer.ts';
import type { Labels } from '../../model/objects.ts';

const MODE = 'istio.io/dataplane-mode';

/** A pod has a sidecar or is carried by ztunnel, never both: the sidecar goes first (R80). */
export const sidecarInAmbient: Analyzer<'Namespace'> = {
  code: 'MTLS0605',
  name: 'sidecars and ambient in one namespace',
  severity: 'warning',
  law: 'A pod with a sidecar is not carried by ztunnel, whatever istio.io/dataplane-mode says.',
  source: 'https://istio.io/latest/docs/ambient/usage/add-workloads/',
  kiali: ['KIA1316'],
  about: ['Namespace'],
  analyze: (_, { labels }) => {
    const by = injectedBy(labels);
    if (labels[MODE] !== 'ambient' || by === undefined) return [];
    const message = `This label has no effect on pods that are injected: ${by} gives them sidecars.`;
    return [{ path: ['metadata', 'labels', MODE], message }];
  },
};

function injectedBy(labels: Labels): string | undefined {
  if (labels['istio-injection'] === 'enabled') return 'istio-injection=enabled';
  const revision = labels['istio.io/rev'];
  return labels['istio-injection'] === undefined && revision !== undefined
    ? `istio.io/rev=${revision}`
    : undefined;
}
