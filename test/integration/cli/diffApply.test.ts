import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runHere } from './runHere.ts';

const base = ['--base', 'test/fixtures/tutorial'];
const strict = `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: foo }
spec: { mtls: { mode: STRICT } }
`;

describe('istio-mtls diff --base PATH --apply PATH', () => {
  test('tells what applying one file over many changes, though it is no whole mesh', async () => {
    const { exitCode, stdout, stderr } = await runHere(['diff', ...base, '--apply', '-'], strict);
    assert.deepEqual({ exitCode, stderr }, { exitCode: 1, stderr: '' });
    assert.match(stdout, /^foo +PERMISSIVE +STRICT$/m);
    assert.match(stdout, /^legacy\/sleep +httpbin\.foo\.\S+ +plaintext +refused by server$/m);
    assert.doesNotMatch(stdout, /^bar /m);
  });

  test('lays an object of the same name over the other, once', async () => {
    const again = strict.replace('STRICT', 'DISABLE');
    const args = ['diff', '--base', 'test/fixtures/tutorial-strict', '--apply', '-'];
    const { stdout } = await runHere(args, again);
    assert.match(stdout, /^foo +STRICT +DISABLE$/m);
  });

  test('what is there already changes nothing', async () => {
    const args = ['diff', ...base, '--apply', 'test/fixtures/tutorial/foo.yaml'];
    const { exitCode, stdout } = await runHere(args);
    assert.deepEqual(
      { exitCode, stdout },
      { exitCode: 0, stdout: 'No mode and no outcome changes.\n' },
    );
  });

  for (const args of [
    base,
    ['--apply', 'x.yaml'],
    [...base, '--apply', 'x.yaml', '-f', 'y.yaml'],
    ['--context', 'c', ...base, '--apply', 'x.yaml'],
  ]) {
    test(`${args.join(' ')} is half a question`, async () => {
      const { exitCode, stderr } = await runHere(['diff', ...args]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /^istio-mtls: Give --base PATH and --apply PATH/);
    });
  }
});
