import * as vscode from 'vscode';
import type {
  Mesh,
  PodContainer,
  Probe,
  ProbeTarget,
  Service,
  ServicePort,
  Workload,
  WorkloadRef,
} from '../../mesh/index.ts';
import {
  allWorkloads,
  clientRank,
  curlProbe,
  describeVerdict,
  findWorkload,
  namespacesOf,
  probePods,
  servicesIn,
  servicesSelecting,
  targetPortOf,
  urlOf,
} from '../../mesh/index.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import { setting } from '../platform/settings.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import type { ClusterConnection } from '../../kube.ts';
import { matrixReport, probeReport } from './probeReport.ts';
import type { ProbeRun } from './probeReport.ts';
import { withProgress } from './progress.ts';
import { runProbe } from './runProbe.ts';
import { chooseWorkload, chooseWorkloads, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';

/** What is known of a probe before the person is asked for the rest. */
export interface ProbeStart {
  /** The row that was chosen; without one the active context is meant. */
  readonly row?: TreeNode;
  readonly from?: WorkloadRef;
  readonly to?: WorkloadRef;
  /** The one port of `to` that is meant. */
  readonly port?: number;
}

/** The start that a row stands for, as the client or as the server. */
export function probeStart(node: TreeNode | undefined, end: 'from' | 'to'): ProbeStart {
  if (node?.kind !== 'workload' && node?.kind !== 'port') return {};
  const port = node.kind === 'port' ? { port: node.port } : {};
  return { row: node, [end]: node.workload, ...port };
}

/** Sends one request from a pod and tells whether what came back is what was predicted. */
export async function probe(workbench: Workbench, start: ProbeStart): Promise<void> {
  const cluster = await workbench.session.clusterOf(start.row);
  const mesh = await knownMesh(cluster);
  const client = start.from ?? (await chooseWorkload(clientsOf(mesh), 'From which workload?'));
  const place = await choosePlace(mesh, client);
  const target = await chooseTarget(mesh, start);
  const chosen = curlProbe(place, client, target, setting('istioMtls.probe.timeoutSeconds'));
  const title = `Probing ${urlOf(target)}`;
  const run = await withProgress(title, (signal) => runProbe(cluster, chosen, signal));
  workbench.probeOutput.append(probeReport(run, new Date().toLocaleTimeString()));
  workbench.log.info(`Probe of ${urlOf(target)}: ${describeVerdict(run.verdict, target)}`);
}

/** Sends requests from all chosen clients to all chosen servers and prints a table. */
export async function probeMatrix(workbench: Workbench): Promise<void> {
  const cluster = await workbench.session.clusterOf();
  const mesh = await knownMesh(cluster);
  const clients = await chooseWorkloads(clientsOf(mesh), 'From which workloads?');
  const targets = await chooseServers(mesh);
  const seconds = setting('istioMtls.probe.timeoutSeconds');
  const absent = clients.filter((client) => probePods(mesh, client).length === 0);
  const probes = clients.flatMap((client): readonly Probe[] => {
    const [place] = probePods(mesh, client);
    return place === undefined
      ? []
      : targets.map((target) => curlProbe(place, client, target, seconds));
  });
  if (probes.length === 0) throw new HumanError('None of these workloads has a running pod.');
  const runs: ProbeRun[] = [];
  try {
    await runAll(cluster, probes, runs);
  } finally {
    // What is known stays worth reading when the rest is called off.
    const matrix = { runs, planned: probes.length, absent };
    if (runs.length > 0)
      workbench.probeOutput.append(matrixReport(matrix, new Date().toLocaleTimeString()));
  }
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

/** Workloads with a running pod, those made for requests first. */
function clientsOf(mesh: Mesh): readonly Workload[] {
  return [...allWorkloads(mesh)]
    .filter(({ pods }) => pods.some(({ phase }) => phase === 'Running'))
    .sort((left, right) => clientRank(left.ref) - clientRank(right.ref));
}

async function choosePlace(mesh: Mesh, client: WorkloadRef): Promise<PodContainer> {
  const places = probePods(mesh, client);
  const [first] = places;
  if (first === undefined) {
    throw new HumanError(`${client.namespace}/${client.name} has no running pod to probe from.`);
  }
  if (places.length === 1) return first;
  const items = places.map((place) => ({ label: place.pod, description: place.container, place }));
  const placeHolder = 'In which pod and container does curl run?';
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw new Cancelled();
  return chosen.place;
}

type TargetItem = vscode.QuickPickItem & { readonly target: ProbeTarget | undefined };

async function chooseTarget(mesh: Mesh, start: ProbeStart): Promise<ProbeTarget> {
  const { to } = start;
  if (to !== undefined && findWorkload(mesh, to) === undefined) {
    throw new HumanError(`${to.namespace}/${to.name} is not there any more.`);
  }
  const other: TargetItem = { label: 'Another URL…', target: undefined };
  const items = [...targetItems(servedPorts(mesh, start)), other];
  const placeHolder = 'To which Service and port?';
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw new Cancelled();
  const proposed = chosen.target === undefined ? 'http://' : urlOf(chosen.target);
  const text = await vscode.window.showInputBox({
    title: 'What is requested?',
    value: proposed,
    valueSelection: [proposed.length, proposed.length],
    validateInput: (url) => (parseTarget(url) === undefined ? invalidUrl() : undefined),
  });
  if (text === undefined) throw new Cancelled();
  const target = parseTarget(text);
  if (target === undefined) throw new HumanError(invalidUrl());
  return target;
}

async function chooseServers(mesh: Mesh): Promise<readonly ProbeTarget[]> {
  const chosen = await vscode.window.showQuickPick(targetItems(servedPorts(mesh, {})), {
    canPickMany: true,
    placeHolder: 'To which Services and ports?',
  });
  const targets = (chosen ?? []).flatMap(({ target }) => target ?? []);
  const [first] = targets;
  if (first === undefined) throw new Cancelled();
  const same = targets.every(({ path }) => path === first.path);
  const path = await choosePath(same ? first.path : '/');
  return targets.map((target) => ({ ...target, path }));
}

async function choosePath(value: string): Promise<string> {
  const path = await vscode.window.showInputBox({
    title: 'Which path is requested of all of them?',
    value,
    validateInput: (text) => (text.startsWith('/') ? undefined : 'A path starts with a slash.'),
  });
  if (path?.startsWith('/') !== true) throw new Cancelled();
  const { pathname, search } = new URL(`http://host${path}`);
  return `${pathname}${search}`;
}

interface ServedPort {
  readonly service: Service;
  readonly port: ServicePort;
}

/** The ports of all Services, or those that lead to the workload or the port where the probe is to end. */
function servedPorts(mesh: Mesh, { to, port }: ProbeStart): readonly ServedPort[] {
  const workload = to && findWorkload(mesh, to);
  if (to !== undefined && workload === undefined) return [];
  const services =
    workload === undefined
      ? namespacesOf(mesh).flatMap(({ name }) => servicesIn(mesh, name))
      : servicesSelecting(mesh, workload);
  const served = services.flatMap((service) =>
    service.ports
      .filter(({ protocol }) => protocol === 'TCP')
      .map((one): ServedPort => ({ service, port: one })),
  );
  if (workload === undefined || port === undefined) return served;
  return served.filter((one) => targetPortOf(one.port, workload.variants[0].shape) === port);
}

function targetItems(served: readonly ServedPort[]): readonly TargetItem[] {
  return served.map(({ service: { name, namespace }, port }) => ({
    label: `${name}.${namespace}:${port.port}`,
    description: port.name,
    target: {
      scheme: 'http',
      host: `${name}.${namespace}`,
      port: port.port,
      path: usualPath(name),
    },
  }));
}

/** httpbin, the sample server of Istio's tasks, answers there with the headers that it received (R66). */
function usualPath(service: string): string {
  return service === 'httpbin' ? '/headers' : '/';
}

function invalidUrl(): string {
  return 'Give a URL such as http://httpbin.foo:8000/headers.';
}

/** Reads `http://host:port/path`; undefined for anything else. */
export function parseTarget(text: string): ProbeTarget | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(text);
  if ((protocol !== 'http:' && protocol !== 'https:') || hostname === '') return undefined;
  const scheme = protocol === 'http:' ? 'http' : 'https';
  const fallback = scheme === 'http' ? 80 : 443;
  return {
    scheme,
    host: hostname,
    port: port === '' ? fallback : Number(port),
    path: `${pathname}${search}`,
  };
}
