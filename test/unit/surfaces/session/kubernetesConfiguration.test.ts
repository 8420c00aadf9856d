import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { describe, it } from 'node:test';
import {
  configurationOf,
  kubeconfigFilesOf,
} from '../../../../src/surfaces/session/kubernetesConfiguration.ts';

/** The Kubernetes extension as its activation leaves it, with one answer to which kubeconfig it uses. */
function neighbour(path: unknown): unknown {
  return {
    get: (component: string, version: string) =>
      component === 'configuration' && version === 'v1_1'
        ? { available: true, api: { getKubeconfigPath: () => path } }
        : { available: false, reason: 'no such API' },
  };
}

function filesOf(exports: unknown, isActive = true): readonly string[] | undefined {
  return kubeconfigFilesOf(configurationOf({ isActive, exports }));
}

const paths: readonly (readonly [string, unknown, readonly string[] | undefined])[] = [
  ['one file', { pathType: 'host', hostPath: '/home/me/prod' }, ['/home/me/prod']],
  ['several files', { pathType: 'host', hostPath: `/a${delimiter}/b` }, ['/a', '/b']],
  ['a file inside WSL, which is out of reach', { pathType: 'wsl', wslPath: '/a' }, undefined],
  ['an empty path', { pathType: 'host', hostPath: '' }, undefined],
  ['nothing', undefined, undefined],
  ['something else', 7, undefined],
];

describe('the kubeconfig of the Kubernetes extension', () => {
  for (const [name, path, files] of paths) {
    it(`is ${name}`, () => {
      assert.deepEqual(filesOf(neighbour(path)), files);
    });
  }

  it('is not asked for while that extension is not active, because asking would activate it', () => {
    const exports = {
      get: () => assert.fail('the extension was asked'),
    };
    assert.equal(filesOf(exports, false), undefined);
    assert.equal(configurationOf(undefined), undefined);
  });

  it('is unknown where that extension has no such API', () => {
    assert.equal(filesOf(undefined), undefined);
    assert.equal(filesOf({}), undefined);
    assert.equal(filesOf({ get: () => ({ available: false, reason: 'too old' }) }), undefined);
  });
});
