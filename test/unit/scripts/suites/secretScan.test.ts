import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SuiteResult } from '../../../../scripts/suites/result.ts';
import { withLeaks } from '../../../../scripts/suites/secretScan.ts';

// Put together here, so that the log of a failure of this very test holds none of them in one piece.
const planted: readonly (readonly [what: string, parts: readonly string[]])[] = [
  ['a credential of a test', ['token=CAN', 'ARY']],
  ['a credential of a test', ['could not sign in with secret', '-canary']],
  ['the token of the demo', ['user: istio-mtls-demo', '-token-x1']],
  ['a key or a certificate', ['-----BEGIN EC PRIVATE', ' KEY-----']],
  ['a key or a certificate', ['-----BEGIN', ' CERTIFICATE-----']],
  ['a key or a certificate in base64', ['client-key-data: LS0tLS1', 'CRUdJTiBQUklWQVRF']],
  ['a JSON web token', ['eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrOHMi', 'fQ.c2lnbmF0dXJlLTE']],
  ['a header with credentials', ['{"authoriz', 'ation":"Bearer x"}']],
  ['a header with credentials', ['> Author', 'ization: Basic YWxpY2U6cHc=']],
  ['a bearer token', ['sent Bear', 'er c3ludGhldGljLXRva2Vu']],
];

const harmless = [
  '✔ a namespace on the canary revision',
  'The API server does not accept the credentials of this context (401).',
  'The bearer of a certificate is named in X-Forwarded-Client-Cert.',
  'authorization.k8s.io/v1 SelfSubjectAccessReview',
];

const passed: SuiteResult = {
  counts: { passed: 3, failed: 0, skipped: 0 },
  trouble: '',
  note: '',
  failedTests: [],
};

/** What a suite that passed comes to, when it left a log of these lines. */
function resultWith(...lines: readonly string[]): SuiteResult {
  const log = { suite: 'host', path: 'exthost/Istio mTLS.log', text: () => lines.join('\n') };
  return withLeaks(passed, [log]);
}

describe('a suite fails when a line of its logs holds', () => {
  for (const [what, parts] of planted) {
    it(`${what}, as after "${parts[0] ?? ''}", and names the line without repeating it`, () => {
      const { counts, trouble } = resultWith(...harmless, parts.join(''));
      assert.ok(counts.failed > 0);
      const line = harmless.length + 1;
      const sentence = `host: line ${line} of exthost/Istio mTLS.log holds ${what}.\n`;
      assert.ok(trouble.includes(sentence), trouble);
      assert.ok(!trouble.includes(parts[1] ?? ''), trouble);
    });
  }
});

describe('a suite passes', () => {
  it('when its logs hold what people write about secrets', () => {
    assert.deepEqual(resultWith(...harmless), passed);
  });
});
