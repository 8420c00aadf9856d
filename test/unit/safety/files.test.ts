import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ts from 'typescript';

import { nodesIn, sourceFiles } from '../../support/sourceTree.ts';
import type { SourceFile } from '../../support/sourceTree.ts';

/** The code that changes files by itself, and what it does; a kubeconfig that a person has is never among them. */
const writers = {
  'src/actions/journalFiles.ts': ['mkdir', 'rename', 'rm', 'writeFile'],
  // Only the manifests that `check --fix` was given.
  'src/cli/check/fixFiles.ts': ['writeFile'],
  'src/surfaces/session/demoMesh.ts': ['mkdir', 'rm', 'writeFile'],
};

/** What of Node's file system only looks. */
const reading =
  /^(?:access|constants|readFile|readdir|realpath|stat|lstat|watch|existsSync|FSWatcher|Stats|Dirent)(?:Sync)?$/;

/** What a file imports from Node's file system that does more than look; `*` for all of it. */
function changesFiles({ tree }: SourceFile): readonly string[] {
  return [...nodesIn(tree)]
    .filter(ts.isImportDeclaration)
    .filter(({ moduleSpecifier: from }) =>
      /^['"](?:node:)?fs(?:\/promises)?['"]$/.test(from.getText(tree)),
    )
    .flatMap(({ importClause }) => {
      const named = importClause?.namedBindings;
      if (named === undefined || ts.isNamespaceImport(named)) return ['*'];
      return named.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
    })
    .filter((name) => !reading.test(name))
    .toSorted();
}

describe('files', () => {
  it('are changed by the code that is named here, and by no other', () => {
    const found = sourceFiles('src/**/*.ts')
      .map((file) => [file.path, changesFiles(file)] as const)
      .filter(([, names]) => names.length > 0);
    assert.deepEqual(Object.fromEntries(found), writers);
  });

  it('are not changed past VS Code’s editors, in which a person saves', () => {
    const found = sourceFiles('src/**/*.ts').filter(({ tree }) =>
      /\bworkspace\.fs\.(?:writeFile|delete|rename|copy|createDirectory)\b|\bsaveAll\(|\bdocument\.save\(/.test(
        tree.text,
      ),
    );
    assert.deepEqual(
      found.map(({ path }) => path),
      [],
    );
  });

  for (const code of [
    `import { writeFile } from 'node:fs/promises';`,
    `import { readFile, appendFileSync as readIt } from 'fs';`,
    `import * as fs from 'node:fs';`,
    `import fs from 'node:fs';`,
  ]) {
    it(`cannot be changed unnoticed by ${code}`, () => {
      const tree = ts.createSourceFile('new.ts', code, ts.ScriptTarget.ES2023, true);
      assert.notDeepEqual(changesFiles({ path: 'src/new.ts', tree }), []);
    });
  }
});
