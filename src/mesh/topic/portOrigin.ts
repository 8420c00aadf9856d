import { servicesSelecting, type Mesh } from '../snapshot/mesh.ts';
import { targetPortOf } from '../snapshot/targetPort.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { Line } from './blocks.ts';

/** Who listens on a port, and which Service ports lead to it. */
export function portOriginLines(mesh: Mesh, workload: Workload, port: number): readonly Line[] {
  const undeclared = undeclaredPortLine(mesh, workload, port);
  if (undeclared !== undefined) return [['⚠ ', ...undeclared]];
  const leading = linesOfLeading(mesh, workload, port);
  return isContainerPort(workload, port)
    ? [[`Port ${port} is a container port of `, { code: workload.name }], ...leading]
    : leading;
}

/** What is wrong with naming a port that no container has and no Service leads to; undefined for any other port. */
export function undeclaredPortLine(mesh: Mesh, workload: Workload, port: number): Line | undefined {
  if (isContainerPort(workload, port)) return undefined;
  if (linesOfLeading(mesh, workload, port).length > 0) return undefined;
  return servicePortLine(mesh, workload, port) ?? noSuchPortLine(workload, port);
}

function isContainerPort(workload: Workload, port: number): boolean {
  return workload.ports.some((one) => one.port === port);
}

function linesOfLeading(mesh: Mesh, workload: Workload, port: number): readonly Line[] {
  return servicesSelecting(mesh, workload).flatMap((service) =>
    service.ports
      .filter((one) => targetPortOf(one, workload.variants[0].shape) === port)
      .map((one): Line => ['Service ', { code: service.name }, ` port ${one.port} leads to it`]),
  );
}

/** The usual mistake is to write the Service port (R17). */
function servicePortLine(mesh: Mesh, workload: Workload, port: number): Line | undefined {
  for (const service of servicesSelecting(mesh, workload)) {
    const mistaken = service.ports.find((one) => one.port === port);
    const target =
      mistaken === undefined ? undefined : targetPortOf(mistaken, workload.variants[0].shape);
    if (target === undefined) continue;
    return [
      `${port} is a port of Service `,
      { code: service.name },
      `, which leads to container port ${target}: this key has no effect on it`,
    ];
  }
  return undefined;
}

function noSuchPortLine({ name }: Workload, port: number): Line {
  return [`No container of `, { code: name }, ` declares port ${port} and no Service leads to it`];
}
