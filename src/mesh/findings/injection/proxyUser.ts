import { missingPods } from '../../known/missing.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { templatePath } from '../model/templatePath.ts';

/** What the proxy's own user sends is not redirected into the proxy (R57, R142). */
export const proxyUser: Analyzer<'Workload'> = {
  code: 'MTLS0603',
  name: 'application that runs as the user of the proxy',
  severity: 'warning',
  law: 'Traffic of UID 1337 is not captured, for that is the user of the sidecar itself.',
  source: 'https://istio.io/latest/docs/ops/deployment/application-requirements/',
  istio: ['IST0144'],
  about: ['Workload'],
  analyze: (mesh, workload) => {
    const { ref, name, variants, dataPlane } = workload;
    if (dataPlane !== 'sidecar' || missingPods(mesh, workload) !== undefined) return [];
    if (!variants.some(({ shape }) => shape.runsAsProxyUser)) return [];
    return [
      {
        path: templatePath(ref, 'spec'),
        message: `A container of ${name} runs as UID 1337: its calls go past the sidecar, in plaintext.`,
      },
    ];
  },
};
