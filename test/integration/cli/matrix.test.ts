import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runHere } from './runHere.ts';

const matrix = ['connect', '-f', 'test/fixtures/tutorial-strict', '--matrix'];

describe('istio-mtls connect --matrix', () => {
  test('is a grid in which clients that fare alike are one row', async () => {
    const { stdout } = await runHere(matrix);
    assert.deepEqual(stdout.split('\n'), [
      'FROM                                            1  2  3',
      'bar/httpbin, bar/sleep, foo/httpbin, foo/sleep  M  M  P',
      'legacy/httpbin, legacy/sleep                    P  X  P',
      '',
      '1  httpbin.bar.svc.cluster.local:8000',
      '2  httpbin.foo.svc.cluster.local:8000',
      '3  httpbin.legacy.svc.cluster.local:8000',
      '',
      'M mutual TLS   T one-way TLS   P plaintext   X refused   ? unknown   M/X depends on the endpoint or the client pod',
      '',
    ]);
  });

  test('-o wide has a line with the reasons for each connection', async () => {
    const { stdout } = await runHere([...matrix, '-o', 'wide']);
    assert.match(stdout, /^FROM +TO +OUTCOME +ENDPOINTS +BECAUSE$/m);
    assert.match(
      stdout,
      /^legacy\/sleep +httpbin\.foo\.svc\.cluster\.local:8000 +refused by server +1\/1 +The client legacy\/sleep has no proxy/m,
    );
  });

  test('-o markdown is a table for a pull request, in which names cannot end a cell', async () => {
    const { stdout } = await runHere([...matrix, '-o', 'markdown', '--from', 'legacy/sleep']);
    assert.deepEqual(stdout.split('\n').slice(0, 3), [
      '| from \\ to | `httpbin.bar.svc.cluster.local:8000`<br>`httpbin.legacy.svc.cluster.local:8000` | `httpbin.foo.svc.cluster.local:8000` |',
      '| --- | --- | --- |',
      '| `legacy/sleep` | P | X |',
    ]);
  });

  test('other commands have neither', async () => {
    for (const format of ['wide', 'markdown']) {
      const { exitCode, stderr } = await runHere(['effective', '-f', '.', '-o', format]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /-o takes table, json or yaml, not/);
    }
  });
});
