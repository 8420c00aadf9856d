import { visibleLine } from '../../mesh/index.ts';
import type { Checked, CheckedFinding } from '../check/checked.ts';
import { nameOf } from './ruleWords.ts';
import { checkedText } from './text.ts';

/**
 * Workflow commands that GitHub shows beside the lines of a pull request; a person reads the text above them in the log.
 * Source: docs.github.com/actions/reference/workflow-commands-for-github-actions.
 */
export function* githubLines(checked: Checked): Generator<string> {
  yield* checkedText(checked);
  for (const finding of checked.findings) yield `${annotation(finding)}\n`;
}

const commands = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
  hint: 'notice',
} as const;

function annotation({ severity, place, code, message }: CheckedFinding): string {
  const properties = {
    file: place.file,
    line: place.line,
    endLine: place.endLine,
    // Columns may be given only of a finding that stands in one line.
    ...(place.line === place.endLine ? { col: place.column, endColumn: place.endColumn } : {}),
    title: `${code}: ${nameOf(code)}`,
  };
  const listed = Object.entries(properties).map(
    ([name, value]) => `${name}=${property(String(value))}`,
  );
  return `::${commands[severity]} ${listed.join(',')}::${data(message)}`;
}

function data(text: string): string {
  return visibleLine(text.replaceAll('\n', ' ')).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
