import { mkdirSync } from 'node:fs';
import fc from 'fast-check';
import { meshArbitrary } from '../properties/meshArbitrary.ts';
import type { MeshKind } from '../properties/meshArbitrary.ts';
import { askIstio, buildRecorder } from './askIstio.ts';
import { writeRecording } from './recordedMesh.ts';

/** How many meshes of each kind are recorded, and the seed that makes them the same every time. */
const meshes: Readonly<Record<MeshKind, { readonly numRuns: number; readonly seed: number }>> = {
  sidecar: { numRuns: 2000, seed: 20260101 },
  ambient: { numRuns: 2000, seed: 20260102 },
};

async function record(kind: MeshKind): Promise<void> {
  const generated = fc.sample(meshArbitrary(kind), meshes[kind]);
  const answers = await askIstio(kind, generated);
  const recorded = answers.map((answer, id) => {
    const mesh = generated[id];
    if (mesh === undefined) throw new Error(`an answer to the unasked question ${id}`);
    return { id, ...mesh, answer };
  });
  writeRecording(kind, recorded);
}

await buildRecorder();
mkdirSync(new URL('recorded/', import.meta.url), { recursive: true });
await record('sidecar');
await record('ambient');
