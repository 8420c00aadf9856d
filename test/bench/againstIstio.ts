import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { buildRecorder, recorderBinary } from '../conformance/askIstio.ts';
import { decode } from '../../src/mesh/decode/decode.ts';
import { buildMesh } from '../../src/mesh/model/buildMesh.ts';
import { allWorkloads } from '../../src/mesh/model/mesh.ts';
import { effectiveMode } from '../../src/mesh/mtls/serverMode.ts';
import { median, milliseconds, timed, type Figure } from './figures.ts';
import { largeMesh } from './largeMesh.ts';

const namespaces = 1000;
const ports = [8080, 9090];

/** The same policies composed for the same workloads and ports, by Istio's own functions and by this engine. */
export async function composeAgainstIstio(): Promise<readonly Figure[]> {
  await buildRecorder();
  const objects = [...largeMesh(namespaces)];
  const istio = await istioMilliseconds(
    objects.filter(({ kind }) => kind === 'PeerAuthentication' || kind === 'Pod'),
  );
  const decoded = objects.flatMap((value) => decode(value, { kind: 'cluster' }).object ?? []);
  const ours = median(
    Array.from({ length: 7 }, () => {
      const mesh = buildMesh({ objects: decoded });
      const workloads = [...allWorkloads(mesh)];
      return timed(() => {
        for (const workload of workloads)
          for (const port of ports) effectiveMode(mesh, workload, port);
      });
    }),
  );
  return [
    {
      name: `compose ${namespaces * 10} workloads x ${ports.length} ports`,
      value: milliseconds(ours),
      against: `Istio (Go) ${milliseconds(istio)}`,
      ratio: ours / istio,
      budget: Number.POSITIVE_INFINITY,
    },
  ];
}

/** Runs the recorder's composition over one pod of each workload; it prints milliseconds. */
async function istioMilliseconds(objects: readonly unknown[]): Promise<number> {
  const recorder = spawn(recorderBinary, ['compose'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(recorder, 'exit') as Promise<[number | null]>;
  recorder.stdin.end(JSON.stringify({ id: 0, meshConfig: {}, ports, objects }));
  const [printed, [code]] = await Promise.all([text(recorder.stdout), exited]);
  if (code !== 0) throw new Error(`the recorder ended with exit code ${String(code)}`);
  return Number(printed);
}
