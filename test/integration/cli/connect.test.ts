import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { connections } from '../../../src/cli/connect.ts';
import { printed } from '../../../src/cli/printAnswer.ts';
import { at, list } from '../../reference/json.ts';
import { meshOf, pod, service } from '../../support/meshNotation.ts';
import { cliJson, runCli } from './runCli.ts';

const tutorial = 'test/fixtures/tutorial';
const policies = 'test/fixtures/policies';

const inFoo = 'httpbin.foo.svc.cluster.local:8000';

describe('istio-mtls connect', { concurrency: 4 }, () => {
  test('the JSON contract, version 1: who refuses, how it looks, and every reason with its policy', async () => {
    const document = await cliJson([
      'connect',
      ...[
        '-f',
        tutorial,
        '-f',
        `${policies}/mesh-strict.yaml`,
        '--from',
        'legacy/sleep',
        '--to',
        'httpbin.foo:8000',
      ],
    ]);
    const [connection] = list(at(document, 'connections'));
    const { because, ...rest } = connection as Record<string, unknown>;
    assert.deepEqual(rest, {
      from: 'legacy/sleep',
      to: inFoo,
      outcome: 'refused',
      by: 'server',
      symptom: 'server-resets-plaintext',
      seenAs: { curlExit: 56, alsoCurlExit: [52] },
    });
    const deciding = list(because).find((reason) => at(reason, 'kind') === 'server-mode');
    assert.deepEqual(at(deciding, 'from'), {
      kind: 'policy',
      namespace: 'istio-system',
      name: 'default',
      field: 'spec.mtls.mode',
    });
  });

  test('--matrix asks every client for every Service port', async () => {
    const document = await cliJson(['connect', '-f', tutorial, '--matrix']);
    assert.equal(list(at(document, 'connections')).length, 6 * 3);
  });

  test('a host that nobody defines is unknown, and says what is missing', async () => {
    const document = await cliJson([
      'connect',
      '-f',
      tutorial,
      '--from',
      'foo/sleep',
      '--to',
      'nobody.foo:80',
    ]);
    const [connection] = list(at(document, 'connections'));
    assert.equal(at(connection, 'outcome'), 'unknown');
    assert.equal(at(connection, 'missing', 0, 'kind'), 'Service');
  });

  test('a client that does not exist is one sentence and exit code 2', async () => {
    const { exitCode, stdout, stderr } = await runCli([
      'connect',
      '-f',
      tutorial,
      '--from',
      'bar/nobody',
      '--to',
      'httpbin.foo:8000',
    ]);
    assert.deepEqual(
      { exitCode, stdout, stderr },
      { exitCode: 2, stdout: '', stderr: 'istio-mtls: There is no workload bar/nobody.\n' },
    );
  });
});

test('a matrix longer than any string is printed piece by piece, and holds together as JSON', () => {
  const names = Array.from({ length: 300 }, (_, index) => `foo/w${index}`);
  const mesh = meshOf(names.flatMap((name) => [pod(name, 'sidecar'), service(name)]));
  const answer = connections(mesh, { from: [], to: [], namespace: undefined, matrix: true });
  let lines = 0;
  for (const piece of printed(answer, 'wide')) lines += piece.split('\n').length - 1;
  assert.equal(lines, 1 + 300 * 300);
  const some = connections(mesh, { from: ['foo/w0'], to: [], namespace: undefined, matrix: true });
  for (const format of ['json', 'yaml'] as const) {
    const document: unknown = parse([...printed(some, format)].join(''));
    assert.equal(at(document, 'version'), 1);
    assert.equal(list(at(document, 'connections')).length, 300);
  }
});
