import type { Mesh } from '../snapshot/mesh.ts';
import { peerAuthenticationsIn, workloadsIn } from '../snapshot/mesh.ts';
import type { Labels, PeerAuthentication, PortMode } from '../model/objects.ts';
import type { Manifest } from '../model/manifest.ts';
import type { PolicyMode } from '../model/mode.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { Desired } from './change.ts';
import type { DesiredMode } from './enforceTarget.ts';
import { SECURITY_API_VERSION, selectorLabels } from './scaffold.ts';
import { governingPolicies, revisionNamedBy } from '../policy/peerAuthentication.ts';
import { effectiveMode, subjectOf } from '../policy/serverMode.ts';

/** A scope at which one policy governs, with what it governs. */
export type Place =
  | { readonly kind: 'whole'; readonly namespace: string }
  | {
      readonly kind: 'selected';
      readonly namespace: string;
      readonly workload: Workload;
      /** One port only; absent for the workload as a whole. */
      readonly port: number | undefined;
    };

/** The fields of a PeerAuthentication: it has no others. */
export interface PolicyDraft {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels | undefined;
  readonly mode: PolicyMode;
  readonly portLevelMtls: readonly PortMode[];
}

/** What governs a place now, and what a change starts from. */
export interface Governed {
  readonly kind: 'governed';
  readonly place: Place;
  /** Undefined where no policy speaks at this scope yet. */
  readonly policy: PeerAuthentication | undefined;
  readonly draft: PolicyDraft;
  /** Another policy would start to count if this one were deleted. */
  readonly hasSuccessor: boolean;
}

/** The oldest policy of the place's scope (R10, R11), or the draft of the first one. */
export function governing(mesh: Mesh, place: Place): Governed {
  const [policy] = policiesAt(mesh, place);
  return {
    kind: 'governed',
    place,
    policy,
    draft: policy ?? newPolicy(mesh, place),
    hasSuccessor: policy !== undefined && hasSuccessor(mesh, place, policy),
  };
}

/** The object to write so that the place has the mode, or undefined if it already has it of its own. */
export function policyChange(governed: Governed, mode: DesiredMode): Desired | undefined {
  const { policy, draft, place } = governed;
  const wanted: PolicyMode = mode === 'INHERITED' ? 'UNSET' : mode;
  if (ownMode(draft, place) === wanted) return undefined;
  const changed = withOwnMode(draft, place, wanted);
  const ref = { kind: 'PeerAuthentication', namespace: draft.namespace, name: draft.name } as const;
  const removable = saysNothing(changed) && !governed.hasSuccessor && policy !== undefined;
  return {
    ref,
    apiVersion: SECURITY_API_VERSION,
    after: removable ? undefined : manifestOf(changed),
  };
}

/** All policies that speak at the place's scope, the one that counts first (R9). */
function policiesAt(mesh: Mesh, place: Place): readonly PeerAuthentication[] {
  if (place.kind === 'selected') {
    const { workload } = place;
    return governingPolicies(mesh, subjectOf(workload, workload.variants[0])).matching;
  }
  const { namespace } = place;
  const revision = revisionNamedBy(mesh, namespace);
  const { inRoot, root, own } = governingPolicies(mesh, { namespace, labels: {}, revision });
  return inRoot ? root.selectorless : own.selectorless;
}

function hasSuccessor(mesh: Mesh, place: Place, policy: PeerAuthentication): boolean {
  if (place.kind === 'whole') return policiesAt(mesh, place).length > 1;
  return workloadsIn(mesh, place.namespace)
    .map((workload) => policiesAt(mesh, { ...place, workload }))
    .some((policies) => policies.length > 1 && policies[0]?.name === policy.name);
}

function newPolicy(mesh: Mesh, place: Place): PolicyDraft {
  const taken = new Set(peerAuthenticationsIn(mesh, place.namespace).map(({ name }) => name));
  const { namespace } = place;
  if (place.kind === 'whole') {
    return {
      name: freeName('default', taken),
      namespace,
      selector: undefined,
      mode: 'UNSET',
      portLevelMtls: [],
    };
  }
  const { workload, port } = place;
  return {
    name: freeName(workload.name, taken),
    namespace,
    selector: labelsToSelect(mesh, workload),
    mode: port === undefined ? 'UNSET' : modeOfOtherPorts(mesh, workload),
    portLevelMtls: [],
  };
}

/** The labels to select the workload by; empty when none is fit for it. */
function labelsToSelect(mesh: Mesh, workload: Workload): Labels {
  const neighbours = workloadsIn(mesh, workload.namespace).filter(
    ({ ref }) => ref.kind !== workload.ref.kind || ref.name !== workload.name,
  );
  return selectorLabels(
    workload.labels,
    neighbours.map(({ labels }) => labels),
  );
}

/** An ambient data plane composes an unset mode with port modes differently (R94 to R96), so there it is spelled out. */
function modeOfOtherPorts(mesh: Mesh, workload: Workload): PolicyMode {
  return workload.dataPlane === 'ambient' ? effectiveMode(mesh, workload).mode : 'UNSET';
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let count = 2; ; count++) {
    const name = `${wanted}-${count}`;
    if (!taken.has(name)) return name;
  }
}

function ownMode({ mode, portLevelMtls }: PolicyDraft, place: Place): PolicyMode {
  if (place.kind === 'whole' || place.port === undefined) return mode;
  return portLevelMtls.find(({ port }) => port === place.port)?.mode ?? 'UNSET';
}

function withOwnMode(draft: PolicyDraft, place: Place, mode: PolicyMode): PolicyDraft {
  if (place.kind === 'whole' || place.port === undefined) return { ...draft, mode };
  const { port } = place;
  const others = draft.portLevelMtls.filter((entry) => entry.port !== port);
  return { ...draft, portLevelMtls: mode === 'UNSET' ? others : [...others, { port, mode }] };
}

function saysNothing({ mode, portLevelMtls }: PolicyDraft): boolean {
  return mode === 'UNSET' && portLevelMtls.length === 0;
}

function manifestOf({ name, namespace, selector, mode, portLevelMtls }: PolicyDraft): Manifest {
  const ports = portLevelMtls.map((entry) => [String(entry.port), { mode: entry.mode }] as const);
  return {
    apiVersion: SECURITY_API_VERSION,
    kind: 'PeerAuthentication',
    metadata: { name, namespace },
    spec: {
      ...(selector === undefined ? {} : { selector: { matchLabels: selector } }),
      ...(mode === 'UNSET' ? {} : { mtls: { mode } }),
      ...(ports.length === 0 ? {} : { portLevelMtls: Object.fromEntries(ports) }),
    },
  };
}
