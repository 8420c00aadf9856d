import { missingForAuthorization } from '../known/missingModes.ts';
import type { MissingFact, Outcome, PortClass, Reason } from '../model/explanation.ts';
import type { AuthorizationPolicy } from '../model/objects.ts';
import { sameRef, type NonEmpty, type ObjectRef } from '../model/reference.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { guardingNamespaces, policiesAt, type Guard } from './attachedPolicies.ts';
import { any, policyHolds, principalOf, type Holds, type Met, type PeerIdentity } from './match.ts';

/** A connection that came as far as the policies of a proxy. */
export interface Asking {
  readonly identity: PeerIdentity | undefined;
  readonly port: number;
  /** What the proxy takes the port for. */
  readonly portClass: PortClass;
  /** TLS of the application comes through, which no proxy reads. */
  readonly isOpaque: boolean;
}

/** What becomes of a connection by the policies of a proxy. */
export interface Authorized {
  /** Absent for one that is let in, or of which it is not known. */
  readonly refusal?: Outcome;
  readonly because: readonly Reason[];
  readonly missing: readonly MissingFact[];
}

/** Whether the policies of a proxy let a connection in (R300 to R306). */
export function authorize(mesh: Mesh, guard: Guard, asking: Asking): Authorized {
  const hidden = missingForAuthorization(mesh, guardingNamespaces(guard));
  const policies = policiesAt(mesh, guard);
  if (policies.length === 0) return hidden.length === 0 ? FREE : { ...FREE, missing: hidden };
  const findings = readersAt(guard, asking).map((reader) =>
    judge(policies, { guard, asking, reader }),
  );
  const [first, second] = findings;
  const authorized =
    second === undefined || first === undefined ? (first ?? FREE) : together(first, second);
  // What is refused already stays so, whatever other policies there are.
  return authorized.refusal === undefined
    ? { ...authorized, missing: [...hidden, ...authorized.missing] }
    : authorized;
}

const FREE: Authorized = Object.freeze({ because: [], missing: [] });

/** A port that declares no protocol is read as what comes: as HTTP or as bytes. */
function readersAt({ kind }: Guard, { portClass, isOpaque }: Asking): readonly Met['reader'][] {
  if (kind === 'ztunnel') return ['ztunnel'];
  if (isOpaque || portClass === 'TCP') return ['bytes'];
  return portClass === 'HTTP' ? ['http'] : ['http', 'bytes'];
}

/** Where nothing says whether HTTP comes, both have to agree. */
function together(asHttp: Authorized, asBytes: Authorized): Authorized {
  if ((asHttp.refusal === undefined) === (asBytes.refusal === undefined))
    return {
      ...asHttp,
      because: [...asHttp.because, ...asBytes.because.filter((one) => isNew(one, asHttp))],
      missing: [...new Set([...asHttp.missing, ...asBytes.missing])],
    };
  const policies = [...asHttp.because, ...asBytes.because].flatMap(policiesIn);
  return { because: [], missing: policies.map((policy) => leftOpen(policy, 'up-to-request')) };
}

/** Whether it names a policy that what is known so far does not. */
function isNew(reason: Reason, { because }: Authorized): boolean {
  const named = because.flatMap(policiesIn);
  return policiesIn(reason).some((policy) => !named.some((known) => sameRef(known, policy)));
}

function policiesIn(reason: Reason): readonly ObjectRef[] {
  if (reason.kind === 'authorization-denies') return [reason.policy];
  return 'policies' in reason && reason.kind !== 'ambient-conversion' ? reason.policies : [];
}

interface Judged {
  readonly guard: Guard;
  readonly asking: Asking;
  readonly reader: Met['reader'];
}

/** Whoever is denied, or allowed by none of those that allow, is refused; ztunnel knows no other actions (R302, R305). */
function judge(policies: readonly AuthorizationPolicy[], judged: Judged): Authorized {
  const { guard } = judged;
  const holding = policies.map((policy) => ({
    policy,
    holds: policyHolds(policy, metBy(policy, judged)),
  }));
  const of = (action: AuthorizationPolicy['action']): typeof holding =>
    holding.filter(({ policy }) => policy.action === action);
  const denies = of('DENY');
  const denying = denies.find(({ holds }) => holds === 'yes');
  const who = peerOf(judged.asking);
  if (denying !== undefined) {
    const policy = refOf(denying.policy);
    return refused(judged, {
      kind: 'authorization-denies',
      workload: guard.workload,
      policy,
      ...who,
    });
  }
  const allows = of('ALLOW');
  const [first, ...rest] = allows.map(({ policy }) => refOf(policy));
  const allowed = any(allows.map(({ holds }) => holds));
  if (first !== undefined && allowed === 'no') {
    const others: NonEmpty<ObjectRef> = [first, ...rest];
    return refused(judged, {
      kind: 'authorization-allows-others',
      workload: guard.workload,
      policies: others,
      ...who,
    });
  }
  const open = allowed === 'yes' ? denies : [...denies, ...allows];
  const asked = guard.kind === 'ztunnel' ? [] : of('CUSTOM').filter(({ holds }) => holds !== 'no');
  const missing = [
    ...asked.map(({ policy }) => leftOpen(policy, 'up-to-authorizer')),
    ...open
      .filter(({ holds }) => holds === 'unknown')
      .map(({ policy }) => leftOpen(policy, 'up-to-address')),
  ];
  const because = [
    ...naming('authorization-allows', withHolds(allows, 'yes')),
    ...naming('authorization-by-request', withHolds(open, 'by-request')),
  ];
  return { because, missing };
}

interface Holding {
  readonly policy: AuthorizationPolicy;
  readonly holds: Holds;
}

function withHolds(all: readonly Holding[], wanted: Holds): readonly ObjectRef[] {
  return all.filter(({ holds }) => holds === wanted).map(({ policy }) => refOf(policy));
}

function naming(
  kind: 'authorization-allows' | 'authorization-by-request',
  [first, ...more]: readonly ObjectRef[],
): readonly Reason[] {
  return first === undefined ? [] : [{ kind, policies: [first, ...more] }];
}

function metBy({ namespace }: AuthorizationPolicy, { guard, asking, reader }: Judged): Met {
  const { identity, port } = asking;
  const aliases = reader === 'ztunnel' ? [] : guard.revision.config.ownTrustDomains;
  return { identity, port, home: namespace, aliases, reader };
}

function peerOf({ identity }: Asking): { readonly identity?: string } {
  return identity === undefined ? {} : { identity: `spiffe://${principalOf(identity)}` };
}

/** Envoy answers where it reads HTTP, and closes what it reads as bytes; ztunnel always closes. */
function refused({ reader }: Judged, reason: Reason): Authorized {
  const symptom = reader === 'http' ? 'authorization-denied' : 'authorization-closed';
  return { refusal: { kind: 'refused', by: 'server', symptom }, because: [reason], missing: [] };
}

function leftOpen(
  { kind, namespace, name }: ObjectRef,
  why: 'up-to-address' | 'up-to-request' | 'up-to-authorizer',
): MissingFact {
  return { kind, namespace, name, why };
}

function refOf({ kind, namespace, name }: ObjectRef): ObjectRef {
  return { kind, namespace, name };
}
