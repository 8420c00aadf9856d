import ts from 'typescript';
import type { Rule } from './meshRules.ts';
import { nodesIn, type SourceFile } from './sourceTree.ts';

const TEST_FUNCTIONS: ReadonlySet<string> = new Set(['it', 'test', 'describe']);
const NAME_FIELDS: ReadonlySet<string> = new Set(['name', 'says']);

/**
 * How many tests cite each rule: in their own name, `… [R6 R8]` or `… (R6, R8)`, or by the row of a
 * table that they are made of, in its `rules` or its `name`. Comments do not count.
 */
export function ruleCitations(files: readonly SourceFile[]): ReadonlyMap<Rule, number> {
  const counts = new Map<Rule, number>();
  for (const { tree } of files) {
    for (const node of nodesIn(tree)) {
      for (const rule of new Set(citedBy(node))) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
  }
  return counts;
}

function citedBy(node: ts.Node): readonly Rule[] {
  if (ts.isCallExpression(node)) {
    const [name] = node.arguments;
    const isTest = ts.isIdentifier(node.expression) && TEST_FUNCTIONS.has(node.expression.text);
    return isTest && name !== undefined ? inBrackets(name.getText()) : [];
  }
  if (!ts.isPropertyAssignment(node) && !ts.isVariableDeclaration(node)) return [];
  const name = node.name.getText();
  if (node.initializer === undefined) return [];
  const value = node.initializer.getText();
  if (name === 'rules') return rulesIn(value);
  return NAME_FIELDS.has(name) ? inBrackets(value) : [];
}

/** `[R6 R8]` or `(R4, R92)` in the name of a test. */
function inBrackets(text: string): readonly Rule[] {
  return [...text.matchAll(/[[(](R\d+[^\])]*)[\])]/g)].flatMap(([, inside = '']) =>
    rulesIn(inside),
  );
}

function rulesIn(text: string): readonly Rule[] {
  return [...text.matchAll(/\bR(\d+)\b/g)].map(([, number]): Rule => `R${Number(number)}`);
}
