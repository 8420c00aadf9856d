import { isVolatile } from '../change/scaffold.ts';
import { hasNoLabels, matchesLabels } from '../model/labels.ts';
import type { Labels } from '../model/objects.ts';
import {
  servicesSelecting,
  workloadsIn,
  workloadsWithLabels,
  type Mesh,
} from '../snapshot/mesh.ts';
import { targetPortsOf } from '../snapshot/targetPort.ts';
import type { Workload } from '../snapshot/workload.ts';

/** A label key or value, and how many workloads a selector that has it, too, selects. */
export interface SelectableLabel {
  readonly text: string;
  readonly workloads: number;
}

/** The keys of labels by which workloads can be selected that the other labels of a selector select already. */
export function selectableKeys(
  mesh: Mesh,
  namespace: string,
  others: Labels,
): readonly SelectableLabel[] {
  const keys = candidates(mesh, namespace, others).map((workload) =>
    labelsOf(workload).flatMap((labels) =>
      Object.keys(labels).filter((key) => !isVolatile(key) && others[key] === undefined),
    ),
  );
  return counts(keys);
}

/** The values that a label has on workloads that the other labels of a selector select already. */
export function selectableValues(
  mesh: Mesh,
  namespace: string,
  label: { readonly key: string; readonly others: Labels },
): readonly SelectableLabel[] {
  const values = candidates(mesh, namespace, label.others).map((workload) =>
    labelsOf(workload).flatMap((labels) => labels[label.key] ?? []),
  );
  return counts(values);
}

function candidates(mesh: Mesh, namespace: string, selector: Labels): readonly Workload[] {
  return hasNoLabels(selector)
    ? workloadsIn(mesh, namespace)
    : workloadsWithLabels(mesh, namespace, selector);
}

/** The labels of the pods of a workload, which may be of several kinds. */
function labelsOf({ variants }: Workload): readonly Labels[] {
  return variants.map(({ shape }) => shape.labels);
}

/** How many of the lists name each text, the most named first. */
function counts(lists: readonly (readonly string[])[]): readonly SelectableLabel[] {
  const found = new Map<string, number>();
  for (const list of lists) {
    for (const text of new Set(list)) found.set(text, (found.get(text) ?? 0) + 1);
  }
  return [...found]
    .map(([text, workloads]) => ({ text, workloads }))
    .sort((left, right) => right.workloads - left.workloads || compare(left.text, right.text));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : 1;
}

/** A port that pods of a selector listen on. */
export interface SelectablePort {
  readonly port: number;
  /** The names that containers give it. */
  readonly names: readonly string[];
  /** Where its Services take calls for it, as `service:port`. */
  readonly services: readonly string[];
  /** How many of the selected workloads have it. */
  readonly workloads: number;
}

/**
 * The ports of the workloads that a selector selects, which are the keys that `portLevelMtls` can have (R15, R17): those
 * that containers declare, and those that Services lead to. None for a policy without a selector (R14).
 */
export function selectablePorts(
  mesh: Mesh,
  namespace: string,
  selector: Labels,
): readonly SelectablePort[] {
  const found = new Map<number, { names: Set<string>; services: Set<string>; workloads: number }>();
  for (const workload of workloadsWithLabels(mesh, namespace, selector)) {
    const ports = portsOf(mesh, workload, selector);
    for (const [port, { names, services }] of ports) {
      const known = found.get(port) ?? { names: new Set(), services: new Set(), workloads: 0 };
      names.forEach((name) => known.names.add(name));
      services.forEach((service) => known.services.add(service));
      found.set(port, { ...known, workloads: known.workloads + 1 });
    }
  }
  return [...found]
    .map(([port, { names, services, workloads }]) => ({
      port,
      names: [...names],
      services: [...services],
      workloads,
    }))
    .sort((left, right) => left.port - right.port);
}

interface PortUse {
  readonly names: Set<string>;
  readonly services: Set<string>;
}

function portsOf(mesh: Mesh, workload: Workload, selector: Labels): ReadonlyMap<number, PortUse> {
  const ports = new Map<number, PortUse>();
  const use = (port: number): PortUse => {
    const known = ports.get(port) ?? { names: new Set<string>(), services: new Set<string>() };
    ports.set(port, known);
    return known;
  };
  for (const { port, name, protocol } of workload.ports) {
    if (protocol === 'TCP') use(port).names.add(name ?? '');
  }
  for (const service of servicesSelecting(mesh, workload)) {
    for (const { shape } of workload.variants) {
      if (!matchesLabels(selector, shape.labels)) continue;
      for (const one of service.ports) {
        const [target] = targetPortsOf({ ...service, ports: [one] }, shape);
        if (target !== undefined) use(target).services.add(`${service.name}:${one.port}`);
      }
    }
  }
  for (const { names } of ports.values()) names.delete('');
  return ports;
}
