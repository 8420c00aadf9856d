import { readFileSync } from 'node:fs';

/** How many tests of a suite ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

export function sum(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The line with which every test command ends. */
export function countLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** What the program of a suite writes down about its run. */
export interface Report extends Counts {
  /** Something to know about a run that went well, such as where it ran. */
  readonly note?: string;
  /** One text for each failure: what failed, and why. */
  readonly failures?: readonly string[];
  /** The tests that failed: the file where it is known, the suites around the test, and its name. */
  readonly failedTests?: readonly string[];
}

/**
 * What a test runner wrote down about its run. Undefined if it wrote nothing or nothing readable: then the suite did not
 * run to its end, whatever its exit code says.
 */
export function readReport(file: string): Report | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isReport(value: unknown): value is Report {
  if (typeof value !== 'object' || value === null) return false;
  const { passed, failed, skipped } = value as Record<keyof Report, unknown>;
  return [passed, failed, skipped].every((n) => Number.isSafeInteger(n) && Number(n) >= 0);
}
