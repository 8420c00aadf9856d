import { visibleText } from '../../mesh/index.ts';
import type { Checked, CheckedFinding } from '../check/checked.ts';
import { findingLine } from './text.ts';

/** A test case for each file, with a failure for each of its findings, as test reports of CI systems read them. */
export function* junitReport({ files, findings, unread }: Checked): Generator<string> {
  const failed = new Set(findings.map(({ place }) => place.file));
  const counts = `tests="${files.length}" failures="${failed.size}" errors="${unread.length}"`;
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="istio-mtls check" ${counts}>\n`;
  yield `  <testsuite name="istio-mtls check" ${counts}>\n`;
  for (const file of files)
    yield* testCase(
      file,
      findings.filter(({ place }) => place.file === file),
    );
  for (const place of unread)
    yield `    <testcase classname="istio-mtls" name=${quoted(place)}><error message="This cannot be read."/></testcase>\n`;
  yield '  </testsuite>\n</testsuites>\n';
}

function* testCase(file: string, findings: readonly CheckedFinding[]): Generator<string> {
  const start = `    <testcase classname="istio-mtls" name=${quoted(file)}`;
  if (findings.length === 0) {
    yield `${start}/>\n`;
    return;
  }
  // A case has one failure in what most programs read; its text has all findings.
  const [first] = findings;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  yield `${start}>\n`;
  yield `      <failure type=${quoted(first?.code ?? '')} message=${quoted(`${first?.message ?? ''}${more}`)}>`;
  yield escaped(findings.map(findingLine).join('\n'));
  yield '</failure>\n    </testcase>\n';
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** XML has no spelling at all for most control characters. */
function escaped(text: string): string {
  return visibleText(text).replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('\n', '&#10;')}"`;
}
