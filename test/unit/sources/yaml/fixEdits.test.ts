import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixEdits } from '../../../../src/sources/yaml/fixEdits.ts';
import type { FileFinding } from '../../../../src/sources/yaml/fileFindings.ts';
import { applyEdits } from '../../../../src/sources/yaml/textRange.ts';
import { findingFixtures, judged } from '../../../support/findingFixtures.ts';

interface Fixed {
  readonly fixture: string;
  readonly title: string;
  readonly fixed: FileFinding;
  readonly before: readonly FileFinding[];
  readonly text: string;
  readonly after: string | undefined;
}

const fixes: readonly Fixed[] = findingFixtures().flatMap(({ name, text }) => {
  const { file, found } = judged(text);
  return found.flatMap((fixed) => {
    const { fix } = fixed;
    if (fix === undefined) return [];
    const edits = fixEdits(file, fix);
    const after = edits && applyEdits(text, edits);
    return [{ fixture: name, title: fix.title, fixed, before: found, text, after }];
  });
});

/** What is said of a file, without where: a fix moves what stands below it. */
function said(found: readonly FileFinding[]): readonly string[] {
  return found.map(({ code, message }) => `${code} ${message}`);
}

describe('a fix', () => {
  it('is offered for many findings', () => {
    assert.ok(fixes.length > 10, String(fixes.length));
  });

  for (const { fixture, title, fixed, before, text, after } of fixes) {
    it(`of ${fixture}, "${title}", removes its finding and adds none`, () => {
      assert.ok(after !== undefined, 'the text could not be edited');
      const now = said(judged(after).found);
      const was = said(before);
      assert.ok(!now.includes(`${fixed.code} ${fixed.message}`), after);
      assert.deepEqual(
        now.filter((one) => !was.includes(one)),
        [],
        after,
      );
    });

    it(`of ${fixture}, "${title}", keeps what is written around it`, () => {
      const deletes = fixed.fix?.steps.some(({ kind }) => kind === 'delete-object') === true;
      if (after === undefined || deletes) return;
      const kept = after.split('\n');
      const lost = text.split('\n').filter((line) => line.startsWith('#') && !kept.includes(line));
      assert.deepEqual(lost, []);
    });
  }
});
