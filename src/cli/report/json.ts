import type { Checked, CheckedFinding, CheckedRelated, FixedFinding } from '../check/checked.ts';
import { pageOf } from './ruleWords.ts';

/** The contract that programs read; `--baseline` reads it, too. */
export function checkedJson(checked: Checked): Readonly<Record<string, unknown>> {
  const { findings, fixed, isDryRun, files, known, templates, unread } = checked;
  return {
    version: 1,
    files: files.length,
    findings: findings.map(findingJson),
    ...(fixed.length === 0 ? {} : { [isDryRun ? 'wouldFix' : 'fixed']: fixed.map(fixedJson) }),
    ...(known === 0 ? {} : { known }),
    ...(templates === 0 ? {} : { templates }),
    ...(unread.length === 0 ? {} : { unread }),
  };
}

function fixedJson({ code, title, place }: FixedFinding): Readonly<Record<string, unknown>> {
  return { code, title, ...place };
}

function findingJson(finding: CheckedFinding): Readonly<Record<string, unknown>> {
  const { code, severity, message, place, object, related } = finding;
  return {
    code,
    severity,
    message,
    ...place,
    ...(object === undefined ? {} : { object }),
    ...(related.length === 0 ? {} : { related: related.map(relatedJson) }),
    page: pageOf(code),
  };
}

function relatedJson({
  object,
  message,
  place,
}: CheckedRelated): Readonly<Record<string, unknown>> {
  return { object, message, ...place };
}
