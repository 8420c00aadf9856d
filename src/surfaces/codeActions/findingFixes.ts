import type { Mesh } from '../../mesh/index.ts';
import { fileFindings, type FileFinding } from '../../sources/yaml/fileFindings.ts';
import { fixEdits } from '../../sources/yaml/fixEdits.ts';
import type { ManifestFile } from '../../sources/yaml/manifestFile.ts';
import { withSafeFixes } from '../../sources/yaml/safeFixes.ts';
import type { TextEdit, TextRange } from '../../sources/yaml/textRange.ts';
import { differenceOf } from '../../sources/yaml/fieldChanges.ts';

/** What repairs a finding of a file, offered where it is underlined. */
export interface FindingFix {
  readonly title: string;
  readonly code: string;
  readonly range: TextRange;
  readonly edits: readonly TextEdit[];
  readonly isPreferred: boolean;
}

/** The fixes of findings that touch a range of a file; `mesh` may be unknown yet. */
export function findingFixes(
  file: ManifestFile,
  mesh: Mesh | undefined,
  { start, end }: TextRange,
): readonly FindingFix[] {
  return fileFindings(file, mesh)
    .filter(({ range }) => range.start <= end && start <= range.end)
    .flatMap((found) => fixOf(file, found) ?? []);
}

function fixOf(file: ManifestFile, { fix, code, range }: FileFinding): FindingFix | undefined {
  const edits = fix && fixEdits(file, fix);
  if (fix === undefined || edits === undefined) return undefined;
  return { title: fix.title, code, range, edits, isPreferred: fix.safe };
}

/** One edit that carries out every fix of a file which is right without looking; undefined where there is none. */
export function safeFixes(
  file: ManifestFile,
  mesh: Mesh | undefined,
): readonly TextEdit[] | undefined {
  const { text, fixed } = withSafeFixes(file, fileFindings(file, mesh));
  return fixed.length === 0 ? undefined : differenceOf(file.text, text, 0);
}
