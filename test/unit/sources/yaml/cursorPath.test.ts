import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cursorPath } from '../../../../src/sources/yaml/cursorPath.ts';

interface Case {
  readonly name: string;
  /** The cursor is at the `¦`. */
  readonly text: string;
  /** `path on word`, or nothing. */
  readonly at: string | undefined;
}

const cases: readonly Case[] = [
  { name: 'an empty document', text: '¦', at: ' key ""' },
  { name: 'a word at the root', text: 'kind: A\nsp¦', at: ' key "sp"' },
  {
    name: 'a value without text',
    text: 'spec:\n  mtls:\n    mode: ¦',
    at: 'spec.mtls.mode value ""',
  },
  {
    name: 'a value half typed, with more after it',
    text: 'spec:\n  mtls:\n    mode: STR¦\n  portLevelMtls:\n',
    at: 'spec.mtls.mode value "STR"',
  },
  { name: 'the middle of a value', text: 'spec:\n  host: a.b¦.c\n', at: 'spec.host value "a.b.c"' },
  { name: 'a new line below a key', text: 'spec:\n  mtls:\n    ¦', at: 'spec.mtls key ""' },
  {
    name: 'a new line at the level above',
    text: 'spec:\n  mtls:\n    mode: A\n  ¦',
    at: 'spec key ""',
  },
  {
    name: 'a quoted key above',
    text: 'spec:\n  portLevelMtls:\n    "8080":\n      mode: ¦',
    at: 'spec.portLevelMtls.8080.mode value ""',
  },
  {
    name: 'a field of the second item of a list',
    text: 'spec:\n  ports:\n    - port: 1\n      name: a\n    - port: 2\n      na¦',
    at: 'spec.ports.1 key "na"',
  },
  {
    name: 'a field beside the dash',
    text: 'spec:\n  subsets:\n  - name: a\n  - na¦',
    at: 'spec.subsets.1 key "na"',
  },
  {
    name: 'a value beside the dash of a list that is not indented',
    text: 'spec:\n  subsets:\n  - name: v¦',
    at: 'spec.subsets.0.name value "v"',
  },
  {
    name: 'below a field of an item',
    text: 'spec:\n  subsets:\n  - name: a\n    labels:\n      ver¦',
    at: 'spec.subsets.0.labels key "ver"',
  },
  {
    name: 'an entry of a list of words',
    text: 'spec:\n  exportTo:\n    - a\n    - b¦',
    at: 'spec.exportTo.1 key "b"',
  },
  {
    name: 'a second document',
    text: 'kind: A\nspec:\n  a:\n---\nkind: B\nspec:\n  ¦',
    at: 'spec key ""',
  },
  {
    name: 'the items of a List',
    text: 'kind: List\nitems:\n- kind: A\n  spec:\n    mtls:\n      mo¦',
    at: 'items.0.spec.mtls key "mo"',
  },
  {
    name: 'lines that end in CR LF',
    text: 'spec:\r\n  mtls:\r\n    mode: S¦\r\n',
    at: 'spec.mtls.mode value "S"',
  },
  { name: 'a comment', text: 'spec: # he¦re', at: undefined },
  { name: 'a flow mapping', text: 'spec: {mtls: ¦}', at: undefined },
];

for (const { name, text, at } of cases) {
  test(`the cursor is found in ${name}`, () => {
    const offset = text.indexOf('¦');
    const plain = text.replace('¦', '');
    const found = cursorPath(plain, offset);
    const said =
      found &&
      `${found.path.join('.')} ${found.on} "${plain.slice(found.word.start, found.word.end)}"`;
    assert.equal(said, at);
  });
}
