import {
  allWorkloads,
  findWorkload,
  revisionOf,
  workloadsIn,
  type Mesh,
} from '../snapshot/mesh.ts';
import type { PodShape } from '../model/objects.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import { isPortCaptured } from '../server/capture.ts';
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
    const { proxy } = revisionOf(mesh, variant.revision);
    for (const port of probedPorts(variant)) {
      if (
        isPortCaptured(variant.shape, port, proxy) &&
        becomesStrict(mesh, target, { workload, port })
      )
        ports.add(port);
    }
  }
  const [first, ...rest] = [...ports].sort((left, right) => left - right);
  if (first === undefined) return [];
  return [{ kind: 'probes-refused', workload: workload.ref, ports: [first, ...rest] }];
}

/** Running pods show whether their probes were rewritten; templates only whether that is turned off (R58). */
function probedPorts({ dataPlane, shape, pods }: Variant): readonly number[] {
  if (dataPlane !== 'sidecar') return []; // ztunnel lets the kubelet pass (R84)
  const rewritten =
    pods.length === 0 && shape.annotations['sidecar.istio.io/rewriteAppHTTPProbers'] !== 'false';
  return rewritten ? [] : shape.probedPorts.flatMap((port) => portNumber(shape, port) ?? []);
}

function portNumber({ containers }: PodShape, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return containers.flatMap(({ ports }) => ports).find(({ name }) => name === port)?.port;
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
