import type { Mesh } from '../snapshot/mesh.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import type { EffectiveMode } from '../model/explanation.ts';
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
  const subject = subjectOf(workload, workload.variants[0]);
  return explainMode(governingPolicies(mesh, subject), workload, port);
}

/** The mode of one port from policies that were already found. */
export function explainMode(
  governing: Governing,
  workload: Workload,
  port: number | undefined,
): EffectiveMode {
  return explainerOf(governing, workload)(port);
}

/** The mode of each port of a workload, or of all of them, from policies that were already found. */
export function explainerOf(
  governing: Governing,
  workload: Workload,
): (port: number | undefined) => EffectiveMode {
  const subject = subjectOf(workload, workload.variants[0]);
  const ambient = workload.dataPlane === 'ambient';
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

const shared = new WeakMap<
  NamespacePolicies,
  { readonly root: NamespacePolicies; readonly answer: EffectiveMode }
>();

function modeOfNamespace(
  own: NamespacePolicies,
  root: NamespacePolicies,
  governing: Governing,
): EffectiveMode {
  const known = shared.get(own);
  if (known?.root === root) return known.answer;
  const { mode, from } = composeMode(governing);
  const subject: Subject = { namespace: '', labels: {}, revision: undefined };
  const question = { subject, port: undefined, ambient: false };
  const answer = { mode, from, ignored: ignoredPolicies(governing, from, question) };
  shared.set(own, { root, answer });
  return answer;
}

/** Whom policies are composed for: the labels of running pods, read by their own revision (R7, R121). */
export function subjectOf(workload: Workload, variant: Variant): Subject {
  return {
    namespace: workload.namespace,
    labels: variant.shape.labels,
    revision: variant.revision,
  };
}
