import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { ruleBook, type RuleEntry } from '../support/ruleBook.ts';
import { ruleCitations } from '../support/ruleCitations.ts';
import { sourceFiles, type SourceFile } from '../support/sourceTree.ts';

const book = ruleBook();
const known: ReadonlySet<string> = new Set(book.map(({ rule }) => rule));
const citations = ruleCitations([
  ...sourceFiles('test/{unit,integration}/**/*.test.ts'),
  ...sourceFiles('test/properties/**/*.test.ts'),
  ...sourceFiles('test/conformance/**/*.test.ts'),
]);

/** Ten rules a line: `R12 9` is nine tests, `fact` decides nothing. */
function table(): string {
  const cells = book.map(({ rule, decidesNothing }) => {
    const word = decidesNothing === undefined ? String(citations.get(rule) ?? 0) : 'fact';
    return `${rule} ${word}`.padEnd(11);
  });
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += 10)
    lines.push(
      cells
        .slice(at, at + 10)
        .join('')
        .trim(),
    );
  return lines.join('\n');
}

/** Numbers of rules anywhere in a file, in its code or its comments, that no rule has. */
function unknownIn({ path, tree }: SourceFile): readonly string[] {
  const cited = tree.text.match(/\bR\d+\b/g) ?? [];
  return [...new Set(cited)].filter((rule) => !known.has(rule)).map((rule) => `${path}: ${rule}`);
}

function declaredIn({ tree }: SourceFile): readonly string[] {
  return tree.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    return ts.isFunctionDeclaration(statement) && statement.name !== undefined
      ? [statement.name.text]
      : [];
  });
}

function notFound({ rule, here }: RuleEntry): readonly string[] {
  return here.flatMap(({ file, name }) => {
    const [source] = sourceFiles(`src/mesh/${file}`);
    const found = source !== undefined && declaredIn(source).includes(name);
    return found ? [] : [`${rule}: ${file} ${name}`];
  });
}

describe('the rules of Istio’s mutual TLS', () => {
  it('are each cited by a test, unless they decide nothing', (context) => {
    context.diagnostic(`tests a rule:\n${table()}`);
    const silent = book.filter(
      ({ rule, decidesNothing }) => citations.has(rule) === (decidesNothing !== undefined),
    );
    assert.deepEqual(
      silent.map(({ rule, law }) => `${rule}: ${law}`),
      [],
    );
  });

  it('are in order, each once, with a law, a source of Istio and what follows them', () => {
    const numbers = book.map(({ rule }) => Number(rule.slice(1)));
    assert.equal(known.size, book.length);
    assert.ok(numbers.length > 100);
    const incomplete = book.filter(
      ({ law, sources, here, decidesNothing }) =>
        law === '' ||
        sources.length === 0 ||
        (here.length === 0) === (decidesNothing === undefined),
    );
    assert.deepEqual(
      incomplete.map(({ rule }) => rule),
      [],
    );
    assert.deepEqual(
      numbers,
      numbers.toSorted((left, right) => left - right),
    );
  });

  it('are followed by functions that exist', () => {
    assert.deepEqual(book.flatMap(notFound), []);
  });

  it('are the only ones that code and tests cite', () => {
    const files = sourceFiles('{src,test}/**/*.ts');
    assert.deepEqual(files.flatMap(unknownIn), []);
  });
});
