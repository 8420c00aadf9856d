import type { Analyzer } from '../model/analyzer.ts';

/** Of two labels that say who injects, one is not looked at (R111). */
export const twoInjectionLabels: Analyzer<'Namespace'> = {
  code: 'MTLS0601',
  name: 'two injection labels',
  severity: 'warning',
  law: 'Where a namespace has the label istio-injection, its label istio.io/rev is not looked at.',
  source:
    'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy',
  istio: ['IST0123'],
  about: ['Namespace'],
  analyze: (_, { kind, namespace, name, labels }) => {
    const injection = labels['istio-injection'];
    const revision = labels['istio.io/rev'];
    if (injection === undefined || revision === undefined) return [];
    const path = ['metadata', 'labels', 'istio.io/rev'];
    return [
      {
        path,
        message: `This label has no effect beside istio-injection=${injection}: revision ${revision} does not inject here.`,
        fix: {
          title: 'Remove istio-injection, so that the revision injects',
          steps: [
            {
              kind: 'remove',
              object: { kind, namespace, name },
              path: ['metadata', 'labels', 'istio-injection'],
            },
          ],
          safe: false,
        },
      },
    ];
  },
};
