import type { Mesh } from '../snapshot/mesh.ts';
import { findWorkload, workloadsIn } from '../snapshot/mesh.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import { sameRef } from '../model/reference.ts';
import { matchesLabels } from '../model/labels.ts';
import { effectiveMode } from '../policy/serverMode.ts';
import { namespaceMtls } from '../server/namespaceMtls.ts';
import type { Enforcement } from '../model/explanation.ts';
import { workloadMtls } from '../server/workloadMtls.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { DesiredMode, EnforceTarget } from './enforceTarget.ts';
import type { GovernedScope } from './governingPolicy.ts';
import { governing } from './governingPolicy.ts';
import type { NarrowerMode } from './staysDifferent.ts';
import { strictWarnings, type StrictWarning } from './strictWarnings.ts';

/** What someone should know before a mode is written. None of these keeps it from being written. */
export type EnforcementWarning =
  /** Nothing makes the mode true for this workload (R24). */
  | {
      readonly kind: 'not-enforced';
      readonly workload: WorkloadRef;
      readonly enforcement: Enforcement;
    }
  /** Narrower policies keep these parts of the target at another mode (R12, R15). */
  | { readonly kind: 'stays-different'; readonly narrower: NonEmpty<NarrowerMode> }
  /** The governing policy selects other workloads too, and they change with it. */
  | { readonly kind: 'governs-others'; readonly others: NonEmpty<WorkloadRef> }
  /** No container or Service says that the pods listen on this port (R17). */
  | { readonly kind: 'port-not-declared'; readonly workload: WorkloadRef; readonly port: number }
  /** ztunnel goes on taking both (R88). */
  | { readonly kind: 'disable-ignored-in-ambient'; readonly workload: WorkloadRef }
  /** Meshed clients follow the namespace's DISABLE and send plaintext, which STRICT refuses (R148). */
  | {
      readonly kind: 'clients-see-disable';
      readonly namespace: string;
      readonly workload: WorkloadRef;
    }
  /** While proxies learn of it at different times, a direct step from DISABLE to STRICT refuses requests. */
  | { readonly kind: 'disable-to-strict' }
  | StrictWarning;

/** What to know before `mode` is written for the target. */
export function enforcementWarnings(
  mesh: Mesh,
  target: EnforceTarget,
  mode: DesiredMode,
): readonly EnforcementWarning[] {
  const ofTarget = targetWarnings(mesh, target, mode);
  return mode === 'STRICT' ? [...ofTarget, ...strictWarnings(mesh, target)] : ofTarget;
}

function targetWarnings(
  mesh: Mesh,
  target: EnforceTarget,
  mode: DesiredMode,
): readonly EnforcementWarning[] {
  switch (target.scope) {
    case 'mesh':
      return [];
    case 'namespace':
      return fromDisable(namespaceMtls(mesh, target.namespace).mode, mode);
    case 'workload':
    case 'port': {
      const workload = findWorkload(mesh, target.workload);
      const port = target.scope === 'port' ? target.port : undefined;
      return workload === undefined ? [] : workloadWarnings(mesh, { workload, port }, mode);
    }
  }
}

interface Spot {
  readonly workload: Workload;
  readonly port: number | undefined;
}

function workloadWarnings(
  mesh: Mesh,
  spot: Spot,
  mode: DesiredMode,
): readonly EnforcementWarning[] {
  const { workload, port } = spot;
  const { ref, namespace } = workload;
  const { enforcement, ports } = workloadMtls(mesh, workload);
  const warnings: EnforcementWarning[] = [];
  if (enforcement.kind === 'not-enforced')
    warnings.push({ kind: 'not-enforced', workload: ref, enforcement });
  const [other, ...others] = othersGoverned(mesh, spot);
  if (other !== undefined) warnings.push({ kind: 'governs-others', others: [other, ...others] });
  if (port !== undefined && !ports.some((one) => one.port === port)) {
    warnings.push({ kind: 'port-not-declared', workload: ref, port });
  }
  if (mode === 'DISABLE' && workload.dataPlane === 'ambient') {
    warnings.push({ kind: 'disable-ignored-in-ambient', workload: ref });
  }
  if (mode === 'STRICT' && namespaceMtls(mesh, namespace).mode === 'DISABLE') {
    warnings.push({ kind: 'clients-see-disable', namespace, workload: ref });
  }
  return [...warnings, ...fromDisable(effectiveMode(mesh, workload, port).mode, mode)];
}

function fromDisable(now: DesiredMode, mode: DesiredMode): readonly EnforcementWarning[] {
  return now === 'DISABLE' && mode === 'STRICT' ? [{ kind: 'disable-to-strict' }] : [];
}

function othersGoverned(mesh: Mesh, { workload, port }: Spot): readonly WorkloadRef[] {
  const scope: GovernedScope = { kind: 'selected', namespace: workload.namespace, workload, port };
  const { selector } = governing(mesh, scope).draft;
  if (selector === undefined) return [];
  return workloadsIn(mesh, workload.namespace)
    .filter((one) => !sameRef(one.ref, workload.ref) && matchesLabels(selector, one.labels))
    .map((one) => one.ref);
}
