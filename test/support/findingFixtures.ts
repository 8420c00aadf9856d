import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mesh, MeshObject } from '../../src/mesh/index.ts';
import { buildMesh, decode } from '../../src/mesh/index.ts';
import { fileFindings, type FileFinding } from '../../src/sources/yaml/fileFindings.ts';
import {
  manifestsOf,
  readManifestFile,
  type ManifestFile,
} from '../../src/sources/yaml/manifestFile.ts';
import { lineAndColumn } from '../../src/sources/yaml/textRange.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'test/fixtures/findings');

/** A file of `test/fixtures/findings/CODE/`: what must be found stands in it, as `# want CODE` on the line that is underlined. */
export interface FindingFixture {
  /** The code that it is a case of. */
  readonly code: string;
  readonly name: string;
  readonly text: string;
}

export function findingFixtures(): readonly FindingFixture[] {
  return readdirSync(folder).flatMap((code) =>
    readdirSync(join(folder, code)).map((file) => ({
      code,
      name: `${code}/${file}`,
      text: readFileSync(join(folder, code, file), 'utf8'),
    })),
  );
}

/** The page of a code; undefined when there is none. */
export function findingPage(code: string): string | undefined {
  try {
    return readFileSync(join(root, 'docs/findings', `${code}.md`), 'utf8');
  } catch {
    return undefined;
  }
}

/** `LINE CODE` of everything that a text says must be found in it, in the order of its lines. */
export function wantedIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const codes = /# want ([A-Z0-9 ]+)/.exec(line)?.[1]?.trim().split(/\s+/) ?? [];
    return codes.map((code) => `${index + 1} ${code}`);
  });
}

/** `LINE CODE` of what was found. */
export function placesOf(text: string, found: readonly FileFinding[]): readonly string[] {
  return found.map(({ range, code }) => `${lineAndColumn(text, range.start).line} ${code}`);
}

/** A text judged as a workspace of one file; where its first line says `# basis: cluster`, laid over a cluster that has nothing but it. */
export function judged(text: string): {
  readonly file: ManifestFile;
  readonly mesh: Mesh;
  readonly found: readonly FileFinding[];
} {
  const file = readManifestFile('file:///fixture.yaml', text);
  const own = manifestsOf(file).flatMap(({ object }) => object ?? []);
  const mesh = buildMesh({
    objects: text.startsWith('# basis: cluster') ? [...LIVE, ...own] : own,
  });
  return { file, mesh, found: fileFindings(file, mesh) };
}

const LIVE: readonly MeshObject[] = [
  decode(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-public' } },
    { kind: 'cluster' },
  ).object,
].flatMap((object) => object ?? []);
