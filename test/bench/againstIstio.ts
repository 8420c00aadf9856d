import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { buildMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { allWorkloads } from '../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../src/mesh/model/objects.ts';
import type { Workload } from '../../src/mesh/snapshot/workload.ts';
import { governedPods } from '../../src/mesh/policy/serverMode.ts';
import { buildRecorder, recorderBinary } from '../conformance/askIstio.ts';
import { decodeAll } from '../conformance/engineMesh.ts';
import { median, milliseconds, timed, type Figure } from './figures.ts';
import { largeMesh } from './largeMesh.ts';
import { teamOf } from './mesh/team.ts';

const namespaces = 1000;
const ports = [8080, 9090];
const rounds = 7;

/** The mode of each asked port of each pod: S, P or D, by `namespace/name` and port. */
type Modes = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Composition {
  readonly milliseconds: number;
  readonly modes: Modes;
}

/**
 * The same policies composed for the same pods and ports, by Istio's own functions and by this engine, with the
 * same answers: a difference is an error. Both start from decoded objects and end with a mode for each port.
 */
export async function composeAgainstIstio(): Promise<readonly Figure[]> {
  await buildRecorder();
  const objects = composedObjects();
  const istio = await composedByIstio(objects);
  const ours = composedHere(decodeAll(objects));
  const pods = assertSameModes(istio.modes, ours.modes);
  return [
    {
      name: `compose ${pods} pods x ${ports.length} ports`,
      value: milliseconds(ours.milliseconds),
      against: `Istio (Go) ${milliseconds(istio.milliseconds)}`,
      ratio: ours.milliseconds / istio.milliseconds,
      budget: Number.POSITIVE_INFINITY,
      note:
        'Both compose the same decoded PeerAuthentications for the same pods, policies looked up once a pod, and ' +
        `agree on all ${pods * ports.length} modes. This engine also indexes the policies within its time and names ` +
        'the reasons of each mode; Istio has indexed them before, and gives the mode alone.',
    },
  ];
}

/**
 * The policies of the large mesh and one pod of each workload. Istio is asked as one control plane, so the
 * namespaces of the other revision are left out.
 */
function composedObjects(): readonly Manifest[] {
  const ofOther = new Set(
    Array.from({ length: namespaces }, (_, index) => teamOf(index))
      .filter(({ kind }) => kind === 'canary')
      .map(({ namespace }) => namespace),
  );
  return [...largeMesh(namespaces)].filter(
    ({ kind, metadata: { name, namespace = '' } }) =>
      !ofOther.has(namespace) &&
      (kind === 'PeerAuthentication' || (kind === 'Pod' && name.endsWith('-0'))),
  );
}

function composedHere(objects: readonly MeshObject[]): Composition {
  const times: number[] = [];
  let modes: Modes = {};
  for (let round = 0; round < rounds; round++) {
    const mesh = buildMesh({ objects });
    const workloads = [...allWorkloads(mesh)];
    const composed: string[][] = [];
    times.push(
      timed(() => {
        for (const workload of workloads) {
          const [{ explain }] = governedPods(mesh, workload);
          composed.push(ports.map((port) => explain(port).mode));
        }
      }),
    );
    modes = Object.fromEntries(
      workloads.map((workload, index) => [podOf(workload), byPort(composed[index] ?? [])]),
    );
  }
  return { milliseconds: median(times), modes };
}

function podOf({ namespace, pods }: Workload): string {
  return `${namespace}/${pods[0]?.name ?? ''}`;
}

function byPort(modes: readonly string[]): Modes[string] {
  return Object.fromEntries(ports.map((port, index) => [port, (modes[index] ?? '').slice(0, 1)]));
}

/** Throws at the first pod for which the two differ; returns how many pods there are. */
function assertSameModes(istio: Modes, ours: Modes): number {
  const pods = new Set([...Object.keys(istio), ...Object.keys(ours)]);
  for (const pod of pods) {
    const [theirs, own] = [JSON.stringify(istio[pod]), JSON.stringify(ours[pod])];
    if (theirs !== own) throw new Error(`${pod}: Istio composes ${theirs}, this engine ${own}.`);
  }
  return pods.size;
}

/** Longest time for Istio to read the objects and compose their modes several times, in milliseconds. */
const timeLimit = 600_000;

async function composedByIstio(objects: readonly Manifest[]): Promise<Composition> {
  const recorder = spawn(recorderBinary, ['compose'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    signal: AbortSignal.timeout(timeLimit),
  });
  const exited = once(recorder, 'exit') as Promise<[number | null]>;
  recorder.stdin.end(JSON.stringify({ id: 0, meshConfig: {}, ports, objects }));
  const [printed, [code]] = await Promise.all([text(recorder.stdout), exited]);
  if (code !== 0) throw new Error(`the recorder ended with exit code ${String(code)}`);
  // The recorder is ours; compose.go documents what it writes.
  return JSON.parse(printed) as Composition;
}
