import { allWorkloads, findWorkload, workloadsIn, type Mesh } from '../snapshot/mesh.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import type { Workload } from '../snapshot/workload.ts';
import { probedAtSidecar } from '../server/kubeletProbes.ts';
import type { PolicyScope } from '../model/mode.ts';
import { effectiveMode } from '../policy/serverMode.ts';
import type { EnforceTarget } from './enforceTarget.ts';

/** What STRICT breaks, or leaves open, in the pods themselves. */
export type StrictWarning =
  /** The kubelet has no certificate, and injection did not rewrite these probes (R58). */
  | {
      readonly kind: 'probes-refused';
      readonly workload: WorkloadRef;
      readonly ports: NonEmpty<number>;
    }
  /** What arrives on these interfaces goes past the sidecar (R57). */
  | {
      readonly kind: 'interfaces-not-captured';
      readonly workload: WorkloadRef;
      readonly interfaces: string;
    };

const WIDTH: Readonly<Record<PolicyScope, number>> = {
  mesh: 3,
  namespace: 2,
  workload: 1,
  port: 0,
};

/** What to know about the pods of every workload that becomes STRICT with the target. */
export function strictWarnings(mesh: Mesh, target: EnforceTarget): readonly StrictWarning[] {
  return [...workloadsOf(mesh, target)].flatMap((workload) => [
    ...probesOf(mesh, target, workload),
    ...interfacesOf(workload),
  ]);
}

function workloadsOf(mesh: Mesh, target: EnforceTarget): Iterable<Workload> {
  switch (target.scope) {
    case 'mesh':
      return allWorkloads(mesh);
    case 'namespace':
      return workloadsIn(mesh, target.namespace);
    case 'workload':
    case 'port': {
      const workload = findWorkload(mesh, target.workload);
      return workload === undefined ? [] : [workload];
    }
  }
}

function probesOf(mesh: Mesh, target: EnforceTarget, workload: Workload): readonly StrictWarning[] {
  const ports = new Set<number>();
  for (const variant of workload.variants) {
    for (const port of probedAtSidecar(mesh, variant)) {
      if (becomesStrict(mesh, target, { workload, port })) ports.add(port);
    }
  }
  const [first, ...rest] = [...ports].sort((left, right) => left - right);
  if (first === undefined) return [];
  return [{ kind: 'probes-refused', workload: workload.ref, ports: [first, ...rest] }];
}

/** The port is not STRICT yet, and nothing narrower than the target sets its mode (R12, R15). */
function becomesStrict(
  mesh: Mesh,
  target: EnforceTarget,
  { workload, port }: { readonly workload: Workload; readonly port: number },
): boolean {
  if (target.scope === 'port' && target.port !== port) return false;
  const { mode, from } = effectiveMode(mesh, workload, port);
  if (mode === 'STRICT') return false;
  return from.kind === 'default' || WIDTH[from.scope] >= WIDTH[target.scope];
}

function interfacesOf({ ref, variants }: Workload): readonly StrictWarning[] {
  const annotation = 'traffic.sidecar.istio.io/excludeInterfaces';
  const found = variants.find(
    ({ dataPlane, shape }) =>
      dataPlane === 'sidecar' && (shape.annotations[annotation] ?? '') !== '',
  );
  const interfaces = found?.shape.annotations[annotation];
  if (interfaces === undefined) return [];
  return [{ kind: 'interfaces-not-captured', workload: ref, interfaces }];
}
