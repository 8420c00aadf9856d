import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { manifestAround, manifestAt } from '../../src/sources/yaml/manifestAt.ts';
import { readManifestFile } from '../../src/sources/yaml/manifestFile.ts';
import { textEdits } from '../../src/surfaces/codeActions/manifestEdit.ts';
import { policyActions } from '../../src/surfaces/codeActions/policyActions.ts';
import { quickFixes } from '../../src/surfaces/codeActions/quickFixes.ts';
import { fileFindings } from '../../src/sources/yaml/fileFindings.ts';
import { meshOfDocument } from '../../src/surfaces/yamlContext/documentMesh.ts';
import { hoverBlocks } from '../../src/surfaces/hover/hoverText.ts';
import { topicAt } from '../../src/surfaces/hover/hoverTopic.ts';
import { markdownOf } from '../../src/surfaces/platform/markdown.ts';

interface Snippet {
  readonly body: readonly string[];
}

const snippets = JSON.parse(
  readFileSync(new URL('../../snippets/istio-mtls.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Snippet>>;

/** Every snippet as one file, without its tab stops. */
const whole = Object.values(snippets)
  .map(({ body }) => body.join('\n').replace(/\$\{\d+[:|]([^},|]*)[^}]*\}|\$\d/g, '$1'))
  .join('\n---\n');

const wreck = fc.constantFrom(
  '',
  '{',
  ']',
  '"',
  '\t',
  '{{ .x }}',
  '<<<<<<< HEAD\n',
  '---\n',
  '- ',
  ': ',
  '&a ',
  '*a',
  '\u0000',
  '🔒',
);

/** A text with some pieces replaced by rubbish. */
const damaged = fc
  .array(fc.tuple(fc.nat(whole.length), fc.nat(30), wreck), { maxLength: 4 })
  .map((cuts) =>
    cuts.reduce(
      (text, [at, length, by]) => text.slice(0, at) + by + text.slice(at + length),
      whole,
    ),
  );

/** Everything that the editor asks about one place of a text. */
function askEverything(text: string, offset: number): void {
  const file = readManifestFile('file:///a.yaml', text);
  for (const { range } of fileFindings(file)) {
    assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length + 1);
  }
  const nothing = { objects: [], files: 0, truncated: false };
  const judged = meshOfDocument(file, { cluster: undefined, workspace: nothing });
  const around = manifestAround(file, offset);
  if (judged === undefined || around === undefined) return;
  quickFixes(around, judged.mesh);
  const place = manifestAt(file, offset);
  const topic = place && topicAt(place.manifest, place.path);
  if (place !== undefined && topic !== undefined) {
    markdownOf(hoverBlocks(judged, place.manifest, { topic, now: 0 }));
  }
  const { object } = around.manifest;
  if (object === undefined) return;
  for (const { outcome } of policyActions(judged.mesh, { file, object, topic, declared: [] })) {
    if (outcome.kind === 'edits') outcome.files.forEach(({ edits }) => textEdits(file, edits));
  }
}

test('no text that somebody is typing makes a feature throw', () => {
  fc.assert(
    fc.property(damaged, fc.nat(whole.length), (text, offset) => {
      askEverything(text, offset);
    }),
    { numRuns: 60 },
  );
});

test('every place of a valid file is answered', () => {
  for (let offset = 0; offset <= whole.length; offset += 97) askEverything(whole, offset);
});
