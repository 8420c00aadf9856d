import { decodeObject } from '../../src/sources/yaml/decodeObject.ts';
import { buildMesh, updateMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import { allWorkloads, workloadsIn, type Mesh } from '../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../src/mesh/model/objects.ts';
import { connect, type Client, type HostPort } from '../../src/mesh/connection/connection.ts';
import { meshMtls, namespaceMtls } from '../../src/mesh/server/namespaceMtls.ts';
import { workloadMtls } from '../../src/mesh/server/workloadMtls.ts';
import { manifest } from '../properties/manifests.ts';
import { allPairsFigures } from './allPairs.ts';
import { FixedWalk } from './calibration.ts';
import {
  busy,
  median,
  microseconds,
  milliseconds,
  retainedHeap,
  timed,
  type Figure,
} from './figures.ts';
import { largeMesh, namespaceName } from './largeMesh.ts';

/** Sizes of mesh in namespaces. */
const sizes = [100, 1000, 5000] as const;

const largest = 5000;

/** What a cluster's API server would send: one JSON text an object. */
function jsonOf(namespaces: number): readonly string[] {
  const texts: string[] = [];
  for (const object of largeMesh(namespaces)) texts.push(JSON.stringify(object));
  return texts;
}

function decodeInto(objects: MeshObject[], values: readonly unknown[]): void {
  for (const value of values) {
    const { object } = decodeObject(value, { kind: 'cluster' });
    if (object !== undefined) objects.push(object);
  }
}

/** Asks for the mode of everything there is. */
function allModes(mesh: Mesh): number {
  let ports = 0;
  for (const workload of allWorkloads(mesh)) ports += workloadMtls(mesh, workload).ports.length;
  return ports;
}

/** How many objects are read at once: a page of a list, as a cluster hands them out. */
const pageSize = 500;

interface ColdTimes {
  readonly mesh: Mesh;
  /** Milliseconds in JSON.parse. */
  readonly parse: number;
  /** Milliseconds from parsed objects to every workload's modes. */
  readonly modes: number;
}

/** Reads a mesh page by page and asks for all modes; both sides of the ratio meet the same heap. */
function readOnce(texts: readonly string[]): ColdTimes {
  const objects: MeshObject[] = [];
  let parse = 0;
  let modes = 0;
  for (let start = 0; start < texts.length; start += pageSize) {
    let values: readonly unknown[] = [];
    const page = texts.slice(start, start + pageSize);
    parse += timed(() => (values = page.map((text) => JSON.parse(text) as unknown)));
    modes += timed(() => {
      decodeInto(objects, values);
    });
  }
  let mesh = buildMesh({ objects: [] });
  modes += timed(() => {
    mesh = buildMesh({ objects });
    allModes(mesh);
  });
  return { mesh, parse, modes };
}

/**
 * The times of reading a mesh so often, after each other, from a heap without garbage. All meshes are kept
 * until the last is read: whoever reads a mesh wants it, and moving what is kept is part of its price.
 */
function readOften(texts: readonly string[], reads: number): ReadTimes {
  globalThis.gc?.();
  const kept: Mesh[] = [];
  let parse = 0;
  let modes = 0;
  for (let read = 0; read < reads; read++) {
    const times = readOnce(texts);
    kept.push(times.mesh);
    parse += times.parse / reads;
    modes += times.modes / reads;
  }
  return { parse, modes };
}

type ReadTimes = Omit<ColdTimes, 'mesh'>;

const coldRounds = 5;

interface Cold {
  readonly figures: readonly Figure[];
  /** Milliseconds from the objects of the largest mesh to its modes. */
  readonly ms: number;
}

/**
 * Objects to Mesh to every workload's modes, against JSON.parse, and how that grows with the mesh. Sizes
 * alternate, and ratios are taken within a round, so that both sides of each met the same load of the machine.
 */
export function coldFigures(): Cold {
  const meshes = sizes.map((namespaces) => ({
    namespaces,
    texts: jsonOf(namespaces),
    times: noTimes(),
  }));
  for (let round = 0; round < coldRounds; round++) {
    // Small meshes are read more often, until as many namespaces were read and kept: garbage collection has as much to do.
    for (const { namespaces, texts, times } of meshes)
      times.push(readOften(texts, largest / namespaces));
  }
  const figures = meshes.map(({ namespaces, times }) => ({
    name: `objects to modes, ${namespaces} namespaces`,
    value: milliseconds(median(times.map(({ modes }) => modes))),
    against: `JSON.parse ${milliseconds(median(times.map(({ parse }) => parse)))}`,
    ratio: median(times.map(({ parse, modes }) => modes / parse)),
    budget: 1,
  }));
  const [small = [], , large = []] = meshes.map(({ namespaces, times }) =>
    times.map(({ modes }) => (modes * 1000) / namespaces),
  );
  const linear = {
    name: 'time per namespace, 5 000 against 100',
    value: microseconds(median(large)),
    against: microseconds(median(small)),
    ratio: median(large.map((time, round) => time / (small[round] ?? Number.NaN))),
    budget: 1.2,
  };
  return { figures: [...figures, linear], ms: (median(large) * largest) / 1000 };
}

function noTimes(): ReadTimes[] {
  return [];
}

/** Lets the JavaScript engine compile what is measured, on a mesh that is not measured. */
function warmUp(): void {
  readOften(jsonOf(100), 12);
  connectionFigures(answeredMesh(100));
}

function changedPolicy(namespace: string, mode: string): MeshObject {
  const header = {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    namespace,
    name: 'default',
    age: 1,
  };
  const { object } = decodeObject(manifest(header, { spec: { mtls: { mode } } }), {
    kind: 'cluster',
  });
  if (object === undefined) throw new Error('the policy could not be decoded');
  return object;
}

/**
 * One namespace's policy changes in the largest mesh: the new mesh and every answer that changes, which
 * are those of the namespace's workloads, of the namespace and of the mesh. Asking for all other
 * answers too, for whoever does not know which can have changed, is shown beside it.
 */
export function changeFigures(mesh: Mesh, coldMs: number): readonly Figure[] {
  const changed: number[] = [];
  const all: number[] = [];
  let current = mesh;
  for (let round = 0; round < 60; round++) {
    const namespace = namespaceName(round);
    const policy = changedPolicy(namespace, round % 2 === 0 ? 'STRICT' : 'PERMISSIVE');
    const first = timed(() => {
      current = updateMesh(current, { upsert: [policy] });
      for (const workload of workloadsIn(current, namespace)) workloadMtls(current, workload);
      namespaceMtls(current, namespace);
      meshMtls(current);
    });
    changed.push(first);
    all.push(first + timed(() => allModes(current)));
  }
  const against = `cold ${milliseconds(coldMs)}`;
  const figure = (name: string, times: readonly number[], budget: number): Figure => {
    const value = median(times);
    return { name, value: milliseconds(value), against, ratio: value / coldMs, budget };
  };
  return [
    figure('one policy changed, all changed answers', changed, 0.01),
    figure('one policy changed, all answers again', all, Number.POSITIVE_INFINITY),
  ];
}

function manyClients(mesh: Mesh, count: number): readonly Client[] {
  const all = [...allWorkloads(mesh)].map(({ ref }): Client => ({
    kind: 'workload',
    workload: ref,
  }));
  return evenly(all, count);
}

/** Hosts and ports spread evenly over everything that the mesh defines: Services, hosts outside, VMs. */
function manyServers(mesh: Mesh, count: number): readonly HostPort[] {
  const all: HostPort[] = [];
  for (const { name, services, serviceEntries } of mesh.namespaces.values()) {
    for (const service of services.values()) {
      const host = `${service.name}.${name}.svc.cluster.local`;
      all.push(...service.ports.map(({ port }) => ({ host, port })));
    }
    for (const { hosts, ports } of serviceEntries.values()) {
      all.push(...hosts.flatMap((host) => ports.map(({ port }) => ({ host, port }))));
    }
  }
  return evenly(all, count);
}

function evenly<T>(all: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0).slice(0, count);
}

