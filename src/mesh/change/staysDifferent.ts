import type { Mesh } from '../snapshot/mesh.ts';
import { findWorkload, namespacesOf } from '../snapshot/mesh.ts';
import type { WorkloadRef } from '../model/reference.ts';
import type { MissingFact, ModeSource } from '../model/explanation.ts';
import { hidesObjects } from '../known/missing.ts';
import type { MutualTlsMode } from '../model/mode.ts';
import type { ModeException } from '../server/namespaceMtls.ts';
import { meshMtls, namespaceMtls } from '../server/namespaceMtls.ts';
import { workloadMtls } from '../server/workloadMtls.ts';
import type { EnforceTarget } from './enforceTarget.ts';

/** A namespace, workload or port whose own policy gives it another mode than the target has (R12, R15). */
export type NarrowerMode =
  | {
      readonly kind: 'namespace';
      readonly namespace: string;
      readonly mode: MutualTlsMode;
      readonly from: ModeSource;
    }
  | {
      readonly kind: 'workload';
      readonly workload: WorkloadRef;
      /** Absent when the workload as a whole differs. */
      readonly port?: number;
      readonly mode: MutualTlsMode;
      readonly from: ModeSource;
    };

/** The namespaces, workloads and ports within the target that do not have its mode, in a mesh where it is written. */
export function staysDifferent(mesh: Mesh, target: EnforceTarget): readonly NarrowerMode[] {
  switch (target.scope) {
    case 'mesh': {
      const { mode } = meshMtls(mesh);
      return namespacesOf(mesh).flatMap(({ name }) => differentIn(mesh, name, mode));
    }
    case 'namespace':
      return differentIn(mesh, target.namespace, namespaceMtls(mesh, target.namespace).mode);
    case 'workload':
      return differentPorts(mesh, target.workload);
    case 'port':
      return [];
  }
}

/**
 * The policies within the target that could not be read. They may give a namespace, workload or port another mode, so that
 * `staysDifferent` may lack it.
 */
export function staysUnknown(mesh: Mesh, target: EnforceTarget): readonly MissingFact[] {
  switch (target.scope) {
    case 'mesh': {
      const unread = mesh.missing.filter(hidesPolicies);
      const modes = namespacesOf(mesh).flatMap(
        ({ name }) => namespaceMtls(mesh, name).unknown ?? [],
      );
      return [...new Set([...unread, ...modes])];
    }
    case 'namespace':
      return namespaceMtls(mesh, target.namespace).unknown ?? [];
    case 'workload':
    case 'port': {
      const workload = findWorkload(mesh, target.workload);
      return (workload && workloadMtls(mesh, workload).unknown) ?? [];
    }
  }
}

function hidesPolicies(fact: MissingFact): boolean {
  return fact.kind === 'PeerAuthentication' && hidesObjects(fact);
}

function differentIn(
  mesh: Mesh,
  namespace: string,
  wanted: MutualTlsMode,
): readonly NarrowerMode[] {
  const { mode, from, exceptions } = namespaceMtls(mesh, namespace);
  const parts = exceptions.filter((one) => one.mode !== wanted).map(narrowerMode);
  return mode === wanted ? parts : [{ kind: 'namespace', namespace, mode, from }, ...parts];
}

function narrowerMode(exception: ModeException): NarrowerMode {
  return { kind: 'workload', ...exception };
}

function differentPorts(mesh: Mesh, ref: WorkloadRef): readonly NarrowerMode[] {
  const workload = findWorkload(mesh, ref);
  if (workload === undefined) return [];
  const whole = workloadMtls(mesh, workload);
  return whole.ports
    .filter(({ mode }) => mode !== whole.mode)
    .map(({ port, mode, from }) => ({ kind: 'workload', workload: ref, port, mode, from }));
}
