import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { GeneratedMesh, MeshKind } from '../properties/meshArbitrary.ts';

/** The workload ports that Istio is asked about: declared, targeted, named by policies, and none of these. */
export const askedPorts = [80, 3306, 8080, 9090] as const;

/** What Istio made of one mesh; recorder/mesh.go documents the letters. Pods are named `namespace/name`. */
export interface RecordedAnswer {
  readonly inbound: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly ambient?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly clients: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A generated mesh with Istio's own answers. */
export interface RecordedMesh extends GeneratedMesh {
  readonly id: number;
  readonly answer: RecordedAnswer;
}

function recordingUrl(kind: MeshKind): URL {
  return new URL(`recorded/${kind}.jsonl.gz`, import.meta.url);
}

/** Reads the committed recording of one kind of mesh. */
export function readRecording(kind: MeshKind): readonly RecordedMesh[] {
  const text = gunzipSync(readFileSync(recordingUrl(kind))).toString('utf8');
  // The recording is written by writeRecording alone, so its shape is known.
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedMesh);
}

export function writeRecording(kind: MeshKind, meshes: readonly RecordedMesh[]): void {
  const text = meshes.map((mesh) => `${JSON.stringify(mesh)}\n`).join('');
  writeFileSync(recordingUrl(kind), gzipSync(text, { level: 9 }));
}
