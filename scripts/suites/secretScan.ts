import { none, sum } from './counts.ts';
import type { KeptLog } from './keptLogs.ts';
import type { SuiteResult } from './result.ts';

/**
 * What no line of any log may hold. The credentials of tests and of the demo carry words of their own; the rest is
 * known by its form.
 */
const secrets: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a credential of a test', /\bCANARY\b|secret-canary|canary-token|\btoken-of-/],
  ['the token of the demo', /istio-mtls-demo-token-/],
  ['a key or a certificate', /-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)-----/],
  ['a key or a certificate in base64', /LS0tLS1CRUdJTi/],
  ['a JSON web token', /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/],
  [
    'a header with credentials',
    /\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:bearer|basic)\b/i,
  ],
  ['a bearer token', /\bBearer [\w.~+/-]{16,}/],
];

/** One line that says what it must not. */
interface Leak {
  readonly suite: string;
  /** Below the folder of the suite's logs. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly what: string;
}

/** The lines of logs that hold a secret. */
function leaksIn(logs: readonly KeptLog[]): readonly Leak[] {
  return logs.flatMap((log) =>
    log
      .text()
      .split('\n')
      .flatMap((line, index): readonly Leak[] =>
        secrets
          .filter(([, pattern]) => pattern.test(line))
          .map(([what]) => ({ suite: log.suite, path: log.path, line: index + 1, what })),
      ),
  );
}

/** The result of a suite, in which each line of its logs that holds a secret is a failure, named and not repeated. */
export function withLeaks(result: SuiteResult, logs: readonly KeptLog[]): SuiteResult {
  const leaks = leaksIn(logs).map(
    ({ suite, path, line, what }) => `${suite}: line ${line} of ${path} holds ${what}.\n`,
  );
  return {
    ...result,
    counts: sum(result.counts, { ...none, failed: leaks.length }),
    trouble: result.trouble + leaks.join(''),
    failedTests: [...result.failedTests, ...leaks.map((leak) => leak.trim())],
  };
}
