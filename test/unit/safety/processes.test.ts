import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importsOf, sourceFiles } from '../../support/sourceTree.ts';

const product = sourceFiles('src/**/*.ts');
const imports = product.flatMap(importsOf).filter(({ how }) => how !== 'types');

/** Every file that can start a program, and the only programs that it starts. */
const starters = {
  'src/demo/exec/curl.ts': 'the computer’s curl, for a command in a pod of the demo mesh',
  'src/sources/kubeconfig/execCredential.ts': 'the credential plugin that a kubeconfig names',
};

describe('programs', () => {
  it('are started by the files that are named here, and by no others', () => {
    const found = imports.filter(({ to }) => /^(?:node:)?(?:child_process|cluster)$/.test(to));
    assert.deepEqual(found.map(({ from }) => from).sort(), Object.keys(starters));
  });

  it('are not started by way of workers, other languages’ code or the inspector', () => {
    const found = imports.filter(({ to }) =>
      /^(?:node:)?(?:worker_threads|inspector|vm|wasi)$/.test(to),
    );
    assert.deepEqual(found, []);
  });

  it('are never started through a shell', () => {
    const shells = product.filter(({ tree }) => /\bshell:\s*true\b|\bexecSync?\(/.test(tree.text));
    assert.deepEqual(
      shells.map(({ path }) => path),
      [],
    );
  });
});
