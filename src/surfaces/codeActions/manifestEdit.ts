import type { Manifest, ObjectRef } from '../../mesh/index.ts';
import { sameRef } from '../../mesh/index.ts';
import { appendManifests, deleteField, setField } from '../../sources/yaml/edits.ts';
import type {
  ManifestDocument,
  ManifestFile,
  ManifestText,
} from '../../sources/yaml/manifestFile.ts';
import {
  applyEdits,
  lineAndColumn,
  type LineAndColumn,
  type TextEdit,
} from '../../sources/yaml/textRange.ts';
import type { YamlPath } from '../../sources/yaml/yamlPath.ts';

/** A change of one object as a file is to spell it. */
export type ManifestEdit =
  | { readonly kind: 'create'; readonly manifest: Manifest }
  /** Changes only the fields of `spec` that differ from what the file says. */
  | { readonly kind: 'reshape'; readonly ref: ObjectRef; readonly spec: unknown }
  | {
      readonly kind: 'set';
      readonly ref: ObjectRef;
      readonly path: YamlPath;
      readonly value: unknown;
    };

/** The text edits of one file: objects that it declares are changed in place, new ones appended. */
export function textEdits(file: ManifestFile, edits: readonly ManifestEdit[]): readonly TextEdit[] {
  const created = edits.flatMap((edit) => (edit.kind === 'create' ? [edit.manifest] : []));
  const inPlace = edits.flatMap((edit) => (edit.kind === 'create' ? [] : editInPlace(file, edit)));
  return created.length === 0 ? inPlace : [...inPlace, appendManifests(file.text, created)];
}

/** Where the edited text shows what was done: at the first object that was added, else at the first change. */
export function placeOfEdits(text: string, edits: readonly TextEdit[]): LineAndColumn | undefined {
  const after = applyEdits(text, edits);
  let first: number | undefined;
  let shift = 0;
  for (const { range, newText } of [...edits].sort((a, b) => a.range.start - b.range.start)) {
    const start = range.start + shift;
    const added = newText.search(/^apiVersion:/m);
    if (added >= 0) return lineAndColumn(after, start + added);
    first ??= start;
    shift += newText.length - (range.end - range.start);
  }
  return first === undefined ? undefined : lineAndColumn(after, first);
}

/** The place of an object in a file; undefined when the file does not declare it. */
export function findManifest(
  file: ManifestFile,
  ref: ObjectRef,
): { readonly document: ManifestDocument; readonly manifest: ManifestText } | undefined {
  for (const document of file.documents) {
    if (document.content.kind !== 'manifests') continue;
    const manifest = document.content.manifests.find(
      ({ object }) => object !== undefined && sameRef(object, ref),
    );
    if (manifest !== undefined) return { document, manifest };
  }
  return undefined;
}

function editInPlace(
  file: ManifestFile,
  edit: Exclude<ManifestEdit, { kind: 'create' }>,
): readonly TextEdit[] {
  const found = findManifest(file, edit.ref);
  if (found === undefined) return [];
  const { document, manifest } = found;
  if (edit.kind === 'set') return setField(document, [...manifest.at, ...edit.path], edit.value);
  const before = asRecord(manifest.value)?.['spec'];
  return reshape(document, [...manifest.at, 'spec'], { before, after: edit.spec });
}

/** Edits for the innermost fields that differ. */
export function reshape(
  document: ManifestDocument,
  path: YamlPath,
  { before, after }: { readonly before: unknown; readonly after: unknown },
): readonly TextEdit[] {
  const old = asRecord(before);
  const wanted = asRecord(after);
  if (old === undefined || wanted === undefined) {
    return before === after ? [] : setField(document, path, after);
  }
  const removed = Object.keys(old).filter((key) => !(key in wanted));
  return [
    ...removed.flatMap((key) => deleteField(document, [...path, key])),
    ...Object.entries(wanted).flatMap(([key, value]) =>
      reshape(document, [...path, key], { before: old[key], after: value }),
    ),
  ];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
