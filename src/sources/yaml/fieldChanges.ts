import { asObject } from '../../mesh/index.ts';
import { deleteField, setField } from './edits.ts';
import { readManifestFile, type ManifestDocument } from './manifestFile.ts';
import { applyEdits, type TextEdit } from './textRange.ts';
import type { YamlPath } from './yamlPath.ts';

/** One field of a document: its new value, or that it goes. */
export type FieldChange =
  | { readonly kind: 'set'; readonly path: YamlPath; readonly value: unknown }
  | { readonly kind: 'delete'; readonly path: YamlPath };

/**
 * The innermost fields that differ between two values. What is set comes first, so that no block is empty, and
 * taken away with its last field, before it is filled again.
 */
export function fieldChanges(
  before: unknown,
  after: unknown,
  path: YamlPath,
): readonly FieldChange[] {
  const found = differences(before, after, path);
  return [
    ...found.filter(({ kind }) => kind === 'set'),
    ...found.filter(({ kind }) => kind === 'delete'),
  ];
}

function differences(before: unknown, after: unknown, path: YamlPath): readonly FieldChange[] {
  const old = asObject(before);
  const wanted = asObject(after);
  if (old === undefined || wanted === undefined) {
    return before === after ? [] : [{ kind: 'set', path, value: after }];
  }
  const removed = Object.keys(old).filter((key) => !Object.hasOwn(wanted, key));
  return [
    ...removed.map((key): FieldChange => ({ kind: 'delete', path: [...path, key] })),
    ...Object.entries(wanted).flatMap(([key, value]) =>
      differences(Object.hasOwn(old, key) ? old[key] : undefined, value, [...path, key]),
    ),
  ];
}

/**
 * One edit of the file that makes several changes of a document, one after the other: each finds the text that the
 * one before it left. Nothing, when the document cannot be read any more on the way.
 */
export function editDocument(
  document: ManifestDocument,
  changes: readonly FieldChange[],
): readonly TextEdit[] {
  let source = document.source;
  for (const change of changes) {
    const [now, ...others] = readManifestFile('', source).documents;
    if (now?.content.kind !== 'manifests' || others.length > 0) return [];
    const edits =
      change.kind === 'set'
        ? setField(now, change.path, change.value)
        : deleteField(now, change.path);
    source = applyEdits(source, edits);
  }
  return differenceOf(document.source, source, document.start);
}

/** One edit for the part of two texts that differs, whole line ends included; `shift` is where the text stands in its file. */
export function differenceOf(before: string, after: string, shift: number): readonly TextEdit[] {
  if (before === after) return [];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  if (before[start - 1] === '\r') start -= 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  if (before.at(-tail) === '\n' && before.at(-1 - tail) === '\r' && tail > 0) tail -= 1;
  const end = before.length - tail;
  return [
    {
      range: { start: start + shift, end: end + shift },
      newText: after.slice(start, after.length - tail),
    },
  ];
}
