import type { PodShape, Service, ServicePort } from './objects.ts';

/** The workload port behind a Service port; a named one is looked up in the pod (R208). */
export function targetPortOf(port: ServicePort, shape: PodShape): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort;
  for (const container of shape.containers) {
    for (const declared of container.ports) {
      if (declared.name === port.targetPort && declared.protocol === port.protocol) {
        return declared.port;
      }
    }
  }
  return undefined;
}

/** Every TCP workload port that a Service leads to. */
export function targetPortsOf(service: Service, shape: PodShape): readonly number[] {
  const found: number[] = [];
  for (const port of service.ports) {
    const target = port.protocol === 'TCP' ? targetPortOf(port, shape) : undefined;
    if (target !== undefined) found.push(target);
  }
  return found;
}
