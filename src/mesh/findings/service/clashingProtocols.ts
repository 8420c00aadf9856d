import { CONTROLLERS } from '../../known/missing.ts';
import type { Service } from '../../model/objects.ts';
import { protocolOf } from '../../model/protocol.ts';
import { servicesIn, workloadsBehind, type Mesh } from '../../snapshot/mesh.ts';
import { targetPortOf } from '../../snapshot/targetPort.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Remark } from '../model/finding.ts';

/** A sidecar has one listener for a port, and that has one protocol. */
export const clashingProtocols: Analyzer<'Service'> = {
  code: 'MTLS0704',
  name: 'one workload port with two protocols',
  severity: 'warning',
  law: 'Service ports that lead to one workload port declare the same protocol, for the sidecar listens there once.',
  source: 'https://istio.io/latest/docs/ops/deployment/application-requirements/',
  istio: ['IST0116', 'IST0137'],
  needs: { own: [...CONTROLLERS, 'Pod', 'Service'] },
  about: ['Service'],
  analyze: (mesh, service) => {
    const meshed = workloadsBehind(mesh, service).filter(
      ({ dataPlane }) => dataPlane === 'sidecar',
    );
    return meshed.length === 0 ? [] : clashes(mesh, service, meshed);
  },
};

interface Declared {
  readonly service: Service;
  readonly port: number;
  readonly protocol: string;
}

function clashes(mesh: Mesh, service: Service, workloads: readonly Workload[]): readonly Remark[] {
  return service.ports.flatMap((port, index): readonly Remark[] => {
    const own = protocolOf(port).class;
    for (const workload of workloads) {
      const target = targetPortOf(port, workload.variants[0].shape);
      const other = declaredFor(mesh, workload, target).find(
        (one) => one.protocol !== own && isBefore(one, { service, port: port.port }),
      );
      if (target === undefined || port.protocol !== 'TCP' || other === undefined) continue;
      const { namespace, name } = other.service;
      const elsewhere =
        other.service === service ? `port ${other.port}` : `Service ${name} port ${other.port}`;
      return [
        {
          path: ['spec', 'ports', index],
          message: `Port ${target} of ${workload.name} is declared as ${wordOf(own)} here and as ${wordOf(other.protocol)} by ${elsewhere}.`,
          related: [
            {
              object: { kind: 'Service', namespace, name },
              path: ['spec', 'ports'],
              message: 'This declares the other protocol.',
            },
          ],
        },
      ];
    }
    return [];
  });
}

function wordOf(protocol: string): string {
  return protocol === 'AUTO' ? 'none' : protocol;
}

/** What all Services say about a port of a workload. */
function declaredFor(
  mesh: Mesh,
  workload: Workload,
  target: number | undefined,
): readonly Declared[] {
  return servicesIn(mesh, workload.namespace)
    .filter((service) => workloadsBehind(mesh, service).includes(workload))
    .flatMap((service) =>
      service.ports
        .filter((port) => port.protocol === 'TCP')
        .filter((port) => targetPortOf(port, workload.variants[0].shape) === target)
        .map((port) => ({ service, port: port.port, protocol: protocolOf(port).class })),
    );
}

/** Of two that clash the later one is told. */
function isBefore(
  one: Declared,
  other: { readonly service: Service; readonly port: number },
): boolean {
  if (one.service !== other.service) return one.service.name < other.service.name;
  return one.port < other.port;
}
