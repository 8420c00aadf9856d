import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { appendManifests } from '../../../../src/sources/yaml/edits.ts';
import { applyEdits, type TextEdit } from '../../../../src/sources/yaml/textRange.ts';
import { placeOfEdits } from '../../../../src/surfaces/codeActions/manifestEdit.ts';

const added = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

function inserted(text: string, before: string, newText: string): TextEdit {
  const start = text.indexOf(before);
  return { range: { start, end: start }, newText };
}

/** The line that the reader is led to. */
function shownLine(text: string, edits: readonly TextEdit[]): string | undefined {
  const place = placeOfEdits(text, edits);
  return place && applyEdits(text, edits).split(/\r?\n/)[place.line - 1];
}

describe('after a code action the editor shows', () => {
  const text = 'a: 1\r\nb: 2\r\nc: 3\r\n';

  it('the first line of the object that was added, not the separator before it', () => {
    const edits = [appendManifests(text, [added])];
    assert.equal(shownLine(text, edits), 'apiVersion: v1');
  });

  it('the object that was added, though lines before it were added, too', () => {
    const edits = [appendManifests(text, [added]), inserted(text, 'b:', 'a2: 1\r\na3: 1\r\n')];
    assert.equal(shownLine(text, edits), 'apiVersion: v1');
  });

  it('the first change where nothing was added', () => {
    assert.equal(shownLine(text, [inserted(text, '3', '3'), inserted(text, '2', '2')]), 'b: 22');
  });

  it('what it showed before, where nothing changes', () => {
    assert.equal(placeOfEdits(text, []), undefined);
  });
});
