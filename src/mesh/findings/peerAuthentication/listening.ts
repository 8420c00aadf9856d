import type { Service } from '../../model/objects.ts';
import { servicesSelecting, type Mesh } from '../../snapshot/mesh.ts';
import { targetPortOf } from '../../snapshot/targetPort.ts';
import type { Workload } from '../../snapshot/workload.ts';

/** Whether a container declares a workload port, or a Service leads to it. */
export function isListenedAt(mesh: Mesh, workload: Workload, port: number): boolean {
  if (workload.ports.some((one) => one.port === port)) return true;
  return servicesSelecting(mesh, workload).some((service) =>
    service.ports.some((one) =>
      workload.variants.some(({ shape }) => targetPortOf(one, shape) === port),
    ),
  );
}

/** A Service port that leads to a workload port of another number. */
export interface MistakenPort {
  readonly service: Service;
  readonly target: number;
}

/** The Service of a workload that has a port of this number, where that is not the number of the workload port (R17). */
export function mistakenPort(
  mesh: Mesh,
  workload: Workload,
  port: number,
): MistakenPort | undefined {
  for (const service of servicesSelecting(mesh, workload)) {
    const named = service.ports.find((one) => one.port === port);
    const target = named && targetPortOf(named, workload.variants[0].shape);
    if (target !== undefined && target !== port) return { service, target };
  }
  return undefined;
}
