import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Files } from '../../../../src/sources/yaml/files.ts';
import { WorkspaceManifests } from '../../../../src/sources/yaml/workspaceManifests.ts';

const namespace = (name: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`;

/** A workspace in memory that can be changed and that counts what was read. */
function workspace(initial: Readonly<Record<string, string>>) {
  const texts = new Map(Object.entries(initial));
  const listeners = new Set<(uri: string) => void>();
  const reads: string[] = [];
  const files: Files = {
    list: () => Promise.resolve([...texts.keys()]),
    read: (uri) => {
      reads.push(uri);
      return Promise.resolve(texts.get(uri));
    },
    onDidChange: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  const write = (uri: string, text: string | undefined): void => {
    if (text === undefined) texts.delete(uri);
    else texts.set(uri, text);
    for (const listener of listeners) listener(uri);
  };
  return { files, write, reads, listeners };
}

function names(manifests: WorkspaceManifests): readonly string[] {
  return manifests.current?.objects.map(({ name }) => name) ?? [];
}

test('nothing is read before somebody asks', () => {
  const { files, reads } = workspace({ 'a.yaml': namespace('foo') });
  const manifests = new WorkspaceManifests(files);
  assert.deepEqual(reads, []);
  assert.equal(manifests.current, undefined);
  manifests.dispose();
});

test('the objects of all files are declared together, in the order of the files', async () => {
  const { files } = workspace({
    'b.yaml': namespace('bar'),
    'a.yaml': namespace('foo'),
    'notes.yaml': 'title: none of ours\n',
  });
  const manifests = new WorkspaceManifests(files);
  await manifests.load();
  assert.deepEqual(names(manifests), ['foo', 'bar']);
  assert.equal(manifests.current?.files, 2);
  manifests.dispose();
});

test('changed, added and removed files are followed one by one', async () => {
  const { files, write, reads } = workspace({
    'a.yaml': namespace('foo'),
    'b.yaml': namespace('bar'),
  });
  const manifests = new WorkspaceManifests(files);
  await manifests.load();
  reads.length = 0;
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      const subscription = manifests.subscribe(() => {
        subscription.dispose();
        resolve();
      });
    });
  for (const [uri, text, expected] of [
    ['a.yaml', namespace('other'), ['other', 'bar']],
    ['c.yaml', namespace('new'), ['other', 'bar', 'new']],
    ['b.yaml', undefined, ['other', 'new']],
    ['a.yaml', 'kind: Namespace\nmetadata: [', ['new']],
  ] as const) {
    const told = next();
    write(uri, text);
    await told;
    assert.deepEqual(names(manifests), expected);
  }
  assert.deepEqual(reads, ['a.yaml', 'c.yaml', 'b.yaml', 'a.yaml']);
  manifests.dispose();
});

test('a slow reading of an old text does not overwrite a newer one', async () => {
  const { files, write } = workspace({ 'a.yaml': namespace('old') });
  const slow: ((text: string) => void)[] = [];
  let answer: Files['read'] = (uri, signal) => files.read(uri, signal);
  const manifests = new WorkspaceManifests({ ...files, read: (...args) => answer(...args) });
  await manifests.load();
  answer = () => new Promise((resolve) => slow.push(resolve));
  write('a.yaml', namespace('stale'));
  write('a.yaml', namespace('fresh'));
  slow[1]?.(namespace('fresh'));
  await new Promise((resolve) => setImmediate(resolve));
  slow[0]?.(namespace('stale'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(names(manifests), ['fresh']);
  manifests.dispose();
});

test('after disposal nothing is listened to any more', async () => {
  const { files, listeners } = workspace({ 'a.yaml': namespace('foo') });
  const manifests = new WorkspaceManifests(files);
  await manifests.load();
  assert.equal(listeners.size, 1);
  manifests.dispose();
  assert.equal(listeners.size, 0);
});

test('a kustomization puts the files that it includes into its namespace, for as long as it does', async () => {
  const policy = 'apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: old }\n';
  const kustomization = 'namespace: shop\nresources: [a b/web.yaml]\n';
  const { files, write } = workspace({
    'file:///repo/a%20b/web.yaml': policy,
    'file:///repo/kustomization.yaml': kustomization,
  });
  const manifests = new WorkspaceManifests(files);
  await manifests.load();
  const places = (): readonly (string | undefined)[] => [
    manifests.current?.objects[0]?.namespace,
    manifests.namespaceOf('file:///repo/a%20b/web.yaml'),
  ];
  assert.deepEqual(places(), ['shop', 'shop']);
  const changed = async (text: string | undefined): Promise<void> => {
    const told = new Promise<void>((resolve) => {
      const subscription = manifests.subscribe(() => {
        subscription.dispose();
        resolve();
      });
    });
    write('file:///repo/kustomization.yaml', text);
    await told;
  };
  await changed(kustomization.replace('shop', 'bar'));
  assert.deepEqual(places(), ['bar', 'bar']);
  await changed(undefined);
  assert.deepEqual(places(), ['old', undefined]);
  manifests.dispose();
});
