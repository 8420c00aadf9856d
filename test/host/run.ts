import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import Mocha from 'mocha';
import type { Report } from '../../scripts/suites/counts.ts';

const testLimitMs = 30_000;

/**
 * What VS Code calls in the extension host: runs every bundled test file beside this one with mocha and writes the report
 * that the runner reads. Rejects if a test failed.
 */
export async function run(): Promise<void> {
  const reportFile = process.env['TEST_REPORT'];
  if (reportFile === undefined) throw new Error('TEST_REPORT does not name a file.');
  const mocha = new Mocha({ ui: 'bdd', timeout: testLimitMs, reporter: 'spec', color: false });
  for (const file of globSync('**/*.test.js', { cwd: __dirname }).sort()) {
    mocha.addFile(join(__dirname, file));
  }
  const report = await finished(mocha);
  writeFileSync(reportFile, JSON.stringify(report));
  if (report.failed > 0) throw new Error(`${report.failed} failed`);
}

function finished(mocha: Mocha): Promise<Report> {
  return new Promise((resolve) => {
    const failures: string[] = [];
    const failedTests: string[] = [];
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, skipped: pending, failures, failedTests });
    });
    runner.on('fail', (test, error: unknown) => {
      failedTests.push(test.fullTitle());
      failures.push(`✖ ${test.fullTitle()}\n${inspect(error)}`);
    });
  });
}
