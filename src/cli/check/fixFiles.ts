import { readFile, writeFile } from 'node:fs/promises';
import type { Mesh } from '../../mesh/index.ts';
import { withSafeFixes } from '../../sources/yaml/safeFixes.ts';
import { judgedFiles, placeOf, type ManifestSource, type ReadFile } from './checkFiles.ts';
import type { FixedFinding } from './checked.ts';

/** A text with its safe fixes, and what was mended in it. */
export interface FixedText {
  readonly source: ManifestSource;
  readonly text: string;
  readonly fixed: readonly FixedFinding[];
}

/** What the safe fixes make of the files in which there are any. */
export function fixedTexts(files: readonly ReadFile[], mesh: Mesh): readonly FixedText[] {
  return [...judgedFiles(files, mesh)].flatMap(({ source, file, found }) => {
    const { text, fixed } = withSafeFixes(file, found);
    if (fixed.length === 0 || source.name === '-') return [];
    const told = fixed.map(({ code, fix, range }): FixedFinding => {
      return { code, title: fix?.title ?? '', place: placeOf(file, range) };
    });
    return [{ source, text, fixed: told }];
  });
}

/**
 * Writes the fixed text in the place of the file. False where the file has other bytes than the text that was fixed: another
 * encoding, or somebody changed it meanwhile. Rejects as the file system does.
 */
export async function writeFixed({ source, text }: FixedText): Promise<boolean> {
  const bytes = await readFile(source.name);
  if (!bytes.equals(Buffer.from(source.text, 'utf8'))) return false;
  await writeFile(source.name, text);
  return true;
}
