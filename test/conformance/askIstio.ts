import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GeneratedMesh, MeshKind } from '../properties/meshArbitrary.ts';
import { askedPorts } from './recordedMesh.ts';
import type { RecordedAnswer } from './recordedMesh.ts';

const recorderFolder = fileURLToPath(new URL('recorder/', import.meta.url));
export const recorderBinary = fileURLToPath(
  new URL('../../.cache/conformance-recorder', import.meta.url),
);

/** Builds the recorder with the Go on the PATH; the first build compiles all of Istio's control plane. */
export async function buildRecorder(): Promise<void> {
  const build = spawn('go', ['build', '-o', recorderBinary, '.'], {
    cwd: recorderFolder,
    stdio: 'inherit',
  });
  const [code] = (await once(build, 'exit').catch(() => {
    throw new Error(
      'Go could not be started: install it (https://go.dev/dl) and put it on the PATH.',
    );
  })) as [number | null];
  if (code !== 0)
    throw new Error(`go build of ${recorderFolder} failed with exit code ${String(code)}`);
}

/**
 * Asks Istio about meshes of one kind, in order. One process serves one kind, because Istio reads its
 * feature flags once at start.
 */
export async function askIstio(
  kind: MeshKind,
  meshes: readonly GeneratedMesh[],
): Promise<readonly RecordedAnswer[]> {
  const recorder = spawn(recorderBinary, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PILOT_ENABLE_AMBIENT: String(kind === 'ambient') },
  });
  const exited = once(recorder, 'exit');
  const questions = meshes.map(({ meshConfig, objects }, id) =>
    JSON.stringify({ id, meshConfig, ports: askedPorts, objects }),
  );
  recorder.stdin.end(questions.join('\n'));
  const answers: RecordedAnswer[] = [];
  for await (const line of createInterface({ input: recorder.stdout })) {
    // The recorder is ours and its answers are written as given, in the order of the questions.
    answers.push(JSON.parse(line) as RecordedAnswer);
    if (answers.length % 100 === 0)
      process.stderr.write(`${kind}: ${answers.length} of ${meshes.length}\n`);
  }
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`the recorder ended with exit code ${String(code)}`);
  return answers;
}
