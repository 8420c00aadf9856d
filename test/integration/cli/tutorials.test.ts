import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sampleWorkspace } from '../../../scripts/start/sampleWorkspace.ts';
import { at, list } from '../../reference/json.ts';
import { cliJson, runCli } from './runCli.ts';

// What the tutorials ask, answered from the sample manifests that `npm start` opens, without a cluster.

let samples = '';
before(async () => {
  samples = sampleWorkspace(await mkdtemp(join(tmpdir(), 'istio-mtls-tutorials-')), {
    settings: {},
  });
});
after(async () => {
  await rm(join(samples, '..'), { recursive: true, force: true });
});

function files(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => ['-f', join(samples, name)]);
}

/** `CLIENT SERVER`, with curl's exit code where the connection is refused and the outcome where not. */
async function cells(args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const document = await cliJson(['connect', ...args]);
  return Object.fromEntries(
    list(at(document, 'connections')).map((one) => [
      `${String(at(one, 'from'))} ${String(at(one, 'to')).split('.').slice(0, 2).join('.')}`,
      at(one, 'seenAs', 'curlExit') ?? at(one, 'outcome'),
    ]),
  );
}

describe('Bookinfo in a terminal', { concurrency: 3 }, () => {
  const manifests = ['bookinfo.yaml', 'foo-bar-legacy.yaml'];
  const calls = [
    ...['--from', 'legacy/sleep', '--from', 'bookinfo/sleep'],
    ...['--to', 'ratings.bookinfo:9080', '--to', 'productpage.bookinfo:9080'],
  ];
  /** Manifests tell what pods become, so sleep of bookinfo counts as injected here. */
  const injected = {
    'bookinfo/sleep ratings.bookinfo': 'mutual-tls',
    'bookinfo/sleep productpage.bookinfo': 'mutual-tls',
  };

  test('without a policy a client without a proxy reaches everything', async () => {
    assert.deepEqual(await cells([...files(...manifests), ...calls]), {
      'legacy/sleep ratings.bookinfo': 'plaintext',
      'legacy/sleep productpage.bookinfo': 'plaintext',
      ...injected,
    });
  });

  test('STRICT but for productpage ends it with curl 56, and an injected client reaches all', async () => {
    const strict = files(...manifests, 'policies/bookinfo-strict.yaml');
    assert.deepEqual(await cells([...strict, ...calls]), {
      'legacy/sleep ratings.bookinfo': 56,
      'legacy/sleep productpage.bookinfo': 'plaintext',
      ...injected,
    });
  });
});

describe('foo, bar and legacy in a terminal', { concurrency: 4 }, () => {
  const calls = [
    ...['foo', 'bar', 'legacy'].flatMap((namespace) => ['--from', `${namespace}/sleep`]),
    ...['foo', 'bar'].flatMap((namespace) => ['--to', `httpbin.${namespace}:8000`]),
  ];
  const byDefault = {
    'foo/sleep httpbin.foo': 'mutual-tls',
    'foo/sleep httpbin.bar': 'mutual-tls',
    'bar/sleep httpbin.foo': 'mutual-tls',
    'bar/sleep httpbin.bar': 'mutual-tls',
    'legacy/sleep httpbin.foo': 'plaintext',
    'legacy/sleep httpbin.bar': 'plaintext',
  };
  const steps = [
    { step: 'no policy', policy: [], changed: {} },
    {
      step: 'STRICT for the mesh',
      policy: ['policies/mesh-strict.yaml'],
      changed: { 'legacy/sleep httpbin.foo': 56, 'legacy/sleep httpbin.bar': 56 },
    },
    {
      step: 'STRICT for foo',
      policy: ['policies/foo-strict.yaml'],
      changed: { 'legacy/sleep httpbin.foo': 56 },
    },
    {
      step: 'STRICT for one workload of bar',
      policy: ['policies/bar-httpbin-strict.yaml'],
      changed: { 'legacy/sleep httpbin.bar': 56 },
    },
  ];
  for (const { step, policy, changed } of steps) {
    test(`with ${step} exactly the cells of the tutorial are refused`, async () => {
      const inputs = files('foo-bar-legacy.yaml', ...policy);
      assert.deepEqual(await cells([...inputs, ...calls]), { ...byDefault, ...changed });
    });
  }
});

describe('the Hipster Shop in a terminal', { concurrency: 3 }, () => {
  const policy = async (mode: string): Promise<string> => {
    const path = join(samples, '..', `${mode}.yaml`);
    const spec = `spec:\n  mtls:\n    mode: ${mode}\n`;
    const metadata = 'metadata:\n  name: default\n  namespace: hipster-shop\n';
    await writeFile(
      path,
      `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\n${metadata}${spec}`,
    );
    return path;
  };

  for (const mode of ['STRICT', 'PERMISSIVE']) {
    test(`the ports of frontend follow ${mode} of the namespace`, async () => {
      const inputs = [...files('hipster-shop.yaml'), '-f', await policy(mode)];
      const document = await cliJson(['effective', ...inputs, '-n', 'hipster-shop']);
      const frontend = list(at(document, 'workloads')).find(
        (one) => at(one, 'name') === 'frontend',
      );
      assert.equal(at(frontend, 'ports', '8080', 'mode'), mode);
      assert.equal(at(frontend, 'ports', '8080', 'from', 'namespace'), 'hipster-shop');
    });
  }

  test('diff says what STRICT would change before it is applied', async () => {
    const before = files('hipster-shop.yaml');
    const both = join(samples, '..', 'both.yaml');
    const text = await readFile(join(samples, 'hipster-shop.yaml'), 'utf8');
    await writeFile(both, `${text}---\n${await readFile(await policy('STRICT'), 'utf8')}`);
    const { exitCode, stdout } = await runCli(['diff', ...before, '-f', both]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /^Deployment\/hipster-shop\/frontend:8080 +PERMISSIVE +STRICT$/m);
  });
});
