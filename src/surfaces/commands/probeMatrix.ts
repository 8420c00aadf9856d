import type { Mesh, Probe, ProbeTarget, WorkloadRef } from '../../mesh/index.ts';
import { curlProbe, predict, probePods } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { setting } from '../platform/settings.ts';
import { clientsOf } from './probeChoices.ts';
import { chooseServers, withOnePath } from './probeDialogs.ts';
import { matrixReport, matrixStatus, predictedReport } from './probeMatrixReport.ts';
import type { ProbeRun } from './probeReport.ts';
import { withProgress } from './progress.ts';
import { runProbe } from './runProbe.ts';
import { chooseWorkloads, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';

/** Sends requests from all chosen clients to all chosen servers and prints a grid. */
export async function probeMatrix(workbench: Workbench): Promise<void> {
  const cluster = await workbench.session.clusterOf();
  const mesh = await knownMesh(cluster);
  const clients = await chooseWorkloads(clientsOf(mesh), 'From which workloads?');
  const targets = await withOnePath(await chooseServers(mesh));
  const { probes, absent } = probesOf(mesh, clients, targets);
  if (probes.length === 0) throw new HumanError('None of these workloads has a running pod.');
  const runs: ProbeRun[] = [];
  try {
    await runAll(cluster, probes, runs);
  } finally {
    // What is known stays worth reading when the rest is called off.
    const matrix = { runs, planned: probes.length, absent };
    if (runs.length > 0)
      workbench.probeOutput.append(
        matrixReport(matrix, new Date().toLocaleTimeString()),
        matrixStatus(matrix),
      );
  }
}

/** Prints what all chosen clients are predicted to meet at all chosen servers. Nothing runs in the cluster. */
export async function predictMatrix(workbench: Workbench): Promise<void> {
  const mesh = await knownMesh(await workbench.session.clusterOf());
  const clients = await chooseWorkloads(clientsOf(mesh), 'From which workloads?');
  const { probes, absent } = probesOf(mesh, clients, await chooseServers(mesh));
  const predicted = probes.map((probe) => ({
    probe,
    connections: predict(mesh, probe).connections,
  }));
  const time = new Date().toLocaleTimeString();
  workbench.probeOutput.append(predictedReport({ predicted, absent }, time));
}

function probesOf(
  mesh: Mesh,
  clients: readonly WorkloadRef[],
  targets: readonly ProbeTarget[],
): { readonly probes: readonly Probe[]; readonly absent: readonly WorkloadRef[] } {
  const seconds = setting('istioMtls.probe.timeoutSeconds');
  const probes = clients.flatMap((client): readonly Probe[] => {
    const [place] = probePods(mesh, client);
    return place === undefined
      ? []
      : targets.map((target) => curlProbe(place, client, target, seconds));
  });
  return { probes, absent: clients.filter((client) => probePods(mesh, client).length === 0) };
}

/** Runs one probe after the other and adds each to `runs` when it has ended by itself. */
async function runAll(
  cluster: ClusterConnection,
  probes: readonly Probe[],
  runs: ProbeRun[],
): Promise<void> {
  const title = `Probing ${probes.length} connections`;
  await withProgress(title, async (signal, report) => {
    for (const [index, one] of probes.entries()) {
      report(`${index + 1}/${probes.length}`);
      const run = await runProbe(cluster, one, signal);
      if (signal.aborted) break;
      runs.push(run);
    }
  });
}
