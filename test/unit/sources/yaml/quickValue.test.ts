import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { composeYaml, plainValue } from '../../../../src/sources/yaml/composeYaml.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import { quickValue } from '../../../../src/sources/yaml/quickValue.ts';
import { rangeOfPath } from '../../../../src/sources/yaml/yamlPath.ts';
import { mutatedManifest } from '../../../properties/mutatedManifests.ts';

/** What the reader that knows all places says: a value, or that something is wrong. */
function slowly(source: string): unknown {
  const composed = composeYaml(source, 400_000);
  if (composed.kind !== 'composed' || composed.mistakes.length > 0) return 'something is wrong';
  const plain = plainValue(composed.root);
  return plain.kind === 'value' ? plain.value : 'something is wrong';
}

/** Each of them as a value, as a key and in a list. */
const scalars = [
  ...['yes', 'No', 'on', 'OFF', 'y', 'n', 'true', 'False', 'null', 'Null', '~', '', 'nullable'],
  ...['0', '-0', '+1', '12', '1_0', '017', '08', '0o17', '0x1F', '0b11', '190:20:30', '8080:80'],
  ...['0.5', '.5', '5.', '1e3', '1.5e-3', '.inf', '-.Inf', '.nan', '1.2.3', '2020-01-01', '12e'],
  ...['a:b', 'registry/app:1.0.0', 'a#b', 'a #b', '"q"', "'q'", '"\\u0041"', '<<', '=', '@a'],
  ...['&a b', '*a', '!t b', '? a', '- a', '{{ .x }}', '{}', '[]', '[a, b]', '{ a: b }', '%a', '`a'],
];

describe('values without places', () => {
  for (const scalar of scalars) {
    it(`are those with places, or none, where a text has ${JSON.stringify(scalar)}`, () => {
      for (const source of [
        `a: ${scalar}\n`,
        `- ${scalar}\n- b\n`,
        `${scalar}: a\n`,
        `{a: ${scalar}}`,
      ]) {
        const quick = quickValue(source);
        if (quick !== undefined) assert.deepEqual(quick.value, slowly(source), source);
      }
    });
  }

  it('are those with places, or none, whatever happens to a manifest', () => {
    fc.assert(
      fc.property(mutatedManifest, (source) => {
        const quick = quickValue(source);
        if (quick !== undefined) assert.deepEqual(quick.value, slowly(source));
      }),
      { numRuns: 300 },
    );
  });

  it('are there for what people write', () => {
    const source = [
      'kind: Service # of the shop',
      'metadata: { name: web, labels: { app: "web" } }',
      'spec:',
      '  ports:',
      '  - port: 80',
      '    targetPort: 8080',
      '  note: |',
      '    1: as it is',
      '  image: registry.example.com/shop/web:1.0.0',
      '',
    ].join('\n');
    assert.notEqual(quickValue(source), undefined);
  });
});

describe('a manifest whose values were read without places', () => {
  const source = 'kind: Namespace\nmetadata:\n  name: foo\n  labels: { istio-injection: 1 }\n';
  const quick = readManifestFile('a.yaml', source, { quickly: quickValue });

  it('is the same manifest', () => {
    const slow = readManifestFile('a.yaml', source);
    assert.deepEqual(manifestsOf(quick), manifestsOf(slow));
  });

  it('has its places when they are asked for', () => {
    const content = quick.documents[0]?.content;
    assert.ok(content?.kind === 'manifests');
    const { start, end } = rangeOfPath(content.root.contents, ['metadata', 'name'], 'value');
    assert.equal(source.slice(start, end), 'foo');
  });
});
