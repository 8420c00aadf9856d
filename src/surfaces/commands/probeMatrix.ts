import type { Mesh, Probe, ProbeTarget, WorkloadRef } from '../../mesh/index.ts';
import { curlProbe, probePods } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { setting } from '../platform/settings.ts';
import { clientsOf } from './probeChoices.ts';
import { chooseServers, withOnePath } from './probeDialogs.ts';
import { matrixSubject, probedWords, serverOf } from './matrixSubject.ts';
import { matrixReport, matrixStatus } from './probeMatrixReport.ts';
import { clientName, type ProbeRun } from './probeReport.ts';
import { withProgress } from './progress.ts';
import { runProbe } from './runProbe.ts';
import { chooseWorkloads, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';

/** Sends requests from all chosen clients to all chosen servers, and shows what comes back in the matrix. */
export async function probeMatrix(workbench: Workbench): Promise<void> {
  const cluster = await workbench.session.clusterOf();
  const mesh = await knownMesh(cluster);
  const clients = await chooseWorkloads(clientsOf(mesh), 'From which workloads?');
  const targets = await withOnePath(await chooseServers(mesh));
  const { probes, absent } = probesOf(mesh, clients, targets);
  const title = `Probes of ${cluster.context}`;
  if (probes.length === 0) throw new HumanError('None of these workloads has a running pod.');
  const shown = workbench.matrix.show(matrixSubject(cluster, { title, clients, targets }));
  const runs: ProbeRun[] = [];
  try {
    await runAll(cluster, probes, (run) => {
      runs.push(run);
      const { probe } = run;
      shown.tellProbed(clientName(probe), serverOf(probe.target).name, probedWords(run));
    });
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

/** Runs one probe after the other and tells of each that has ended by itself. */
async function runAll(
  cluster: ClusterConnection,
  probes: readonly Probe[],
  ended: (run: ProbeRun) => void,
): Promise<void> {
  const title = `Probing ${probes.length} connections`;
  await withProgress(title, async (signal, report) => {
    for (const [index, one] of probes.entries()) {
      report(`${index + 1}/${probes.length}`);
      const run = await runProbe(cluster, one, signal);
      if (signal.aborted) break;
      ended(run);
    }
  });
}
