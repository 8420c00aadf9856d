import type { Manifest, ObjectRef } from '../../mesh/index.ts';
import { asObject, sameRef } from '../../mesh/index.ts';
import { appendManifests } from '../../sources/yaml/edits.ts';
import { editDocument, fieldChanges, type FieldChange } from '../../sources/yaml/fieldChanges.ts';
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
import { areSound } from './soundEdits.ts';

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

/**
 * The text edits of one file: objects that it declares are changed in place, new ones appended. None at all where they
 * would leave a text that cannot be read, or a problem that was not there.
 */
export function textEdits(file: ManifestFile, edits: readonly ManifestEdit[]): readonly TextEdit[] {
  const created = edits.flatMap((edit) => (edit.kind === 'create' ? [edit.manifest] : []));
  const changes = new Map<ManifestDocument, readonly FieldChange[]>();
  for (const edit of edits) {
    const found = edit.kind === 'create' ? undefined : findManifest(file, edit.ref);
    if (edit.kind === 'create' || found === undefined) continue;
    const { document, manifest } = found;
    changes.set(document, [...(changes.get(document) ?? []), ...changesOf(manifest, edit)]);
  }
  const inPlace = [...changes].flatMap(([document, list]) => editDocument(document, list));
  const all = created.length === 0 ? inPlace : [...inPlace, appendManifests(file.text, created)];
  return areSound(file, all) ? all : [];
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

function changesOf(
  { at, value }: ManifestText,
  edit: Exclude<ManifestEdit, { kind: 'create' }>,
): readonly FieldChange[] {
  if (edit.kind === 'set') {
    return [{ kind: 'set', path: [...at, ...edit.path], value: edit.value }];
  }
  return fieldChanges(asObject(value)?.['spec'], edit.spec, [...at, 'spec']);
}
