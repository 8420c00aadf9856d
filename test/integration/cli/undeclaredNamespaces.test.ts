import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { at, list } from '../../reference/json.ts';
import { runHere } from './runHere.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istio-mtls-undeclared-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const strict = (namespace: string): string => `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: ${namespace} }
spec: { mtls: { mode: STRICT } }
---
`;

const web = (namespace: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web }] } } }
---
`;

interface Row {
  readonly name: string;
  readonly options: readonly string[];
  /** `NAMESPACE DATAPLANE` for each workload. */
  readonly workloads: readonly string[];
  readonly complaint: RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'leaves unknown what their pods are, and says what would tell',
    options: [],
    workloads: ['bar ?', 'foo ?'],
    complaint:
      /^istio-mtls: warning: No Namespace is declared for bar, foo, so .* --assume-injected takes them as injected\.\n$/,
  },
  {
    name: 'takes all as injected',
    options: ['--assume-injected'],
    workloads: ['bar sidecar', 'foo sidecar'],
    complaint: /^$/,
  },
  {
    name: 'takes as injected those that are named',
    options: ['--assume-injected', 'foo,shop'],
    workloads: ['bar ?', 'foo sidecar'],
    complaint: /declared for bar, so/,
  },
  {
    name: 'takes the names after a sign of equality, too, and several times',
    options: ['--assume-injected=foo', '--assume-injected=bar'],
    workloads: ['bar sidecar', 'foo sidecar'],
    complaint: /^$/,
  },
];

describe('files without their Namespaces', () => {
  for (const { name, options, workloads, complaint } of rows) {
    test(name, async () => {
      await write('apps/all.yaml', web('foo') + strict('foo') + web('bar'));
      const args = ['effective', ...options, '-f', join(folder, 'apps'), '-o', 'json'];
      const { exitCode, stdout, stderr } = await runHere(args);
      assert.equal(exitCode, 0);
      assert.match(stderr, complaint);
      const found = list(at(JSON.parse(stdout), 'workloads')).map((one) => {
        const missing = list(at(one, 'missing') ?? []);
        const dataPlane = missing.length > 0 ? '?' : String(at(one, 'dataPlane'));
        return `${String(at(one, 'namespace'))} ${dataPlane}`;
      });
      assert.deepEqual(found, workloads);
    });
  }

  test('takes no target for names of namespaces', async () => {
    await write('apps/all.yaml', web('foo') + strict('foo'));
    const path = join(folder, 'apps');
    const args = ['explain', '-f', path, '--assume-injected', 'Deployment/foo/web'];
    const { exitCode, stdout } = await runHere(args);
    assert.equal(exitCode, 0);
    assert.match(stdout, /STRICT/);
  });

  test('refuses what is no name of a namespace in one sentence', async () => {
    const args = ['effective', '-f', folder, '--assume-injected=Foo'];
    const { exitCode, stderr } = await runHere(args);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /^istio-mtls: --assume-injected takes names of namespaces with commas between them, not "Foo"\.\n/,
    );
  });
});

describe('a kustomization.yaml', () => {
  test('puts what it includes into its namespace, and nothing else', async () => {
    const kustomization = 'namespace: shop\nresources: [web.yaml, policies]\n';
    await write('kustomized/kustomization.yaml', kustomization);
    await write('kustomized/web.yaml', web('old'));
    await write('kustomized/policies/kustomization.yaml', 'resources: [strict.yaml]\n');
    await write('kustomized/policies/strict.yaml', strict('older'));
    await write('kustomized/other.yaml', web('elsewhere'));
    const read = async (path: string): Promise<readonly unknown[]> => {
      const args = ['effective', '--assume-injected', '-f', join(folder, path), '-o', 'json'];
      const { stdout } = await runHere(args);
      return list(at(JSON.parse(stdout), 'workloads')).map((one) => [
        at(one, 'namespace'),
        at(one, 'mode'),
      ]);
    };
    assert.deepEqual(await read('kustomized'), [
      ['elsewhere', 'PERMISSIVE'],
      ['shop', 'STRICT'],
    ]);
    assert.deepEqual(await read('kustomized/web.yaml'), [['shop', 'PERMISSIVE']]);
  });
});