const pairs = 10_000;

/** Values that the fixed walk visits for one connection, and for one cell of a matrix. */
const visits = { connection: 20, cell: 1 } as const;

/**
 * Milliseconds for pairs of client and server of which none was asked before, spread over the whole mesh, and for the
 * fixed walk in turn with them.
 */
function singleTimes(mesh: Mesh, walk: FixedWalk): Readonly<Record<'one' | 'walk', number[]>> {
  const clients = manyClients(mesh, pairs);
  const servers = manyServers(mesh, pairs);
  const times = { one: noNumbers(), walk: noNumbers() };
  for (const [index, client] of clients.entries()) {
    const server = servers[(index * 13) % servers.length];
    if (server === undefined) continue;
    times.one.push(timed(() => connect(mesh, client, server)));
    times.walk.push(timed(() => walk.visit(visits.connection)));
  }
  return times;
}

function noNumbers(): number[] {
  return [];
}

/** One connection, and a matrix of a thousand clients by a thousand servers; each against a walk of fixed length. */
export function connectionFigures(mesh: Mesh): readonly Figure[] {
  const walk = new FixedWalk();
  const clients = manyClients(mesh, 1000);
  const servers = manyServers(mesh, 1000);
  const single = singleTimes(mesh, walk);
  const matrix = { cells: 0, walk: 0 };
  for (const client of clients) {
    matrix.cells += busy(() => {
      for (const server of servers) connect(mesh, client, server);
    });
    matrix.walk += busy(() => walk.visit(servers.length * visits.cell));
  }
  const [one, walked] = [median(single.one), median(single.walk)];
  return [
    {
      name: 'one connection, not asked before (median)',
      value: microseconds(one * 1000),
      against: `a walk over ${visits.connection} values ${microseconds(walked * 1000)}`,
      ratio: one / walked,
      budget: 2.6,
    },
    {
      name: 'matrix of 1 000 x 1 000',
      value: milliseconds(matrix.cells),
      against: `a walk over as many values ${milliseconds(matrix.walk)}`,
      ratio: matrix.cells / matrix.walk,
      budget: 4,
    },
  ];
}

