import { matchesSelector } from '../model/labels.ts';
import { memoPair } from '../model/kept.ts';
import { namespaceLabels, objectsIn, revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { MeshConfig } from '../model/meshConfig.ts';
import { emptyNamespace, type NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { Labels, PeerAuthentication } from '../model/objects.ts';
import type { ModeSource, Reason } from '../model/explanation.ts';
import type { MutualTlsMode, PolicyScope } from '../model/mode.ts';
import { policiesSeenBy, type NamespacePolicies } from './policyScope.ts';

/** What PeerAuthentications are composed for: labels in a namespace, read by one revision (R1). */
export interface Subject {
  readonly namespace: string;
  readonly labels: Labels;
  readonly revision: string | undefined;
}

/** The policies that may decide for a subject: the oldest of each scope (R10, R11). */
export interface Governing {
  readonly mesh: PeerAuthentication | undefined;
  readonly namespace: PeerAuthentication | undefined;
  readonly workload: PeerAuthentication | undefined;
  /** All workload policies that match, oldest first. */
  readonly matching: readonly PeerAuthentication[];
  readonly root: NamespacePolicies;
  readonly own: NamespacePolicies;
  /** The subject lives in the root namespace, where no workload scope exists (R6). */
  readonly inRoot: boolean;
}

/** A mode with the field that set it. */
export interface ComposedMode {
  readonly mode: MutualTlsMode;
  readonly from: ModeSource;
}

const NO_POLICIES: NamespaceObjects['peerAuthentications'] = emptyNamespace('').peerAuthentications;
const NONE: readonly PeerAuthentication[] = Object.freeze([]);

/** Finds the governing policies: only the own and the root namespace are candidates (R8). */
export function governingPolicies(mesh: Mesh, subject: Subject): Governing {
  const revision = revisionOf(mesh, subject.revision);
  const { rootNamespace } = revision.config;
  const inRoot = subject.namespace === rootNamespace;
  const root = policiesSeenBy(discovered(mesh, rootNamespace, revision.config), revision.name);
  const own = inRoot
    ? root
    : policiesSeenBy(discovered(mesh, subject.namespace, revision.config), revision.name);
  const matching = inRoot ? NONE : own.selecting.matching(subject.labels);
  return {
    mesh: root.selectorless[0],
    namespace: inRoot ? undefined : own.selectorless[0],
    workload: matching[0],
    matching,
    root,
    own,
    inRoot,
  };
}

/** The policies of a namespace, or none when the control plane does not look at it (R3). */
function discovered(
  mesh: Mesh,
  namespace: string,
  config: MeshConfig,
): NamespaceObjects['peerAuthentications'] {
  if (!isDiscovered(mesh, namespace, config)) return NO_POLICIES;
  return objectsIn(mesh, namespace).peerAuthentications;
}

/** Whether discoverySelectors let a namespace be seen: any of them may match (R3). */
export function isDiscovered(mesh: Mesh, namespace: string, config: MeshConfig): boolean {
  if (config.discoverySelectors.length === 0) return true;
  const objects = objectsIn(mesh, namespace);
  return objects.namespace === undefined || selectedBy(objects.namespace.labels, config);
}

const selectedBy = memoPair((labels: Labels, config: MeshConfig): boolean =>
  config.discoverySelectors.some((selector) => matchesSelector(selector, labels)),
);

const BUILT_IN: ComposedMode = Object.freeze({
  mode: 'PERMISSIVE',
  from: Object.freeze({ kind: 'default' }),
});

/** The mode of a workload whatever the port: the narrowest scope that sets one (R12, R13, R20). */
export function composeMode(governing: Governing): ComposedMode {
  return (
    setBy(governing.workload, 'workload') ??
    setBy(governing.namespace, 'namespace') ??
    setBy(governing.mesh, 'mesh') ??
    BUILT_IN
  );
}

/** The mode of one workload port: its own entry in the winning workload policy, else the workload's (R14 to R16). */
export function composePortMode(governing: Governing, port: number): ComposedMode {
  const entry = governing.workload?.portLevelMtls.find((candidate) => candidate.port === port);
  if (governing.workload === undefined || entry === undefined || entry.mode === 'UNSET') {
    return composeMode(governing);
  }
  const field = `spec.portLevelMtls["${port}"].mode`;
  return { mode: entry.mode, from: sourceOf(governing.workload, 'port', field) };
}

/** Oldest policies without a mode that keep younger ones from having any effect (R10, R11). */
export function hiddenPolicies(governing: Governing): readonly Reason[] {
  const { root, own, matching, inRoot } = governing;
  const scopes = [matching, inRoot ? NONE : own.selectorless, root.selectorless];
  if (scopes.every((policies) => policies.length < 2)) return NO_REASONS;
  return scopes.flatMap(([oldest, ...younger]): readonly Reason[] => {
    const [first, ...rest] = younger.map(policyRef);
    if (oldest?.mode !== 'UNSET' || first === undefined) return NO_REASONS;
    const policy = policyRef(oldest);
    return [{ kind: 'unset-policy-hides-younger', policy, hidden: [first, ...rest] }];
  });
}

const NO_REASONS: readonly Reason[] = Object.freeze([]);

function setBy(
  policy: PeerAuthentication | undefined,
  scope: PolicyScope,
): ComposedMode | undefined {
  if (policy === undefined || policy.mode === 'UNSET') return undefined;
  return { mode: policy.mode, from: sourceOf(policy, scope, 'spec.mtls.mode') };
}

function sourceOf(policy: PeerAuthentication, scope: PolicyScope, field: string): ModeSource {
  return { kind: 'policy', scope, field: { object: policyRef(policy), field } };
}

/** The name of a policy, without the policy. */
export function policyRef(policy: PeerAuthentication): {
  readonly kind: 'PeerAuthentication';
  readonly namespace: string;
  readonly name: string;
} {
  return { kind: 'PeerAuthentication', namespace: policy.namespace, name: policy.name };
}

/** The mode that clients take a whole namespace to have (R22); undefined where neither level has a policy. */
export function namespaceHint(
  mesh: Mesh,
  namespace: string,
  revision: string | undefined,
): (ComposedMode & { readonly hidden: readonly Reason[] }) | undefined {
  const governing = governingPolicies(mesh, { namespace, labels: NO_LABELS, revision });
  if (governing.mesh === undefined && governing.namespace === undefined) return undefined;
  return { ...composeMode(governing), hidden: hiddenPolicies(governing) };
}

const NO_LABELS: Labels = Object.freeze({});

/** The revision that a namespace names for its pods, if it names one. */
export function revisionNamedBy(mesh: Mesh, namespace: string): string | undefined {
  const named = namespaceLabels(mesh, namespace)['istio.io/rev'];
  if (named === undefined) return undefined;
  const injectors = mesh.controlPlane.injection.injectors ?? [];
  return injectors.find((injector) => injector.tag === named)?.revision ?? named;
}
