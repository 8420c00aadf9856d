import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { ALL_KINDS, isKind } from '../../src/mesh/model/kinds.ts';
import { nodesIn, sourceFiles, type SourceFile } from '../support/sourceTree.ts';

// To add a kind is one entry of the table and one decoder. Whatever else named the kinds one by one would have to be found.

/** The table; the decoders, which the compiler holds against it. The demo is to know nothing of the engine. */
const table = ['src/mesh/model/kinds.ts', 'src/mesh/decode/decode.ts'];

/** Two kinds may belong together; what names more is a list of kinds. */
const FEW = 2;

/**
 * The names that are spelled out for the same thing: by a list, a union, the cases of a switch that fall through to
 * one another, or a map that gives each a value. A case or a function for a kind alone says what that kind means.
 */
function namesIn(node: ts.Node): readonly (readonly string[])[] {
  if (ts.isArrayLiteralExpression(node)) return [node.elements.flatMap(textOf)];
  if (ts.isCaseBlock(node)) return fallingThrough(node);
  if (ts.isUnionTypeNode(node))
    return [node.types.flatMap((type) => (ts.isLiteralTypeNode(type) ? textOf(type.literal) : []))];
  if (!ts.isObjectLiteralExpression(node)) return [];
  const values = node.properties.filter(
    (one) => !(ts.isPropertyAssignment(one) && ts.isFunctionLike(one.initializer)),
  );
  return [values.flatMap(({ name }) => (name === undefined ? [] : [name.getText()]))];
}

function fallingThrough({ clauses }: ts.CaseBlock): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let group: string[] = [];
  for (const clause of clauses) {
    if (ts.isCaseClause(clause)) group.push(...textOf(clause.expression));
    if (clause.statements.length === 0) continue;
    groups.push(group);
    group = [];
  }
  return groups;
}

function textOf(node: ts.Node): readonly string[] {
  if (ts.isArrayLiteralExpression(node)) return node.elements.slice(0, 1).flatMap(textOf);
  return ts.isStringLiteralLike(node) ? [node.text] : [];
}

/** Where a file spells out more than a few kinds. */
function listsOfKinds({ path, tree }: SourceFile): readonly string[] {
  return [...nodesIn(tree)].flatMap((node) =>
    namesIn(node).flatMap((names) => {
      const kinds = new Set(names.map((name) => name.replace(/^['"]|['"]$/g, '')).filter(isKind));
      if (kinds.size <= FEW) return [];
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
      return [`${path}:${line + 1} ${[...kinds].join(', ')}`];
    }),
  );
}

describe('the kinds that the engine reads', () => {
  const files = sourceFiles('src/**/*.ts').filter(({ path }) => !path.startsWith('src/demo/'));

  it('are listed in one table, and nowhere else are several named for the same thing', () => {
    const elsewhere = files.filter(({ path }) => !table.includes(path));
    assert.deepEqual(elsewhere.flatMap(listsOfKinds), []);
  });

  it('are looked for where they are: the table and the decoders name all of them', () => {
    for (const path of table) {
      const file = files.find((one) => one.path === path);
      assert.ok(file);
      const found = listsOfKinds(file).join();
      assert.deepEqual(
        ALL_KINDS.filter((kind) => !found.includes(kind)),
        [],
      );
    }
  });
});
