import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sampleWorkspace } from '../../../../scripts/start/sampleWorkspace.ts';
import { refKey } from '../../../../src/mesh/index.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';

describe('the sample manifests that npm start opens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-samples-'));
  let files: readonly string[] = [];

  before(() => {
    const workspace = sampleWorkspace(folder, { settings: {} });
    files = globSync('**/*.yaml', { cwd: workspace }).map((file) => join(workspace, file));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('are objects that the engine reads without a complaint', () => {
    assert.ok(files.length > 3, `only ${files.join()}`);
    for (const file of files) {
      const manifests = manifestsOf(readManifestFile(file, readFileSync(file, 'utf8')));
      assert.ok(manifests.length > 0, file);
      assert.deepEqual(
        manifests.flatMap(({ problems }) => problems),
        [],
        file,
      );
    }
  });

  it('declare each object once', () => {
    for (const file of files) {
      const declared = manifestsOf(readManifestFile(file, readFileSync(file, 'utf8'))).map(
        ({ object }) => (object === undefined ? '' : refKey(object)),
      );
      const twice = declared.filter((key, index) => key !== '' && declared.indexOf(key) < index);
      assert.deepEqual(twice, [], file);
    }
  });

  it('say nothing but what a person would have applied', () => {
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      assert.doesNotMatch(text, /^ *annotations:/m, file);
      assert.doesNotMatch(text, /^ *status:/m, file);
    }
  });
});
