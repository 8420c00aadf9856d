import { findingRule, type Severity } from '../../mesh/index.ts';

/** How grave findings are to be shown, by their codes; `off` shows none. */
export type SeverityByCode = ReadonlyMap<string, Severity | 'off'>;

const KNOWN: readonly (Severity | 'off')[] = ['error', 'warning', 'information', 'hint', 'off'];

/** Reads the setting `istioMtls.findings.severity`. What is no code or no severity is passed over. */
export function readSeverities(value: Readonly<Record<string, unknown>>): SeverityByCode {
  const read = new Map<string, Severity | 'off'>();
  for (const [code, severity] of Object.entries(value)) {
    const known = KNOWN.find((one) => one === severity);
    if (known !== undefined && findingRule(code) !== undefined) read.set(code, known);
  }
  return read;
}

/** How grave a finding is to be shown; undefined where it is not to be shown. */
export function shownSeverity(
  { code, severity }: { readonly code: string; readonly severity: Severity },
  chosen: SeverityByCode,
): Severity | undefined {
  const own = chosen.get(code);
  return own === 'off' ? undefined : (own ?? severity);
}
