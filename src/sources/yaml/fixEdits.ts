import { sameRef, type Fix, type FixStep, type ObjectRef } from '../../mesh/index.ts';
import { appendManifests, canAppend, deleteField, renameKey, setField } from './edits.ts';
import { differenceOf } from './fieldChanges.ts';
import {
  readManifestFile,
  type ManifestDocument,
  type ManifestFile,
  type ManifestText,
} from './manifestFile.ts';
import { applyEdits, type TextEdit } from './textRange.ts';

/**
 * The edits of a file that carry out a fix: only what is repaired changes, so that comments and layout stay. Undefined
 * where a step is about an object that the file does not hold, or where the text cannot be edited so.
 */
export function fixEdits(file: ManifestFile, fix: Fix): readonly TextEdit[] | undefined {
  let now = file;
  for (const step of fix.steps) {
    const edits = stepEdits(now, step);
    if (edits === undefined || edits.length === 0) return undefined;
    const text = applyEdits(now.text, edits);
    const { namespace, uri } = file;
    now = readManifestFile(uri, text, { previous: now, namespace });
  }
  return differenceOf(file.text, now.text, 0);
}

function stepEdits(file: ManifestFile, step: FixStep): readonly TextEdit[] | undefined {
  if (step.kind === 'add-object') {
    return canAppend(file) ? [appendManifests(file.text, [step.manifest])] : undefined;
  }
  const place = placeOf(file, step.object);
  if (place === undefined) return undefined;
  const { document, manifest } = place;
  switch (step.kind) {
    case 'set':
      return setField(document, [...manifest.at, ...step.path], step.value);
    case 'remove':
      return deleteField(document, [...manifest.at, ...step.path]);
    case 'rename':
      return renameKey(document, [...manifest.at, ...step.path], step.to);
    case 'delete-object':
      return withoutDocument(place);
  }
}

interface Place {
  readonly document: ManifestDocument;
  readonly manifest: ManifestText;
}

/** Where the file declares an object; undefined where it does not, or does so more than once. */
function placeOf({ documents }: ManifestFile, ref: ObjectRef): Place | undefined {
  const [only, ...more] = documents.flatMap((document) =>
    document.content.kind === 'manifests'
      ? document.content.manifests
          .filter(({ object }) => object !== undefined && sameRef(object, ref))
          .map((manifest) => ({ document, manifest }))
      : [],
  );
  return more.length === 0 ? only : undefined;
}

/** Of a list only whole documents can be taken away. */
function withoutDocument({ document, manifest }: Place): readonly TextEdit[] | undefined {
  if (manifest.at.length > 0) return undefined;
  return [{ range: { start: document.start, end: document.end }, newText: '' }];
}
