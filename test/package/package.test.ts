import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { bundles } from '../../scripts/bundles.ts';
import { packageExtension } from '../../scripts/package.ts';
import { inProject, packageFile } from '../../scripts/project.ts';
import { zipListing } from './zipListing.ts';

const megabyte = 1024 * 1024;

/** Everything that a user downloads. vsce renames the documents. */
const golden = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/changelog.md',
  'extension/dist/THIRD_PARTY_NOTICES.txt',
  'extension/dist/cli.js',
  'extension/dist/demo.js',
  'extension/dist/extension.js',
  'extension/dist/kube.js',
  'extension/dist/manifestFeatures.js',
  'extension/media/icon.png',
  'extension/media/mesh.svg',
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

  it('is at most 1 MB', () => {
    assert.ok(statSync(packageFile).size <= megabyte, `${statSync(packageFile).size} bytes`);
  });

  it('keeps the cluster client, the YAML library and the demo mesh out of what is loaded at activation', () => {
    const text = readFileSync(inProject('dist/extension.js'), 'utf8');
    for (const part of ['undici', 'node:tls', 'selfsigned', '"node:https"', 'YAMLParseError']) {
      assert.equal(text.includes(part), false, `dist/extension.js contains ${part}`);
    }
  });

  it('names the licence of every package that is bundled', () => {
    const notices = readFileSync(inProject('dist/THIRD_PARTY_NOTICES.txt'), 'utf8');
    for (const name of ['yaml', 'ws', '@kubernetes/client-node']) {
      assert.match(notices, new RegExp(`^${name} \\d`, 'm'));
    }
    assert.doesNotMatch(notices, /\(see below\)/);
  });

  it('holds no address that a program could report to', () => {
    const hosts =
      /https?:\/\/[^/\s"'`]*(?:telemetry|analytics|applicationinsights|sentry)[^/\s"'`]*/g;
    for (const { file } of bundles) {
      assert.deepEqual(readFileSync(inProject(file), 'utf8').match(hosts), null);
    }
  });
});
