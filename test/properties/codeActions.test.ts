import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import { manifestAround } from '../../src/sources/yaml/manifestAt.ts';
import {
  manifestsOf,
  readManifestFile,
  type ManifestFile,
} from '../../src/sources/yaml/manifestFile.ts';
import { applyEdits, type TextEdit } from '../../src/sources/yaml/textRange.ts';
import { legacyPolicyFixes } from '../../src/surfaces/codeActions/legacyPolicyFixes.ts';
import { textEdits } from '../../src/surfaces/codeActions/manifestEdit.ts';
import { policyActions } from '../../src/surfaces/codeActions/policyActions.ts';
import { quickFixes } from '../../src/surfaces/codeActions/quickFixes.ts';
import { areSound } from '../../src/surfaces/codeActions/soundEdits.ts';
import { fileFindings } from '../../src/sources/yaml/fileFindings.ts';
import { mutatedManifest } from './mutatedManifests.ts';
import { numRuns } from './runs.ts';

const uri = 'file:///a.yaml';

interface Offer {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Every code action at every manifest of a file, as the editor would offer it. */
function offersIn(file: ManifestFile): readonly Offer[] {
  const mesh = buildMesh({ objects: manifestsOf(file).flatMap(({ object }) => object ?? []) });
  return file.documents.flatMap(({ start, end }) => {
    const place = manifestAround(file, Math.floor((start + end) / 2));
    if (place === undefined) return [];
    const fixes = [...quickFixes(place, mesh), ...legacyPolicyFixes(file, place, mesh)];
    const { object } = place.manifest;
    const cursor = object && { file, object, topic: undefined, declared: [] };
    const policies = cursor === undefined ? [] : policyActions(mesh, cursor);
    return [
      ...fixes.filter(({ edits }) => areSound(file, edits)),
      ...policies.flatMap(({ title, outcome }): readonly Offer[] =>
        outcome.kind === 'edits'
          ? outcome.files.map(({ edits }) => ({ title, edits: textEdits(file, edits) }))
          : [],
      ),
    ];
  });
}

/** What a text has become worse by: overlapping edits, documents that cannot be read any more, problems. */
function harm(file: ManifestFile, { title, edits }: Offer): readonly string[] {
  const ordered = [...edits].sort((left, right) => left.range.start - right.range.start);
  for (const [index, { range }] of ordered.entries()) {
    const next = ordered[index + 1];
    if (next !== undefined && next.range.start < range.end) return [`${title}: edits overlap`];
  }
  const after = readManifestFile(uri, applyEdits(file.text, edits));
  const before = [...brokenIn(file), ...fileFindings(file).map(({ message }) => message)];
  return [...brokenIn(after), ...fileFindings(after).map(({ message }) => message)]
    .filter((message) => !before.includes(message))
    .map((message) => `${title}: ${message}`);
}

function brokenIn({ documents }: ManifestFile): readonly string[] {
  return documents
    .filter(({ content }) => content.kind === 'broken')
    .map((_, index) => `broken ${index}`);
}

describe('a code action', () => {
  it('never yields edits that overlap, a text that cannot be read, or a problem that was not there', () => {
    let offered = 0;
    let empty = 0;
    fc.assert(
      fc.property(mutatedManifest, (text) => {
        const file = readManifestFile(uri, text);
        for (const offer of offersIn(file)) {
          offered += 1;
          if (offer.edits.length === 0) empty += 1;
          assert.deepEqual(harm(file, offer), [], text);
        }
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    );
    assert.ok(offered > 100, `${offered} were offered`);
    assert.ok(empty < offered / 20, `${empty} of ${offered} would do nothing`);
  });

  it('renames a misspelt block in place, and nothing else', () => {
    const text = [
      'apiVersion: security.istio.io/v1',
      'kind: PeerAuthentication',
      'metadata: {name: default, namespace: foo}',
      'spec:',
      '  mtl:',
      '    mode: PERMISSIVE',
      '',
    ].join('\n');
    const file = readManifestFile(uri, text);
    const offer = offersIn(file).find(({ title }) =>
      title.startsWith('Require mutual TLS (STRICT)'),
    );
    assert.ok(offer);
    assert.equal(
      applyEdits(text, offer.edits),
      text.replace('  mtl:\n    mode: PERMISSIVE', '  mtls:\n    mode: STRICT'),
    );
  });
});
