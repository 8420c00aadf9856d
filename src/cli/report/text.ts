import { describeRef } from '../../mesh/index.ts';
import type { Checked, CheckedFinding, CheckedRelated, FixedFinding } from '../check/checked.ts';
import { severities } from '../check/checked.ts';

/** A line for each finding, as compilers print them, and what it came to. */
export function* checkedText(checked: Checked): Generator<string> {
  for (const one of checked.fixed) yield `${fixedLine(one, checked.isDryRun)}\n`;
  for (const finding of checked.findings) yield* linesOf(finding);
  if (checked.findings.length + checked.fixed.length > 0) yield '\n';
  yield `${summary(checked)}\n`;
}

function* linesOf(finding: CheckedFinding): Generator<string> {
  yield `${findingLine(finding)}\n`;
  for (const one of finding.related) yield `  ${placeText(one)}: ${oneLine(one.message)}\n`;
}

/** A finding as compilers print theirs, so that editors and people find the place. */
export function findingLine({ place, severity, message, code }: CheckedFinding): string {
  return `${place.file}:${place.line}:${place.column}: ${severity}: ${oneLine(message)} [${code}]`;
}

/** What a fix did, at the place where the finding was. */
function fixedLine({ place, title, code }: FixedFinding, isDryRun: boolean): string {
  const did = isDryRun ? 'would fix' : 'fixed';
  return `${place.file}:${place.line}:${place.column}: ${did}: ${oneLine(title)} [${code}]`;
}

function placeText({ place, object }: CheckedRelated): string {
  return place === undefined ? describeRef(object) : `${place.file}:${place.line}:${place.column}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

function summary({ findings, fixed, isDryRun, files, known, templates }: Checked): string {
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  const said = counts.length === 0 ? 'No findings' : listed(counts);
  const more = [
    ...(fixed.length === 0
      ? []
      : [`${counted(fixed.length, 'finding')} ${isDryRun ? 'would be fixed' : 'fixed'}`]),
    ...(known === 0 ? [] : [`${counted(known, 'finding')} of the baseline left out`]),
    ...(templates === 0
      ? []
      : [`${counted(templates, 'template')} not judged, which must be rendered first`]),
  ];
  return [`${said} in ${counted(files.length, 'file')}`, ...more].join('; ') + '.';
}

function counted(count: number, what: string): string {
  const plural = count === 1 || what === 'information' ? what : `${what}s`;
  return `${count} ${plural}`;
}

function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
