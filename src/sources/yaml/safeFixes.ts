import type { FileFinding } from './fileFindings.ts';
import { fixEdits } from './fixEdits.ts';
import { readManifestFile, type ManifestFile } from './manifestFile.ts';
import { applyEdits } from './textRange.ts';

/** A file in which everything is mended that can be mended without changing what happens in a mesh. */
export interface SafelyFixed {
  readonly text: string;
  /** The findings that were mended, at their places before. */
  readonly fixed: readonly FileFinding[];
}

/** Carries out the safe fixes among the findings of a file, one after the other. */
export function withSafeFixes(file: ManifestFile, found: readonly FileFinding[]): SafelyFixed {
  let now = file;
  const fixed: FileFinding[] = [];
  for (const finding of found) {
    const { fix } = finding;
    const edits = fix?.safe === true ? fixEdits(now, fix) : undefined;
    if (edits === undefined) continue;
    const { uri, namespace } = file;
    now = readManifestFile(uri, applyEdits(now.text, edits), { previous: now, namespace });
    fixed.push(finding);
  }
  return { text: now.text, fixed };
}
