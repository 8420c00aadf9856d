import type { NonEmpty, WorkloadRef } from '../../mesh/model/reference.ts';
import type { Mesh } from '../../mesh/model/mesh.ts';
import { findWorkload } from '../../mesh/model/mesh.ts';
import type { ProbeAnswer } from '../../mesh/probe/answer.ts';
import { readAnswer } from '../../mesh/probe/answer.ts';
import type { Probe } from '../../mesh/probe/probe.ts';
import type { Ends } from '../../mesh/probe/verdict.ts';
import { verdict } from '../../mesh/probe/verdict.ts';
import type { Connection } from '../../mesh/mtls/connection.ts';
import { connect } from '../../mesh/mtls/connection.ts';
import type { DataPlane } from '../../mesh/mtls/mode.ts';
import type { Cluster } from '../platform/cluster.ts';
import { setting } from '../platform/settings.ts';
import type { ProbeRun } from './probeReport.ts';
import { knownMesh } from './targets.ts';

/** How much longer than curl's own time limit we wait for its result, in milliseconds. */
const grace = 5000;

/** Predicts, runs and judges one probe. Predicts from the mesh at the moment of running. */
export async function runProbe(
  cluster: Cluster,
  probe: Probe,
  signal: AbortSignal,
): Promise<ProbeRun> {
  const mesh = await knownMesh(cluster);
  const { workload, target } = probe;
  const { host, port, scheme } = target;
  const server = { host, port, tls: scheme === 'https' };
  const predicted = connect(mesh, { kind: 'workload', workload }, server);
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
  const ends = endsOf(mesh, workload, predicted);
  return { probe, predicted, answer, seen, verdict: verdict(predicted, seen, ends), seconds };
}

function endsOf(mesh: Mesh, client: WorkloadRef, [first]: NonEmpty<Connection>): Ends {
  const server = first.workload && findWorkload(mesh, first.workload)?.dataPlane;
  return { client: dataPlaneOf(mesh, client), server };
}

function dataPlaneOf(mesh: Mesh, ref: WorkloadRef): DataPlane {
  return findWorkload(mesh, ref)?.dataPlane ?? 'none';
}
