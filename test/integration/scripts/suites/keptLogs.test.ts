import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { freshLogs, keepLogsOf, keptLogs } from '../../../../scripts/suites/keptLogs.ts';

const suite = 'a-suite-of-this-test';
const data = mkdtempSync(join(tmpdir(), 'istio-mtls-logs-'));

/** What a VS Code in a browser, and one on a desktop, leave in their data folders. */
const files = {
  'data/logs/20260101/exthost1/remoteexthost.log': 'from the extension host',
  'logs/20260101/main.log': 'from the window',
  'Local Storage/leveldb/000003.log': 'no log, but a database',
};

function kept(): readonly string[] {
  return keptLogs()
    .filter((log) => log.suite === suite)
    .map((log) => log.text());
}

describe('the logs of a suite', () => {
  let suiteFolder = '';
  beforeEach(() => {
    suiteFolder = freshLogs(suite);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(data, file)), { recursive: true });
      writeFileSync(join(data, file), text);
    }
  });
  after(() => {
    rmSync(freshLogs(suite), { recursive: true });
    rmSync(data, { recursive: true });
  });

  it('are those of every VS Code that ran in it, each of its own', () => {
    keepLogsOf(data, suiteFolder);
    keepLogsOf(data, suiteFolder);
    const one = ['from the extension host', 'from the window'];
    assert.deepEqual([...kept()].sort(), [...one, ...one].sort());
  });

  it('are gone when it runs again', () => {
    keepLogsOf(data, suiteFolder);
    freshLogs(suite);
    assert.deepEqual(kept(), []);
  });
});
