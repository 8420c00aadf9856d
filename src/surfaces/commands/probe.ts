import type { Probe } from '../../mesh/index.ts';
import { curlProbe, describeVerdict, urlOf } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { setting } from '../platform/settings.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { otherPlaces, withCurl } from './curlElsewhere.ts';
import { placeOf, type ProbeRequest } from './probeChoices.ts';
import { chooseOtherPlace, chooseProbe, type ProbeStart } from './probeDialogs.ts';
import { probeReport, probeStatus, type ProbeRun } from './probeReport.ts';
import { withProgress } from './progress.ts';
import { askForCurl, runProbe } from './runProbe.ts';
import { knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';

/** Sends one request from a pod and tells whether what came back is what was predicted. `end` is what the row stands for. */
export async function probe(
  workbench: Workbench,
  row?: TreeNode,
  end: 'from' | 'to' = 'from',
): Promise<void> {
  const cluster = await workbench.session.clusterOf(row);
  const recent = workbench.probeHistory.of(contextIdOf(workbench, row));
  const request = await chooseProbe(await knownMesh(cluster), startOf(row, end), recent);
  await probeAs(workbench, { cluster, contextId: contextIdOf(workbench, row) }, request);
}

/** Sends the last request to the active context again, from whatever pod its workload has now. */
export async function repeatProbe(workbench: Workbench): Promise<void> {
  const cluster = await workbench.session.clusterOf();
  const contextId = contextIdOf(workbench, undefined);
  const [last] = workbench.probeHistory.of(contextId);
  if (last === undefined) throw new HumanError('Nothing was probed in this context yet.');
  await probeAs(workbench, { cluster, contextId }, last);
}

/** The start that a row stands for, as the client or as the server. */
function startOf(row: TreeNode | undefined, end: 'from' | 'to'): ProbeStart {
  if (row?.kind !== 'workload' && row?.kind !== 'port') return {};
  const port = row.kind === 'port' ? { port: row.port } : {};
  return { [end]: row.workload, ...port };
}

function contextIdOf({ session }: Workbench, row: TreeNode | undefined): string {
  return row?.context ?? session.active?.id ?? '';
}

/** A connected cluster, and the id of the context that it belongs to. */
interface Connected {
  readonly cluster: ClusterConnection;
  readonly contextId: string;
}

async function probeAs(
  workbench: Workbench,
  connected: Connected,
  request: ProbeRequest,
): Promise<void> {
  const place = placeOf(await knownMesh(connected.cluster), request);
  const { namespace, name } = request.from;
  if (place === undefined)
    throw new HumanError(`${namespace}/${name} has no running pod to probe from.`);
  const chosen = curlProbe(place, request.from, request.target, timeLimit());
  const run = await runAndTell(workbench, connected.cluster, chosen);
  await workbench.probeHistory.remember(connected.contextId, request);
  if (run.answer.kind !== 'executable-missing') return;
  await probeAs(workbench, connected, await fromElsewhere(connected.cluster, chosen));
}

function timeLimit(): number {
  return setting('istioMtls.probe.timeoutSeconds');
}

async function runAndTell(
  { probeOutput, log }: Workbench,
  cluster: ClusterConnection,
  chosen: Probe,
): Promise<ProbeRun> {
  const { target } = chosen;
  const title = `Probing ${urlOf(target)}`;
  const run = await withProgress(title, (signal) => runProbe(cluster, chosen, signal));
  probeOutput.append(probeReport(run, new Date().toLocaleTimeString()), probeStatus(run));
  log.info(`Probe of ${urlOf(target)}: ${describeVerdict(run.verdict, target)}`);
  return run;
}

/** The same request from a container that has curl; says so where none of those nearby has it. */
async function fromElsewhere(cluster: ClusterConnection, tried: Probe): Promise<ProbeRequest> {
  const mesh = await knownMesh(cluster);
  const { from: without, workload, target } = tried;
  const nearby = otherPlaces(mesh, workload, without);
  const places = await withProgress('Looking for a container with curl', (signal) =>
    withCurl(nearby, (place) => askForCurl(cluster, place, signal)),
  );
  if (places.length === 0) {
    throw new HumanError(
      `Container ${without.container} of ${workload.namespace}/${workload.name} has no curl, nor has any of ${nearby.length} others. The snippet istio-sleep makes a workload that has it.`,
    );
  }
  const other = await chooseOtherPlace(mesh, target, { without, places });
  return { from: other.workload, container: other.place.container, target };
}
