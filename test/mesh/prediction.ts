// The only file of this suite that knows the product: what it predicts from the mesh's API server, and how it judges a probe.

import { openCluster } from '../../src/kube.ts';
import {
  curlProbe,
  describeReason,
  predict,
  readAnswer,
  verdict,
  type Mesh,
  type Observation,
  type Outcome,
  type Probe,
  type WorkloadRef,
} from '../../src/mesh/index.ts';
import type { Ended } from './environment/runProgram.ts';

export type { Mesh, Observation, Probe };
export type Prediction = ReturnType<typeof predict>;

const readLimitMs = 60_000;
const probeSeconds = 8;

/** Reads the mesh from its API server, once, as `istio-mtls connect --context` does. */
export async function readMesh(kubeconfig: string): Promise<Mesh> {
  const signal = AbortSignal.timeout(readLimitMs);
  const log = { info: () => undefined, warn: () => undefined };
  const opening = await openCluster({ kubeconfigPaths: [kubeconfig], log, signal });
  if (opening.kind === 'failed') throw new Error(opening.cause);
  const { source } = opening.cluster;
  try {
    return await new Promise<Mesh>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('the mesh was not read in time'));
      });
      source.subscribe((now) => {
        if (now?.status.kind === 'synced') resolve(now.mesh);
        if (now?.status.kind === 'failed') reject(new Error(now.status.cause));
      });
    });
  } finally {
    opening.cluster.dispose();
  }
}

export interface Target {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

/** A probe as the product sends it, from a pod that nothing owns. */
export function probeOf(namespace: string, pod: string, target: Target): Probe {
  const workload: WorkloadRef = { kind: 'Pod', namespace, name: pod };
  const from = { namespace, pod, container: pod };
  return curlProbe(from, workload, { ...target, path: '/' }, probeSeconds);
}

export function predictionOf(mesh: Mesh, probe: Probe): Prediction {
  return predict(mesh, probe);
}

/** What the product reads from what curl printed. */
export function observationOf({ code, stdout, stderr }: Ended): Observation {
  return readAnswer({ kind: 'exited', code, stdout, stderr });
}

/** What was seen of one call, in the product's words and apart from them. */
export interface SeenOutcome {
  readonly kind: 'mutual-tls' | 'tls' | 'plaintext' | 'refused';
  readonly by?: 'client' | 'server';
}

/** Whether one of the predicted outcomes is what crossed the wire, or nothing certain was predicted. */
export function agreesOrUnknown({ connections }: Prediction, wire: SeenOutcome): boolean {
  return connections.some(
    ({ outcome }) =>
      outcome.kind === 'unknown' ||
      (outcome.kind === wire.kind && (outcome.kind !== 'refused' || outcome.by === wire.by)),
  );
}

/** Whether one of the predicted outcomes is what crossed the wire, and the product's own verdict on curl's answer says so. */
export function agrees(prediction: Prediction, wire: SeenOutcome, seen: Observation): boolean {
  return prediction.connections.some((connection) => {
    const { outcome } = connection;
    if (outcome.kind !== wire.kind) return false;
    if (outcome.kind === 'refused' && outcome.by !== wire.by) return false;
    return verdict([connection], seen, prediction.ends).kind === 'as-predicted';
  });
}

/** A prediction in one line: its outcomes, and why. */
export function describePrediction({ connections }: Prediction): string {
  return connections
    .map(
      ({ outcome, because }) =>
        `${outcomeWords(outcome)} (${because.map(describeReason).join(' ')})`,
    )
    .join(' | ');
}

function outcomeWords(outcome: Outcome): string {
  return outcome.kind === 'refused' ? `refused by ${outcome.by}, ${outcome.symptom}` : outcome.kind;
}
