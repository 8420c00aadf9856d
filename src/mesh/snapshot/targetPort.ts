import type { PodShape, Service, ServiceEntryPort, ServicePort } from '../model/objects.ts';

/**
 * The workload port behind a Service port; a named one is looked up in the pod (R208). What a VM lists of
 * its own ports goes before a number, by the name of the Service port.
 */
export function targetPortOf(port: ServicePort, shape: PodShape): number | undefined {
  if (typeof port.targetPort === 'number') return shape.portMap?.get(port.name) ?? port.targetPort;
  if (shape.portMap !== undefined) return shape.portMap.get(port.targetPort);
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

/** The workload port behind a port of a ServiceEntry: the endpoint's own of that name goes before any number. */
export function entryTargetPort(entryPort: ServiceEntryPort, shape: PodShape): number {
  const { name, port, targetPort = port } = entryPort;
  if (shape.portMap !== undefined) return shape.portMap.get(name) ?? targetPort;
  for (const container of shape.containers) {
    for (const declared of container.ports) if (declared.name === name) return declared.port;
  }
  return targetPort;
}