/** What the mesh and all its answers keep alive beyond the decoded objects themselves. */
export async function heapFigures(namespaces: number): Promise<readonly Figure[]> {
  const empty = await retainedHeap();
  const objects = decodedMesh(namespaces);
  const before = await retainedHeap();
  const mesh = buildMesh({ objects });
  allModes(mesh);
  const after = await retainedHeap();
  const pods = objects.filter(({ kind }) => kind === 'Pod').length;
  const perPod = (after - before) / pods;
  const decoded = (before - empty) / pods;
  // Both are used here, so that neither is collected before it is measured.
  if (objects.length === 0 || mesh.namespaces.size === 0) throw new Error('nothing was measured');
  return [
    {
      name: `retained heap per pod, ${namespaces} namespaces`,
      value: `${perPod.toFixed(0)} bytes`,
      against: `decoded objects ${decoded.toFixed(0)} bytes`,
      ratio: perPod / decoded,
      budget: 0.8,
    },
  ];
}

function decodedMesh(namespaces: number): readonly MeshObject[] {
  const objects: MeshObject[] = [];
  for (const value of largeMesh(namespaces))
    decodeInto(objects, [JSON.parse(JSON.stringify(value))]);
  return objects;
}

/** A mesh that was asked for all its modes before. */
function answeredMesh(namespaces: number): Mesh {
  const mesh = buildMesh({ objects: decodedMesh(namespaces) });
  allModes(mesh);
  return mesh;
}

/** Every figure of the engine. */
export async function engineFigures(): Promise<readonly Figure[]> {
  warmUp();
  const heap = await heapFigures(1000);
  const cold = coldFigures();
  const mesh = answeredMesh(largest);
  return [
    ...cold.figures,
    ...changeFigures(mesh, cold.ms),
    ...connectionFigures(mesh),
    ...allPairsFigures(),
    ...heap,
  ];
}
