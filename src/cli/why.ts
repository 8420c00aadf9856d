import type { ClusterConnection } from '../kube.ts';
import type { HostPort, Manifest, Mesh, Refusal, WhyRefused } from '../mesh/index.ts';
import {
  allWorkloads,
  connect,
  describeNotRefused,
  describeOutcome,
  describeRemedy,
  describeWhy,
  hostPortsIn,
  namespacesOf,
  refKey,
  refusalOf,
  whyRefused,
} from '../mesh/index.ts';
import { withCluster } from './clusterMesh.ts';
import type { MeshOptions } from './commandLine.ts';
import { clientNamed, hostPortNamed, type NamedClient } from './endpoints.ts';
import { badInput } from './inputFile.ts';
import { readOverrides } from './openMesh.ts';
import type { Answer } from './printAnswer.ts';
import type { Terminal } from './terminal.ts';

/** Which connection is asked about, and since when. */
export interface WhyQuestion extends MeshOptions {
  readonly onContext: string;
  readonly from: string;
  readonly to: string;
  /** Milliseconds before now. */
  readonly sinceMs: number;
}

/** One port of the server, and why it is refused; undefined where it is not. */
interface Answered {
  readonly to: HostPort;
  readonly why: WhyRefused | undefined;
  readonly sentences: readonly string[];
}

/** Why a connection is refused: which change did it, by whom, when, and what would undo it. */
export async function why(question: WhyQuestion, terminal: Terminal): Promise<Answer> {
  const { onContext, from, to, sinceMs } = question;
  const overrides = await readOverrides(question);
  const since = Date.now() - sinceMs;
  const found = await withCluster(
    { context: onContext, overrides },
    terminal,
    async (mesh, cluster) => {
      const named = clientCalled(mesh, from);
      const all: Answered[] = [];
      for (const server of serversCalled(mesh, to)) {
        terminal.progress(`Looking at ${server.host}:${server.port} …`);
        const asked = { mesh, cluster, since, signal: terminal.signal };
        all.push(await answerFor(asked, named, server));
      }
      return { from: named.name, all };
    },
  );
  return {
    document: {
      version: 1,
      from: found.from,
      since: new Date(since).toISOString(),
      connections: found.all.map(answerJson),
    },
    table: () => found.all.map(({ sentences }) => `${sentences.join('\n')}\n`).join('\n'),
  };
}

interface Asked {
  readonly mesh: Mesh;
  readonly cluster: ClusterConnection;
  readonly since: number;
  readonly signal: AbortSignal;
}

async function answerFor(
  { mesh, cluster, since, signal }: Asked,
  { client }: NamedClient,
  to: HostPort,
): Promise<Answered> {
  const refusal = refusalOf(mesh, client, to);
  if (refusal === undefined) {
    const outcomes = connect(mesh, client, to).map(({ outcome }) => describeOutcome(outcome));
    return { to, why: undefined, sentences: describeNotRefused({ client, to }, outcomes) };
  }
  const manifests = await manifestsOf(cluster, refusal, signal);
  const found = whyRefused(mesh, refusal, { manifests, since });
  return { to, why: found, sentences: describeWhy(found) };
}

/** The objects that decided, as the cluster has them; what cannot be read is left out, and then nothing tells who wrote it. */
async function manifestsOf(
  { actions }: ClusterConnection,
  { fields }: Refusal,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Manifest>> {
  const objects = new Map(fields.map(({ object }) => [refKey(object), object]));
  const found = new Map<string, Manifest>();
  for (const [key, ref] of objects) {
    const live = await actions.read(ref, signal);
    if (live.kind === 'present') found.set(key, live.manifest);
  }
  return found;
}

/** `NAMESPACE/NAME`, `outside`, or a name that only one workload has. */
function clientCalled(mesh: Mesh, name: string): NamedClient {
  if (name.includes('/') || name === 'outside') return clientNamed(mesh, name);
  const all = [...allWorkloads(mesh)].filter((workload) => workload.name === name);
  return clientNamed(
    mesh,
    only(
      name,
      'workload',
      all.map(({ namespace }) => `${namespace}/${name}`),
    ),
  );
}

/** `HOST:PORT`, or all ports of a Service: `NAMESPACE/NAME`, or a name that only one has. */
function serversCalled(mesh: Mesh, name: string): readonly HostPort[] {
  if (name.includes(':')) return [hostPortNamed(name).to];
  const [service = '', namespace] = name.split('/').toReversed();
  const all = namespacesOf(mesh)
    .filter((one) => namespace === undefined || one.name === namespace)
    .flatMap((one) => hostPortsIn(mesh, one.name))
    .filter(({ host }) => host.split('.')[0] === service);
  const host = only(name, 'Service', [...new Set(all.map((one) => one.host))]);
  return all.filter((one) => one.host === host);
}

function only(name: string, what: string, all: readonly string[]): string {
  const [first, second] = all;
  if (first === undefined) throw badInput(`There is no ${what} ${name}.`);
  if (second !== undefined)
    throw badInput(`${name} names several of them: write one of ${all.join(', ')}.`);
  return first;
}

function answerJson({ to, why: found, sentences }: Answered): object {
  return {
    to: `${to.host}:${to.port}`,
    refused: found !== undefined,
    text: sentences,
    ...(found === undefined ? {} : refusedJson(found)),
  };
}

function refusedJson({ culprits, recentPods }: WhyRefused): object {
  return {
    changedSince: culprits.some(({ isRecent }) => isRecent) || recentPods.length > 0,
    decidedBy: culprits.map(({ field, value, write, isRecent, refuses, remedy }) => ({
      ...{ object: field.object, field: field.field, value },
      ...(write === undefined ? {} : { manager: write.manager, time: write.time }),
      isRecent,
      refuses: refuses.map(({ client, to }) => ({
        from:
          client.kind === 'outside'
            ? 'outside'
            : `${client.workload.namespace}/${client.workload.name}`,
        to: `${to.host}:${to.port}`,
      })),
      ...(remedy === undefined
        ? {}
        : {
            remedy: {
              field: remedy.field.field,
              value: remedy.value,
              text: describeRemedy(remedy),
            },
          }),
    })),
    ...(recentPods.length === 0 ? {} : { recentPods }),
  };
}
