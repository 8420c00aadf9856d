import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSeverities, shownSeverity } from '../../../../src/surfaces/diagnostics/severities.ts';

const cases: readonly {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly shown: string | undefined;
}[] = [
  { name: 'a finding is as grave as its rule', value: {}, shown: 'error' },
  { name: 'the setting goes before the rule', value: { MTLS0110: 'hint' }, shown: 'hint' },
  { name: 'what is off is not shown', value: { MTLS0110: 'off' }, shown: undefined },
  { name: 'other codes are left alone', value: { MTLS0111: 'off' }, shown: 'error' },
  { name: 'a severity that is none is passed over', value: { MTLS0110: 'fatal' }, shown: 'error' },
  { name: 'so is a code that is none', value: { KIA0002: 'off' }, shown: 'error' },
];

for (const { name, value, shown } of cases) {
  test(name, () => {
    const finding = { code: 'MTLS0110', severity: 'error' } as const;
    assert.equal(shownSeverity(finding, readSeverities(value)), shown);
  });
}
