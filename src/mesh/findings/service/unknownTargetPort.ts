import { CONTROLLERS, missingPods } from '../../known/missing.ts';
import { targetPortOf } from '../../snapshot/targetPort.ts';
import { workloadsBehind } from '../../snapshot/mesh.ts';
import { listed } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** A target port by a name that no container gives leads nowhere (R208). */
export const unknownTargetPort: Analyzer<'Service'> = {
  code: 'MTLS0703',
  name: 'target port that no container declares',
  severity: 'error',
  law: 'A targetPort that is a name leads to the container port of that name and protocol; a pod without one is no endpoint of the port.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  kiali: ['KIA0701'],
  needs: { own: [...CONTROLLERS] },
  about: ['Service'],
  analyze: (mesh, service) => {
    const behind = workloadsBehind(mesh, service).filter(
      (workload) => missingPods(mesh, workload) === undefined,
    );
    if (behind.length === 0) return [];
    return service.ports.flatMap((port, index) => {
      const { targetPort } = port;
      if (typeof targetPort === 'number') return [];
      const leads = behind.some(({ variants }) =>
        variants.some(({ shape }) => targetPortOf(port, shape) !== undefined),
      );
      if (leads) return [];
      const names = listed(
        behind.map(({ name }) => name),
        3,
      );
      const message = `Port ${port.port} leads nowhere: no container of ${names} has a ${port.protocol} port named ${targetPort}.`;
      return [{ path: ['spec', 'ports', index, 'targetPort'], message }];
    });
  },
};
