import type { PeerAuthentication } from '../model/objects.ts';
import { sameRef } from '../model/reference.ts';
import type { ModeSource } from '../model/explanation.ts';
import type { PolicyMode } from '../model/mode.ts';
import { composePortMode, type Governing } from '../policy/peerAuthentication.ts';

/** What ztunnel does with plaintext at one port of a pod (R86, R87). */
export interface AmbientPort {
  readonly deniesPlaintext: boolean;
  /** Why this is not what the composed mode says (R92), or would not be at other ports (R96). */
  readonly quirk?: 'R92' | 'R94' | 'R95' | 'R96';
}

const OPEN: AmbientPort = Object.freeze({ deniesPlaintext: false });
const CLOSED: AmbientPort = Object.freeze({ deniesPlaintext: true });

/**
 * Whether ztunnel denies plaintext at a workload port: PeerAuthentication as istiod converts it for
 * ambient, which differs from its composition for sidecars in a few constellations (R88 to R96).
 */
export function ambientPort(governing: Governing, port: number): AmbientPort {
  const deniesPlaintext = isDenied(governing, port);
  const quirk = quirkAt(governing, port, deniesPlaintext);
  if (quirk !== undefined) return { deniesPlaintext, quirk };
  return deniesPlaintext ? CLOSED : OPEN;
}

function quirkAt(
  governing: Governing,
  port: number,
  deniesPlaintext: boolean,
): AmbientPort['quirk'] {
  const { workload, namespace } = governing;
  const isUnsetBelowStrict = workload?.mode === 'UNSET' && isStrictAbove(governing);
  const losesExceptions = !deniesPlaintext && isUnsetBelowStrict && hasPort(workload, isPermissive);
  if (losesExceptions && namespace?.mode === 'UNSET') return 'R96';
  const { mode, from } = composePortMode(governing, port);
  if (deniesPlaintext === (mode === 'STRICT')) {
    return deniesPlaintext && comesFromHiddenParent(governing, from) ? 'R92' : undefined;
  }
  if (workload === undefined || hasHiddenParent(governing)) return 'R92';
  return deniesPlaintext ? 'R94' : 'R95';
}

/** Some parent of the composition is one that ambient does not see. */
function hasHiddenParent(governing: Governing): boolean {
  return hiddenParents(governing).length > 0;
}

/** The composed mode is that of a parent which ambient does not see: it denies because of another one. */
function comesFromHiddenParent(governing: Governing, from: ModeSource): boolean {
  if (from.kind !== 'policy') return false;
  const { object } = from.field;
  return hiddenParents(governing).some((policy) => sameRef(policy, object));
}

function hiddenParents(governing: Governing): readonly PeerAuthentication[] {
  const seen = parentsInAmbient(governing);
  return [governing.namespace, governing.mesh].flatMap((policy) =>
    policy === undefined || seen.includes(policy) ? [] : [policy],
  );
}

/** Namespace and mesh policy as converted policies see them (R92). */
export function parentsInAmbient({
  own,
  root,
  inRoot,
}: Governing): readonly (PeerAuthentication | undefined)[] {
  return [
    inRoot ? undefined : withoutSelector(own.selectorless),
    withoutSelector(root.selectorless),
  ];
}

/**
 * istiod decides twice and does not look at the same parents: which policy a workload refers to (a
 * static one that denies all plaintext, the one converted from its own policy, or none), and what that
 * converted policy says (R89, R90).
 */
function isDenied(governing: Governing, port: number): boolean {
  const policy = governing.workload;
  if (policy === undefined) return isStrictAbove(governing);
  switch (policy.mode) {
    case 'STRICT':
      return hasPort(policy, isExempt) ? deniedByConverted(policy, governing, port) : true;
    case 'PERMISSIVE':
    case 'DISABLE':
      return hasPort(policy, isStrict) && deniedByConverted(policy, governing, port);
    case 'UNSET':
      if (!isStrictAbove(governing)) {
        return hasPort(policy, isStrict) && deniedByConverted(policy, governing, port);
      }
      return hasPort(policy, isPermissive) ? deniedByConverted(policy, governing, port) : true; // R94
  }
}

/** The parents as the workload sees them: the namespace policy if it sets a mode, else the mesh policy (R90). */
function isStrictAbove(governing: Governing): boolean {
  const { namespace, mesh, inRoot } = governing;
  if (namespace !== undefined && namespace.mode !== 'UNSET') return namespace.mode === 'STRICT';
  return (inRoot ? mesh : withoutSelector(governing.root.selectorless))?.mode === 'STRICT';
}

/** Other namespaces, and converted policies, do not see a parent that has a selector, empty as it may be (R92). */
function withoutSelector(
  oldestFirst: readonly PeerAuthentication[],
): PeerAuthentication | undefined {
  return oldestFirst.find(({ selector }) => selector === undefined);
}

/** What the policy converted from a workload policy denies; nothing where none is made (R95, R96). */
function deniedByConverted(
  policy: PeerAuthentication,
  { own, root }: Governing,
  port: number,
): boolean {
  const namespace = withoutSelector(own.selectorless);
  const meshMode = withoutSelector(root.selectorless)?.mode ?? 'UNSET';
  const namespaceMode = namespace?.mode ?? 'UNSET';
  const mode = modeAt(policy, port);
  if (mode === 'STRICT' && !isLeftToParents(policy, namespaceMode, meshMode)) return true;
  const strictParent = namespace === undefined ? meshMode === 'STRICT' : namespaceMode === 'STRICT';
  const makesExceptions = policy.mode === 'STRICT' || (policy.mode === 'UNSET' && strictParent);
  return makesExceptions && hasPort(policy, isExempt) && !isExempt(mode);
}

/** A STRICT port gets no rule of its own where a parent is taken to deny plaintext anyway; for R95 none does. */
function isLeftToParents(
  policy: PeerAuthentication,
  namespaceMode: PolicyMode,
  meshMode: PolicyMode,
): boolean {
  if (policy.mode === 'STRICT') return true;
  if (policy.mode === 'UNSET' && namespaceMode === 'STRICT') return true;
  return namespaceMode === 'UNSET' && meshMode === 'STRICT';
}

function hasPort(policy: PeerAuthentication, test: (mode: PolicyMode) => boolean): boolean {
  return policy.portLevelMtls.some(({ mode }) => test(mode));
}

function modeAt(policy: PeerAuthentication, port: number): PolicyMode {
  return policy.portLevelMtls.find((entry) => entry.port === port)?.mode ?? 'UNSET';
}

function isStrict(mode: PolicyMode): boolean {
  return mode === 'STRICT';
}

function isPermissive(mode: PolicyMode): boolean {
  return mode === 'PERMISSIVE';
}

function isExempt(mode: PolicyMode): boolean {
  return mode === 'PERMISSIVE' || mode === 'DISABLE'; // one and the same to ztunnel (R88)
}
