import type { PodContainer, Probe, ProbeAnswer } from '../../mesh/index.ts';
import { predict, readAnswer, verdict } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { setting } from '../platform/settings.ts';
import type { ProbeRun } from './probeReport.ts';
import { knownMesh } from './targets.ts';

/** How much longer than curl's own time limit we wait for its result, in milliseconds. */
const grace = 5000;

/** Milliseconds for a container to say whether it has curl. */
const LOOK_LIMIT_MS = 5000;

/** Asks a container for curl's version, which sends nothing. */
export async function askForCurl(
  cluster: ClusterConnection,
  place: PodContainer,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const command = ['curl', '--version'] as const;
  return cluster.actions.exec({ ...place, command }, { timeoutMs: LOOK_LIMIT_MS, signal });
}

/** Predicts, runs and judges one probe. Predicts from the mesh at the moment of running. */
export async function runProbe(
  cluster: ClusterConnection,
  probe: Probe,
  signal: AbortSignal,
): Promise<ProbeRun> {
  const { connections: predicted, ends } = predict(await knownMesh(cluster), probe);
  const started = Date.now();
  const answer: ProbeAnswer = await cluster.actions.exec(
    { ...probe.from, command: probe.command },
    { timeoutMs: setting('istioMtls.probe.timeoutSeconds') * 1000 + grace, signal },
  );
  const seconds = (Date.now() - started) / 1000;
  if (answer.kind !== 'exited') {
    const could = { kind: 'could-not-run', why: answer } as const;
    return { probe, predicted, answer, seen: undefined, verdict: could, seconds };
  }
  const seen = readAnswer(answer);
  return { probe, predicted, answer, seen, verdict: verdict(predicted, seen, ends), seconds };
}
