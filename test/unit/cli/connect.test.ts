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

/** The cells of the tutorial: three clients, two servers in the mesh. */
async function tutorialMatrix(
  ...files: readonly string[]
): Promise<Readonly<Record<string, unknown>>> {
  const clients = ['foo', 'bar', 'legacy'].flatMap((namespace) => ['--from', `${namespace}/sleep`]);
  const servers = ['foo', 'bar'].flatMap((namespace) => ['--to', `httpbin.${namespace}:8000`]);
  const inputs = [tutorial, ...files].flatMap((file) => ['-f', file]);
  const document = await cliJson(['connect', ...inputs, ...clients, ...servers]);
  return Object.fromEntries(
    list(at(document, 'connections')).map((one) => [
      `${String(at(one, 'from'))} ${String(at(one, 'to'))}`,
      at(one, 'seenAs', 'curlExit') ?? at(one, 'outcome'),
    ]),
  );
}

const inFoo = 'httpbin.foo.svc.cluster.local:8000';
const inBar = 'httpbin.bar.svc.cluster.local:8000';
const byDefault = {
  [`foo/sleep ${inFoo}`]: 'mutual-tls',
  [`foo/sleep ${inBar}`]: 'mutual-tls',
  [`bar/sleep ${inFoo}`]: 'mutual-tls',
  [`bar/sleep ${inBar}`]: 'mutual-tls',
  [`legacy/sleep ${inFoo}`]: 'plaintext',
  [`legacy/sleep ${inBar}`]: 'plaintext',
};

describe(
  'istio-mtls connect answers the tutorials from their manifests',
  { concurrency: 4 },
  () => {
    const steps = [
      { step: 'no policy', files: [], changed: {} },
      {
        step: 'STRICT for the mesh',
        files: [`${policies}/mesh-strict.yaml`],
        changed: { [`legacy/sleep ${inFoo}`]: 56, [`legacy/sleep ${inBar}`]: 56 },
      },
      {
        step: 'STRICT for foo',
        files: [`${policies}/foo-strict.yaml`],
        changed: { [`legacy/sleep ${inFoo}`]: 56 },
      },
      {
        step: 'STRICT for one workload of bar',
        files: [`${policies}/bar-httpbin-strict.yaml`],
        changed: { [`legacy/sleep ${inBar}`]: 56 },
      },
    ];
    for (const { step, files, changed } of steps) {
      test(`foo, bar, legacy with ${step}: exactly the cells of the tutorial are refused`, async () => {
        assert.deepEqual(await tutorialMatrix(...files), { ...byDefault, ...changed });
      });
    }

    test('Bookinfo: productpage stays open for a client outside the mesh while ratings is closed', async () => {
      const document = await cliJson([
        'connect',
        ...['-f', 'test/fixtures/bookinfo', '--from', 'default/sleep'],
        ...['--to', 'ratings.bookinfo:9080', '--to', 'productpage.bookinfo:9080'],
      ]);
      const outcomes = list(at(document, 'connections')).map((one) => at(one, 'outcome'));
      assert.deepEqual(outcomes, ['refused', 'plaintext']);
    });

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
        symptom: 'F1',
        seenAs: { curlExit: 56 },
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
  },
);

test('a matrix longer than any string is printed piece by piece, and holds together as JSON', () => {
  const names = Array.from({ length: 300 }, (_, index) => `foo/w${index}`);
  const mesh = meshOf(names.flatMap((name) => [pod(name, 'sidecar'), service(name)]));
  const answer = connections(mesh, { from: [], to: [], namespace: undefined });
  let lines = 0;
  for (const piece of printed(answer, 'table')) lines += piece.split('\n').length - 1;
  assert.equal(lines, 1 + 300 * 300);
  const some = connections(mesh, { from: ['foo/w0'], to: [], namespace: undefined });
  for (const format of ['json', 'yaml'] as const) {
    const document: unknown = parse([...printed(some, format)].join(''));
    assert.equal(at(document, 'version'), 1);
    assert.equal(list(at(document, 'connections')).length, 300);
  }
});
