import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { before, describe, it } from 'node:test';
import { bundles } from '../../scripts/bundles.ts';
import { packageExtension } from '../../scripts/package.ts';
import { inProject, packageFile } from '../../scripts/project.ts';
import { loadTime } from './loadTime.ts';
import { zipListing } from './zipListing.ts';

const kilobyte = 1000;

/** Everything that a user downloads. vsce renames the documents. */
const golden = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/changelog.md',
  'extension/dist/THIRD_PARTY_NOTICES.txt',
  'extension/dist/demo.js',
  'extension/dist/extension.js',
  'extension/dist/findings.json',
  'extension/dist/kube.js',
  'extension/dist/manifestFeatures.js',
  'extension/dist/matrixPage.js',
  'extension/media/icon.png',
  'extension/media/mesh.svg',
  'extension/media/walkthrough/demo.md',
  'extension/media/walkthrough/enforce.md',
  'extension/media/walkthrough/hover.md',
  'extension/media/walkthrough/probe.md',
  'extension/media/walkthrough/tree.svg',
  'extension/media/walkthrough/undo.md',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
  'extension/snippets/istio-mtls.json',
];

describe('the package', () => {
  before(packageExtension);

  it('holds only what the extension needs', () => {
    assert.deepEqual([...zipListing(packageFile)].sort(), golden);
  });

  for (const [file, kilobytes] of [
    [packageFile, 650],
    [inProject('dist/kube.js'), 600],
  ] as const) {
    it(`keeps ${basename(file)} within ${kilobytes} kB`, () => {
      const { size } = statSync(file);
      assert.ok(size <= kilobytes * kilobyte, `${size} bytes`);
    });
  }

  it('loads what talks to clusters in 60 ms beside an empty module', () => {
    const ms = loadTime(inProject('dist/kube.js'));
    assert.ok(ms <= 60, `${ms} ms`);
  });

  it('leaves out of the cluster client what it never calls', () => {
    const text = readFileSync(inProject('dist/kube.js'), 'utf8');
    for (const name of ['undici', 'js-yaml', 'jsonpath-plus', 'openid-client', 'hpagent']) {
      assert.match(text, new RegExp(`The bundle leaves ${name} out`));
      assert.doesNotMatch(notices(), new RegExp(`^${name} \\d`, 'm'));
    }
  });

  it('keeps the cluster client, the YAML library and the demo mesh out of what is loaded at activation', () => {
    const text = readFileSync(inProject('dist/extension.js'), 'utf8');
    for (const part of ['undici', 'node:tls', 'selfsigned', '"node:https"', 'YAMLParseError']) {
      assert.equal(text.includes(part), false, `dist/extension.js contains ${part}`);
    }
  });

  it('names the licence of every package that is bundled', () => {
    for (const name of ['yaml', 'ws', 'socks', '@kubernetes/client-node']) {
      assert.match(notices(), new RegExp(`^${name} \\d`, 'm'));
    }
    assert.doesNotMatch(notices(), /\(see below\)/);
  });

  it('holds no address that a program could report to', () => {
    const hosts =
      /https?:\/\/[^/\s"'`]*(?:telemetry|analytics|applicationinsights|sentry)[^/\s"'`]*/g;
    for (const { file } of bundles) {
      assert.deepEqual(readFileSync(inProject(file), 'utf8').match(hosts), null);
    }
  });
});

function notices(): string {
  return readFileSync(inProject('dist/THIRD_PARTY_NOTICES.txt'), 'utf8');
}
