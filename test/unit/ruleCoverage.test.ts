import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../support/meshRules.ts';
import { ruleCitations } from '../support/ruleCitations.ts';
import { FACTS, GAPS, RULES } from '../support/ruleList.ts';
import { sourceFiles } from '../support/sourceTree.ts';

const citations = ruleCitations([
  ...sourceFiles('test/{unit,integration}/**/*.test.ts'),
  ...sourceFiles('test/properties/**/*.test.ts'),
  ...sourceFiles('test/conformance/**/*.test.ts'),
]);
const rules = Object.keys(RULES) as readonly Rule[];

/** What Istio shows at run time (R250 to R279) is cited by tests of what reads it, and not listed. */
function isListed(rule: Rule): boolean {
  const number = Number(rule.slice(1));
  return number < 250 || number >= 280;
}

/** Ten rules a line: `R12 9` is nine tests, `fact` decides nothing, `gap` is not followed yet. */
function table(): string {
  const cells = rules.map((rule) => {
    const count = citations.get(rule) ?? 0;
    const word = rule in GAPS ? 'gap' : rule in FACTS ? 'fact' : String(count);
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

describe('the rules of Istio’s mutual TLS', () => {
  it('are each cited by a test, or named as facts or gaps', (context) => {
    context.diagnostic(`tests a rule:\n${table()}`);
    const silent = rules.filter(
      (rule) => !citations.has(rule) && !(rule in FACTS) && !(rule in GAPS),
    );
    assert.deepEqual(
      silent.map((rule) => `${rule}: ${RULES[rule] ?? ''}`),
      [],
    );
  });

  it('are cited by numbers that exist', () => {
    const unknown = [...citations.keys()].filter((rule) => isListed(rule) && !(rule in RULES));
    assert.deepEqual(unknown, []);
  });

  it('are facts or gaps only where no test says otherwise', () => {
    const named = [...Object.keys(FACTS), ...Object.keys(GAPS)] as readonly Rule[];
    assert.deepEqual(
      named.filter((rule) => citations.has(rule) || !(rule in RULES)),
      [],
    );
  });
});
