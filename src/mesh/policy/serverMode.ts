import { memoPair } from '../model/kept.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import type { EffectiveMode, ModeOfPods } from '../model/explanation.ts';
import type { NonEmpty } from '../model/reference.ts';
import { ignoredPolicies } from './ignoredPolicies.ts';
import {
  composeMode,
  composePortMode,
  governingPolicies,
  type Governing,
  type Subject,
} from './peerAuthentication.ts';
import type { NamespacePolicies } from './policyScope.ts';

/**
 * The composed PeerAuthentication mode of a workload, or of one of its workload ports (R1 to R20).
 * A Service port is no workload port (R17). Says nothing about whether anything enforces it (R24).
 */
export function effectiveMode(mesh: Mesh, workload: Workload, port?: number): EffectiveMode {
  return modeOfPods(governedPods(mesh, workload), port);
}

/** Pods of a workload that one composition of policies governs: those of one revision with the same labels. */
export interface GovernedPods {
  readonly variant: Variant;
  readonly governing: Governing;
  /** The mode of a port, or of all that nothing lists. */
  readonly explain: (port: number | undefined) => EffectiveMode;
}

/** A workload's pods by the policies that govern them, in the order of its variants. */
export function governedPods(mesh: Mesh, workload: Workload): NonEmpty<GovernedPods> {
  const governed = (variant: Variant): GovernedPods => {
    const governing = governingPolicies(mesh, subjectOf(workload, variant));
    return { variant, governing, explain: explainerOf(governing, workload, variant) };
  };
  const [first, ...rest] = workload.variants;
  return [governed(first), ...rest.map(governed)];
}

/** One mode for all pods; where theirs are unlike, one that lets plaintext in stands for them all. */
export function modeOfPods(
  [first, ...rest]: NonEmpty<GovernedPods>,
  port: number | undefined,
): EffectiveMode {
  const whole = first.explain(port);
  const others = rest.map(({ explain }) => explain(port));
  if (others.every(({ mode }) => mode === whole.mode)) return whole;
  const all: NonEmpty<EffectiveMode> = [whole, ...others];
  const weakest = all.find(({ mode }) => mode !== 'STRICT') ?? whole;
  return { ...weakest, unlike: podsByMode([first, ...rest], port) };
}

function podsByMode(
  [first, ...rest]: NonEmpty<GovernedPods>,
  port: number | undefined,
): NonEmpty<ModeOfPods> {
  const modeOf = ({ variant, explain }: GovernedPods): ModeOfPods => {
    const { mode, from } = explain(port);
    return { mode, from, pods: variant.pods.length };
  };
  const found: [ModeOfPods, ...ModeOfPods[]] = [modeOf(first)];
  for (const added of rest.map(modeOf)) {
    const at = found.findIndex(({ mode }) => mode === added.mode);
    const known = found[at];
    if (known === undefined) found.push(added);
    else found[at] = { ...known, pods: known.pods + added.pods };
  }
  return found;
}

/** The mode of each port of a workload's pods, or of all of them, from policies that were already found. */
function explainerOf(
  governing: Governing,
  workload: Workload,
  variant: Variant,
): (port: number | undefined) => EffectiveMode {
  const subject = subjectOf(workload, variant);
  const ambient = variant.dataPlane === 'ambient';
  if (isLikeItsNamespace(governing, subject, ambient)) {
    const shared = modeOfNamespace(governing.own, governing.root, governing);
    return () => shared;
  }
  return (port) => {
    const { mode, from } =
      port === undefined ? composeMode(governing) : composePortMode(governing, port);
    return { mode, from, ignored: ignoredPolicies(governing, from, { subject, port, ambient }) };
  };
}

/** Nothing singles the workload out: it shares one answer with all such workloads of its namespace. */
function isLikeItsNamespace(governing: Governing, subject: Subject, ambient: boolean): boolean {
  const { matching, root, own, mesh, namespace } = governing;
  return (
    matching.length === 0 &&
    root.otherRevision.length === 0 &&
    own.otherRevision.length === 0 &&
    !(ambient && mesh?.selector !== undefined) &&
    (mesh?.portLevelMtls.length ?? 0) + (namespace?.portLevelMtls.length ?? 0) === 0 &&
    root.selecting.matching(subject.labels).length === 0
  );
}

const modeOfNamespace = memoPair(
  (_own: NamespacePolicies, _root: NamespacePolicies, governing: Governing): EffectiveMode => {
    const { mode, from } = composeMode(governing);
    const subject: Subject = { namespace: '', labels: {}, revision: undefined };
    const question = { subject, port: undefined, ambient: false };
    return { mode, from, ignored: ignoredPolicies(governing, from, question) };
  },
);

/** Whom policies are composed for: the labels of running pods, read by their own revision (R7, R121). */
export function subjectOf(workload: Workload, variant: Variant): Subject {
  return {
    namespace: workload.namespace,
    labels: variant.shape.labels,
    revision: variant.revision,
  };
}
