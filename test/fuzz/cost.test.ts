import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseYaml } from '../../src/sources/yaml/parseYaml.ts';
import { readManifestFile } from '../../src/sources/yaml/manifestFile.ts';

const size = 390 * 1024;
const header = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';

function filled(piece: (index: number) => string): string {
  const pieces: string[] = [];
  for (let length = header.length, index = 0; length < size; index += 1) {
    const next = piece(index);
    pieces.push(next);
    length += next.length;
  }
  return pieces.join('');
}

/** The largest ordinary document that the editor reads: what everything else is measured against. */
const ordinary = `${header}spec:\n${Array.from({ length: 1_800 }, (_, at) => `  key${at}: value\n`).join('')}`;

const shapes: Readonly<Record<string, string>> = {
  'many keys': filled((at) => `k${at}: v\n`),
  'bare line ends': filled(() => '\r'),
  'keys between bare line ends': filled((at) => `k${at}: v\r`),
  'anchors and aliases': filled((at) => `k${at}: &a${at} v\nl${at}: *a${at}\n`),
  'a list in brackets': `x: [${filled(() => '1,')}1]\n`,
  brackets: `x: ${filled(() => '[')}`,
  dashes: filled(() => '- '),
  'question marks': filled(() => '? '),
  tags: `x: ${filled(() => '!a ')}`,
  comments: filled(() => '# c\n'),
  'empty lines': filled(() => '\n'),
  'a long text': `x: "${filled(() => 'a b\\n')}"\n`,
  'lines of text': `x: |\n${filled(() => '  {{ a }}\n')}`,
};

/** Processor time of the fastest of several tries, in milliseconds. */
function cost(work: () => void): number {
  const tries = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...tries);
}

describe('what 400 KiB of any shape cost', () => {
  const file = readManifestFile('file:///a.yaml', ordinary);
  const unit = cost(() => readManifestFile('file:///a.yaml', ordinary));

  it('is measured against a document that is read', () => {
    assert.equal(file.documents[0]?.content.kind, 'manifests');
  });

  for (const [what, source] of Object.entries(shapes)) {
    it(`is at most three times what the largest ordinary document costs: ${what}`, () => {
      const manifest = cost(() => readManifestFile('file:///a.yaml', header + source));
      const config = cost(() => parseYaml(source));
      assert.ok(
        manifest < 3 * unit && config < 3 * unit,
        `${manifest} and ${config}, unit ${unit} ms`,
      );
    });
  }
});
