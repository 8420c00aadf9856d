import { matchesLabels } from '../model/labels.ts';
import { objectsIn, servicesIn, workloadsBehind, type Mesh } from '../snapshot/mesh.ts';
import type { Labels, Service } from '../model/objects.ts';
import { targetPortOf } from '../snapshot/targetPort.ts';
import { missingFact } from '../known/missing.ts';
import type { ConversionNote } from './conversionNote.ts';
import { refOf, type LegacyPolicy, type LegacyTarget } from '../decode/legacyPolicy.ts';

/** The pods behind a target, and the workload ports of the Service ports that it names. */
export interface TargetedWorkloads {
  /** Undefined where no selector leads to the target's pods (R209). */
  readonly selector: Labels | undefined;
  readonly ports: readonly number[];
  readonly notes: readonly ConversionNote[];
}

interface At {
  readonly policy: ReturnType<typeof refOf>;
  readonly service: string;
}

/** Translates Service and Service ports, which legacy policies name, to labels and workload ports (R202, R207). */
export function targetedWorkloads(
  mesh: Mesh,
  policy: LegacyPolicy,
  target: LegacyTarget,
): TargetedWorkloads {
  const at: At = { policy: refOf(policy), service: target.service };
  const service = objectsIn(mesh, policy.namespace).services.get(target.service);
  if (service === undefined) return nothing(unseen(mesh, policy.namespace, at));
  const { selector } = service;
  if (selector === undefined) {
    const why = service.externalName === undefined ? 'no-selector' : 'external-name';
    return nothing({ kind: 'service-without-pods', ...at, why });
  }
  const notes: ConversionNote[] = [...sharedWith(mesh, service, at)];
  const ports = target.ports.flatMap((named) => {
    const found = workloadPort(mesh, service, named);
    if (typeof found === 'number') return [found];
    notes.push({ ...found, ...at, port: named });
    return [];
  });
  return { selector, ports, notes };
}

function nothing(note: ConversionNote): TargetedWorkloads {
  return { selector: undefined, ports: [], notes: [note] };
}

function unseen(mesh: Mesh, namespace: string, at: At): ConversionNote {
  const missing = missingFact(mesh, 'Service', namespace);
  return missing === undefined
    ? { kind: 'no-such-service', ...at }
    : { kind: 'service-unknown', ...at, missing };
}

/** Other Services whose pods the selector would govern too (R209). */
function sharedWith(mesh: Mesh, service: Service, at: At): readonly ConversionNote[] {
  return servicesIn(mesh, service.namespace).flatMap((other): readonly ConversionNote[] => {
    const { selector } = other;
    if (other === service || selector === undefined) return [];
    if (!matchesLabels(selector, service.selector ?? {})) return [];
    return [{ kind: 'pods-shared', ...at, other: other.name }];
  });
}

type Unmapped =
  | { readonly kind: 'no-such-port' | 'not-tcp' }
  | { readonly kind: 'port-unresolved'; readonly found: readonly number[] };

/** A named target port is looked up in every pod; pods that disagree cannot share one entry (R208). */
function workloadPort(mesh: Mesh, service: Service, named: number | string): number | Unmapped {
  const port = service.ports.find((each) => each.port === named || each.name === named);
  if (port === undefined) return { kind: 'no-such-port' };
  if (port.protocol !== 'TCP') return { kind: 'not-tcp' };
  if (typeof port.targetPort === 'number') return port.targetPort;
  const found = new Set<number>();
  for (const { variants } of workloadsBehind(mesh, service)) {
    for (const { shape } of variants) {
      const target = targetPortOf(port, shape);
      if (target !== undefined) found.add(target);
    }
  }
  const [only, ...others] = found;
  if (only === undefined || others.length > 0)
    return { kind: 'port-unresolved', found: [...found] };
  return only;
}
