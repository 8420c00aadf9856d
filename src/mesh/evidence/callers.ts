import { missingAnywhere } from '../known/missing.ts';
import { memo } from '../model/kept.ts';
import type { WorkloadRef } from '../model/reference.ts';
import { refKey } from '../model/reference.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { allWorkloads, workloadsIn } from '../snapshot/mesh.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { Caller } from './evidence.ts';

/** The workload that telemetry means by a name: it does not tell the kind, and a controller goes before a bare Pod. */
export function workloadNamed(mesh: Mesh, namespace: string, name: string): Workload | undefined {
  const named = workloadsIn(mesh, namespace).filter((workload) => workload.name === name);
  return named.find(({ ref }) => ref.kind !== 'Pod') ?? named[0];
}

/** Who a metric's source is (R264). Istio writes `unknown` where the peer said nothing of itself. */
export function callerNamed(mesh: Mesh, namespace: string, name: string): Caller {
  if (isUnnamed(name) || isUnnamed(namespace)) return { kind: 'no-proxy' };
  const workload = workloadNamed(mesh, namespace, name)?.ref;
  return workload === undefined
    ? { kind: 'named', namespace, name }
    : { kind: 'workload', workload };
}

function isUnnamed(name: string): boolean {
  return name === '' || name === 'unknown';
}

/** Pods on the network of their node share its address with everything there. */
const byAddress = memo((mesh: Mesh): ReadonlyMap<string, WorkloadRef> => {
  const known = new Map<string, WorkloadRef>();
  for (const { ref, pods } of allWorkloads(mesh)) {
    for (const pod of pods) {
      if (!pod.hostNetwork) for (const address of pod.podIPs) known.set(address, ref);
    }
  }
  return known;
});

/** Who has an address: a pod's workload, nobody of this cluster, or perhaps a pod that could not be read. */
export function callerAt(mesh: Mesh, address: string): Caller {
  const workload = byAddress(mesh).get(address);
  if (workload !== undefined) return { kind: 'workload', workload };
  return missingAnywhere(mesh, 'Pod') === undefined
    ? { kind: 'outside', address }
    : { kind: 'unknown', address };
}

/** The workload whose pod has an address. */
export function workloadAt(mesh: Mesh, address: string): WorkloadRef | undefined {
  return byAddress(mesh).get(address);
}

/** A key that is the same for the same caller. */
export function callerKey(caller: Caller): string {
  switch (caller.kind) {
    case 'workload':
      return refKey(caller.workload);
    case 'named':
      return `named/${caller.namespace}/${caller.name}`;
    case 'no-proxy':
      return 'no-proxy';
    case 'outside':
    case 'unknown':
      return `${caller.kind}/${caller.address}`;
  }
}
