import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { GeneratedMesh, MeshKind } from '../properties/meshArbitrary.ts';

/** The workload ports that Istio is asked about: declared, targeted, named by policies, and none of these. */
export const askedPorts = [80, 443, 3306, 8080, 9090] as const;

/** What Istio made of one mesh; recorder/mesh.go documents the letters. Pods and WorkloadEntries are named `namespace/name`. */
export interface RecordedAnswer {
  readonly inbound: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly ambient?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Only of pods whose annotations keep ports away from the sidecar. */
  readonly redirected?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly clients: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A generated mesh with Istio's own answers. */
export interface RecordedMesh extends GeneratedMesh {
  readonly id: number;
  readonly answer: RecordedAnswer;
}

function recordingUrl(kind: MeshKind): URL {
  return new URL(`recorded/${kind}.jsonl.br`, import.meta.url);
}

/** Reads the committed recording of one kind of mesh. */
export function readRecording(kind: MeshKind): readonly RecordedMesh[] {
  const text = brotliDecompressSync(readFileSync(recordingUrl(kind))).toString('utf8');
  // The recording is written by writeRecording alone, so its shape is known.
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedMesh);
}

export function writeRecording(kind: MeshKind, meshes: readonly RecordedMesh[]): void {
  const text = meshes.map((mesh) => `${JSON.stringify(mesh)}\n`).join('');
  const params = {
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
  };
  writeFileSync(recordingUrl(kind), brotliCompressSync(text, { params }));
}
