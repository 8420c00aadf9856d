import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';

import { settingDefaults } from '../../src/contributions.ts';
import { KUBE_RESOURCES } from '../../src/sources/cluster/kubeResource.ts';

const root = join(import.meta.dirname, '../..');

/** Paths in backticks, such as `mesh/mtls/mode.ts` or `mesh/decode/`. */
const PATH = /`([\w-]+\/[\w./-]*|[\w-]+\.ts)`/g;

function pathsIn(file: string): readonly string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(PATH)].map((match) => match[1] ?? '');
}

/** Every folder under another, however deep, as a path below it. */
function foldersUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => relative(join(root, folder), join(entry.parentPath, entry.name)))
    .map((path) => path.replaceAll('\\', '/'));
}

describe('the architecture page', () => {
  const paths = pathsIn('src/README.md');

  it('names files', () => {
    assert.ok(paths.length > 40);
  });

  for (const folder of foldersUnder('src')) {
    it(`leads to the folder ${folder}`, () => {
      assert.ok(
        paths.some((path) => path.replace(/^src\//, '').startsWith(`${folder}/`)),
        `No path of src/README.md is in ${folder}/`,
      );
    });
  }

  for (const path of new Set(paths)) {
    it(`names ${path}, which exists`, () => {
      assert.ok(existsSync(join(root, 'src', path)) || existsSync(join(root, path)));
    });
  }
});

interface Role {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
  }[];
}

function asked(rules: Role['rules']): readonly string[] {
  return rules
    .flatMap(({ apiGroups: [group = ''], resources }) =>
      resources.map((resource) => `${group}/${resource}`),
    )
    .toSorted();
}

describe('the README', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');

  const pictures = [...text.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, path = '']) => path);

  it('shows pictures, each of them for dark and light pages', () => {
    assert.ok(pictures.length > 0);
    const named = (theme: string): readonly string[] =>
      pictures
        .filter((path) => path.endsWith(`-${theme}.png`))
        .map((path) => path.split('-')[0] ?? '');
    assert.deepEqual(named('dark').toSorted(), named('light').toSorted());
  });

  for (const picture of pictures) {
    it(`shows ${picture}, which exists`, () => {
      assert.ok(existsSync(join(root, picture)));
    });
  }

  for (const [, page = ''] of text.matchAll(/\]\(([^)#]+)\)/g)) {
    it(`leads to ${page}, which exists`, () => {
      assert.ok(existsSync(join(root, page)));
    });
  }

  it('leads to a page that asks for exactly the permissions that reading needs', () => {
    const text = readFileSync(join(root, 'docs/permissions.md'), 'utf8');
    const [, role = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
    const roles = parseAllDocuments(role).map((document) => document.toJS() as Role);
    const read = KUBE_RESOURCES.map(({ group, plural }) => `${group}/${plural}`);
    // Config maps may hold anything, and only those beside a control plane are read.
    const isBesideIstiod = (resource: string): boolean => resource === '/configmaps';
    assert.deepEqual(
      roles.map(({ kind, metadata: { namespace }, rules }) => [kind, namespace, asked(rules)]),
      [
        ['ClusterRole', undefined, read.filter((one) => !isBesideIstiod(one)).toSorted()],
        ['Role', 'istio-system', read.filter(isBesideIstiod)],
      ],
    );
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g))
      assert.ok(name in scripts, name);
  });
});

describe('the page of settings', () => {
  const text = readFileSync(join(root, 'docs/settings.md'), 'utf8');

  it('names every setting, and no other', () => {
    const named = [...text.matchAll(/^\| `(istioMtls\.[\w.]+)`/gm)].map(([, key = '']) => key);
    assert.deepEqual(named.toSorted(), Object.keys(settingDefaults).toSorted());
  });
});
