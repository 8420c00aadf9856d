import type { WorkloadRef } from '../model/reference.ts';
import type { Change } from '../change/change.ts';
import type { DesiredMode, EnforceTarget, EnforcementRefusal } from '../change/enforce.ts';
import type { EnforcementWarning } from '../change/enforcementWarnings.ts';
import type { ChangedMode } from '../change/preflight.ts';
import type { NarrowerMode } from '../change/staysDifferent.ts';
import { describeEnforcement, describeRef, missingClauses } from './describe.ts';
import { counted } from './modeWords.ts';
import { listed } from './modeWords.ts';

/** How many parts with another mode are named before the rest is counted. */
const namedParts = 5;

/** Whose mode is changed, in words. */
export function targetWords(target: EnforceTarget): string {
  switch (target.scope) {
    case 'mesh':
      return 'the mesh';
    case 'namespace':
      return `namespace ${target.namespace}`;
    case 'workload':
      return `${target.workload.namespace}/${target.workload.name}`;
    case 'port':
      return `${target.workload.namespace}/${target.workload.name}, port ${target.port}`;
  }
}

/** The same at the beginning of a sentence; the names of workloads stay as they are. */
export function subjectWords(target: EnforceTarget): string {
  switch (target.scope) {
    case 'mesh':
      return 'The mesh';
    case 'namespace':
      return `Namespace ${target.namespace}`;
    case 'workload':
    case 'port':
      return targetWords(target);
  }
}

/** What a click on the confirming button does. */
export function actionWords(mode: DesiredMode): string {
  switch (mode) {
    case 'STRICT':
      return 'Enforce STRICT';
    case 'PERMISSIVE':
    case 'DISABLE':
      return `Set ${mode}`;
    case 'INHERITED':
      return 'Inherit';
  }
}

/** How many workloads go from which mode to which, and where nothing enforces it. */
export function modesSentence(modes: readonly ChangedMode[]): string {
  const enforced = modes.filter((one) => one.enforced);
  const idle = modes.length - enforced.length;
  const rest =
    idle === 0 ? '' : ` Nothing enforces it on ${counted(idle, 'workload')} without a proxy.`;
  if (enforced.length === 0) return `No enforced mode changes.${rest}`;
  const steps = new Map<string, number>();
  for (const { before, after, port } of enforced) {
    const step = `${before} → ${after}${port === undefined ? '' : ' on a port'}`;
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  const parts = [...steps].map(([step, count]) => `${counted(count, 'workload')} ${step}`);
  return `${parts.join(', ')}.${rest}`;
}

/** One object that is written, in one line. */
export function describeChange({ ref, before, after }: Change): string {
  const verb = before === undefined ? 'Creates' : after === undefined ? 'Deletes' : 'Changes';
  return `${verb} ${describeRef(ref)}.`;
}

/** Why no policy can do what was asked, in one sentence. */
export function describeRefusal(why: EnforcementRefusal): string {
  switch (why.kind) {
    case 'root-namespace-is-the-mesh':
      return `A policy for namespace ${why.namespace} would govern the whole mesh, because it is the root namespace. Set the mode on the Mesh row instead.`;
    case 'selector-in-root-namespace':
      return `Istio ignores policies for single workloads in the root namespace ${why.namespace}.`;
    case 'no-such-workload':
      return `${describeRef(why.workload)} is not there any more.`;
    case 'no-labels-to-select-by':
      return `${describeRef(why.workload)} has no lasting label on its pods that a policy could select it by.`;
    case 'policies-unknown':
      return `Which policy governs here is unknown: ${missingClauses([why.missing])}`;
    case 'invalid-policy':
      return `${describeRef(why.policy)} governs here and is invalid. Repair it first.`;
  }
}

/** What someone should know before a mode is written, in one sentence. */
export function describeWarning(warning: EnforcementWarning): string {
  switch (warning.kind) {
    case 'not-enforced':
      return `${describeRef(warning.workload)}: ${describeEnforcement(warning.enforcement)}`;
    case 'stays-different':
      return `Narrower policies keep another mode: ${partsWords(warning.narrower)}.`;
    case 'governs-others':
      return `The same policy governs ${warning.others.map(({ name }) => name).join(', ')} too.`;
    case 'port-not-declared':
      return `No container of ${warning.workload.name} declares port ${warning.port}.`;
    case 'disable-ignored-in-ambient':
      return `${warning.workload.name} is in ambient mode, where DISABLE has no effect.`;
    case 'clients-see-disable':
      return `Namespace ${warning.namespace} says DISABLE, so clients in the mesh send plaintext, which STRICT refuses. A DestinationRule with ISTIO_MUTUAL for the host helps.`;
    case 'probes-refused':
      return `The kubelet probes ${warning.workload.name} on port ${warning.ports.join(', ')} without a certificate, which STRICT refuses: let injection rewrite the probes, or except the port.`;
    case 'interfaces-not-captured':
      return `The sidecar of ${warning.workload.name} does not see what arrives on ${warning.interfaces}: nothing is enforced there.`;
    case 'disable-to-strict':
      return 'Proxies learn of a change at different times: a direct step from DISABLE to STRICT refuses requests meanwhile. Go through PERMISSIVE.';
  }
}

/** `namespace foo (PERMISSIVE by PeerAuthentication foo/default)`. */
export function partsWords(parts: readonly NarrowerMode[]): string {
  return listed(
    parts.map((part) => `${partWords(part)} (${part.mode}${sourceWords(part)})`),
    namedParts,
  );
}

function partWords(part: NarrowerMode): string {
  if (part.kind === 'namespace') return `namespace ${part.namespace}`;
  const { workload, port } = part;
  return `${workload.namespace}/${workload.name}${port === undefined ? '' : ` port ${port}`}`;
}

function sourceWords({ from }: NarrowerMode): string {
  return from.kind === 'default' ? '' : ` by ${describeRef(from.field.object)}`;
}

/** What enforcing did, in the past tense: `Enforced STRICT on namespace foo`. */
export function enforcedWords(
  target: EnforceTarget,
  mode: DesiredMode,
  except: readonly WorkloadRef[],
): string {
  const where = targetWords(target);
  switch (mode) {
    case 'INHERITED':
      return `Let ${where} inherit its mode`;
    case 'STRICT':
      return `Enforced STRICT on ${where}${exceptWords(except)}`;
    case 'PERMISSIVE':
    case 'DISABLE':
      return `Set ${mode} on ${where}`;
  }
}

/** Names workloads that keep another mode, as a sentence goes on. */
export function exceptWords(except: readonly WorkloadRef[]): string {
  return except.length === 0 ? '' : ` except ${except.map(({ name }) => name).join(', ')}`;
}

/** What giving or taking sidecars did, in the past tense. */
export function movedWords(target: EnforceTarget, way: 'in' | 'out'): string {
  const where = targetWords(target);
  return way === 'in' ? `Brought ${where} into the mesh` : `Took ${where} out of the mesh`;
}
