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
export type GovernedScope =
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

/** The policy that governs a scope now, and what a change starts from. */
export interface Governed {
  readonly kind: 'governed';
  readonly scope: GovernedScope;
  /** Undefined where no policy speaks at this scope yet. */
  readonly policy: PeerAuthentication | undefined;
  readonly draft: PolicyDraft;
  /** Another policy would start to count if this one were deleted. */
  readonly hasSuccessor: boolean;
}

/** The oldest policy of the scope (R10, R11), or the draft of the first one. */
export function governing(mesh: Mesh, scope: GovernedScope): Governed {
  const [policy] = policiesAt(mesh, scope);
  return {
    kind: 'governed',
    scope,
    policy,
    draft: policy ?? newPolicy(mesh, scope),
    hasSuccessor: policy !== undefined && hasSuccessor(mesh, scope, policy),
  };
}

/** The object to write so that the scope has the mode, or undefined if it already has it of its own. */
export function policyChange(governed: Governed, mode: DesiredMode): Desired | undefined {
  const { policy, draft, scope } = governed;
  const wanted: PolicyMode = mode === 'INHERITED' ? 'UNSET' : mode;
  if (ownMode(draft, scope) === wanted) return undefined;
  const changed = withOwnMode(draft, scope, wanted);
  const ref = { kind: 'PeerAuthentication', namespace: draft.namespace, name: draft.name } as const;
  const removable = saysNothing(changed) && !governed.hasSuccessor && policy !== undefined;
  return {
    ref,
    apiVersion: SECURITY_API_VERSION,
    after: removable ? undefined : manifestOf(changed),
  };
}

/** All policies of the scope, the one that counts first (R9). */
function policiesAt(mesh: Mesh, scope: GovernedScope): readonly PeerAuthentication[] {
  if (scope.kind === 'selected') {
    const { workload } = scope;
    return governingPolicies(mesh, subjectOf(workload, workload.variants[0])).matching;
  }
  const { namespace } = scope;
  const revision = revisionNamedBy(mesh, namespace);
  const { inRoot, root, own } = governingPolicies(mesh, { namespace, labels: {}, revision });
  return inRoot ? root.selectorless : own.selectorless;
}

function hasSuccessor(mesh: Mesh, scope: GovernedScope, policy: PeerAuthentication): boolean {
  if (scope.kind === 'whole') return policiesAt(mesh, scope).length > 1;
  return workloadsIn(mesh, scope.namespace)
    .map((workload) => policiesAt(mesh, { ...scope, workload }))
    .some((policies) => policies.length > 1 && policies[0]?.name === policy.name);
}

function newPolicy(mesh: Mesh, scope: GovernedScope): PolicyDraft {
  const taken = new Set(peerAuthenticationsIn(mesh, scope.namespace).map(({ name }) => name));
  const { namespace } = scope;
  if (scope.kind === 'whole') {
    return {
      name: freeName('default', taken),
      namespace,
      selector: undefined,
      mode: 'UNSET',
      portLevelMtls: [],
    };
  }
  const { workload, port } = scope;
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

function ownMode({ mode, portLevelMtls }: PolicyDraft, scope: GovernedScope): PolicyMode {
  if (scope.kind === 'whole' || scope.port === undefined) return mode;
  return portLevelMtls.find(({ port }) => port === scope.port)?.mode ?? 'UNSET';
}

function withOwnMode(draft: PolicyDraft, scope: GovernedScope, mode: PolicyMode): PolicyDraft {
  if (scope.kind === 'whole' || scope.port === undefined) return { ...draft, mode };
  const { port } = scope;
  const others = draft.portLevelMtls.filter((entry) => entry.port !== port);
  return { ...draft, portLevelMtls: mode === 'UNSET' ? others : [...others, { port, mode }] };
}

function saysNothing({ mode, portLevelMtls }: PolicyDraft): boolean {
  return mode === 'UNSET' && portLevelMtls.length === 0;
}

/** The object that says what a draft says. */
export function manifestOf({
  name,
  namespace,
  selector,
  mode,
  portLevelMtls,
}: PolicyDraft): Manifest {
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
