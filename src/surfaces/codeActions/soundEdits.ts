import { readManifestFile, type ManifestFile } from '../../sources/yaml/manifestFile.ts';
import { applyEdits, type TextEdit } from '../../sources/yaml/textRange.ts';
import { fileFindings } from '../../sources/yaml/fileFindings.ts';

/**
 * Whether edits leave a file that can be read as before and that has no problem which it did not have. YAML can be
 * written in more ways than edits can be made for: where one would do harm, none is made.
 */
export function areSound(file: ManifestFile, edits: readonly TextEdit[]): boolean {
  if (overlap(edits)) return false;
  const after = readManifestFile(file.uri, applyEdits(file.text, edits), { previous: file });
  if (unread(after) > unread(file)) return false;
  const known = messagesOf(file);
  return messagesOf(after).every((message) => {
    const at = known.indexOf(message);
    if (at >= 0) known.splice(at, 1);
    return at >= 0;
  });
}

function overlap(edits: readonly TextEdit[]): boolean {
  const ordered = [...edits].sort((left, right) => left.range.start - right.range.start);
  return ordered.some(({ range }, index) => {
    const next = ordered[index + 1]?.range;
    return next !== undefined && next.start < range.end;
  });
}

function unread({ tooLarge, documents }: ManifestFile): number {
  const lost = documents.filter(
    ({ content }) => content.kind === 'broken' || content.kind === 'too-large',
  );
  return lost.length + (tooLarge ? 1 : 0);
}

function messagesOf(file: ManifestFile): string[] {
  return fileFindings(file).map(({ message, severity }) => `${severity} ${message}`);
}
