import type { Analyzer } from '../model/analyzer.ts';
import { isCluster } from '../model/knownWorld.ts';

/** A rule that is exported to a namespace that is not there is seen by nobody (R155). */
export const exportToNowhere: Analyzer<'DestinationRule' | 'ServiceEntry'> = {
  code: 'MTLS0220',
  name: 'export to a namespace that does not exist',
  severity: 'error',
  law: 'An exportTo lists namespaces by their names, "." for the own one, or "*" for all.',
  source:
    'https://istio.io/latest/docs/reference/config/networking/destination-rule/#DestinationRule',
  kiali: ['KIA0005'],
  needs: { everywhere: ['Namespace'] },
  about: ['DestinationRule', 'ServiceEntry'],
  analyze: (mesh, { exportTo }) =>
    isCluster(mesh)
      ? exportTo.flatMap((entry, index) =>
          ['*', '.', '~'].includes(entry) || mesh.namespaces.get(entry)?.namespace !== undefined
            ? []
            : [
                {
                  path: ['spec', 'exportTo', index],
                  message: `There is no namespace ${entry}: nobody there sees this.`,
                },
              ],
        )
      : [],
};
