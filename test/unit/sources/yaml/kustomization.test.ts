import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  folderOf,
  inNamespace,
  isKustomization,
  kustomizedNamespace,
  readKustomization,
  type Kustomization,
} from '../../../../src/sources/yaml/kustomization.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';

interface Placement {
  readonly name: string;
  /** Texts of kustomizations by their paths. */
  readonly kustomizations: Readonly<Record<string, string>>;
  readonly file: string;
  readonly namespace: string | undefined;
}

const placements: readonly Placement[] = [
  {
    name: 'one beside the file that includes it',
    kustomizations: { '/repo/kustomization.yaml': 'namespace: shop\nresources: [web.yaml]' },
    file: '/repo/web.yaml',
    namespace: 'shop',
  },
  {
    name: 'one beside the file that does not include it',
    kustomizations: { '/repo/kustomization.yaml': 'namespace: shop\nresources: [other.yaml]' },
    file: '/repo/web.yaml',
    namespace: undefined,
  },
  {
    name: 'one above that names the file by its folder',
    kustomizations: { '/repo/kustomization.yml': 'namespace: shop\nresources: [./apps/web.yaml]' },
    file: '/repo/apps/web.yaml',
    namespace: 'shop',
  },
  {
    name: 'one above that includes the one beside, which names no namespace',
    kustomizations: {
      '/repo/kustomization.yaml': 'namespace: shop\nresources: [apps/]',
      '/repo/apps/kustomization.yaml': 'resources: [web.yaml]',
    },
    file: '/repo/apps/web.yaml',
    namespace: 'shop',
  },
  {
    name: 'of two that name one, the outer, which is applied last',
    kustomizations: {
      '/repo/kustomization.yaml': 'namespace: outer\nresources: [apps]',
      '/repo/apps/kustomization.yaml': 'namespace: inner\nresources: [web.yaml]',
    },
    file: '/repo/apps/web.yaml',
    namespace: 'outer',
  },
  {
    name: 'an outer one that does not include the inner one changes nothing',
    kustomizations: {
      '/repo/kustomization.yaml': 'namespace: outer\nresources: [others]',
      '/repo/apps/kustomization.yaml': 'namespace: inner\nresources: [web.yaml]',
    },
    file: '/repo/apps/web.yaml',
    namespace: 'inner',
  },
  {
    name: 'folders between without one are passed over',
    kustomizations: { '/repo/kustomization.yaml': 'namespace: shop\nbases: [a/../a/b/web.yaml]' },
    file: '/repo/a/b/web.yaml',
    namespace: 'shop',
  },
  {
    name: 'one that is no YAML changes nothing',
    kustomizations: { '/repo/kustomization.yaml': 'namespace: [\nresources: [web.yaml]' },
    file: '/repo/web.yaml',
    namespace: undefined,
  },
  {
    name: 'a namespace that is no text changes nothing',
    kustomizations: { '/repo/kustomization.yaml': 'namespace: 7\nresources: [web.yaml]' },
    file: '/repo/web.yaml',
    namespace: undefined,
  },
];

describe('the namespace that kustomizations put a file into', () => {
  for (const { name, kustomizations, file, namespace } of placements) {
    test(name, () => {
      const read = new Map<string, Kustomization>();
      for (const [path, text] of Object.entries(kustomizations)) {
        assert.ok(isKustomization(path));
        const found = readKustomization(path, text);
        if (found !== undefined) read.set(folderOf(path), found);
      }
      assert.equal(kustomizedNamespace(read, file), namespace);
    });
  }
});

describe('an object that is put into a namespace', () => {
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    [
      'loses its own',
      { kind: 'Service', metadata: { name: 'web', namespace: 'old' } },
      { kind: 'Service', metadata: { name: 'web', namespace: 'shop' } },
    ],
    [
      'takes the name, if it is a Namespace',
      { kind: 'Namespace', metadata: { name: 'old' } },
      { kind: 'Namespace', metadata: { name: 'shop' } },
    ],
    ['stays as it is, if its metadata is none', { metadata: [] }, { metadata: [] }],
    ['stays as it is, if it is none', 'text', 'text'],
  ];
  for (const [name, value, expected] of rows) {
    test(name, () => {
      assert.deepEqual(inNamespace(value, 'shop'), expected);
    });
  }
});

test('a file that is put into another namespace is read anew, and keeps its text', () => {
  const text = 'apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: old }\n';
  const before = readManifestFile('file:///web.yaml', text);
  const after = readManifestFile('file:///web.yaml', text, { previous: before, namespace: 'shop' });
  const placed = [before, after].map((file) => manifestsOf(file)[0]?.object?.namespace);
  assert.deepEqual(placed, ['old', 'shop']);
  assert.equal(after.text, text);
  assert.deepEqual(manifestsOf(after)[0]?.value, manifestsOf(before)[0]?.value);
});
