import type { Mesh } from '../model/mesh.ts';
import type { Variant, Workload } from '../model/workload.ts';
import type { EffectiveMode } from './explanation.ts';
import { ignoredPolicies } from './ignoredPolicies.ts';
import {
  composeMode,
  composePortMode,
  governingPolicies,
  type Governing,
  type Subject,
} from './peerAuthentication.ts';

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
  const { mode, from } =
    port === undefined ? composeMode(governing) : composePortMode(governing, port);
  const subject = subjectOf(workload, workload.variants[0]);
  const ambient = workload.dataPlane === 'ambient';
  return { mode, from, ignored: ignoredPolicies(governing, from, { subject, port, ambient }) };
}

/** Whom policies are composed for: the labels of running pods, read by their own revision (R7, R121). */
export function subjectOf(workload: Workload, variant: Variant): Subject {
  return {
    namespace: workload.namespace,
    labels: variant.shape.labels,
    revision: variant.revision,
  };
}
