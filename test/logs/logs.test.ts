import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { keptLogs } from '../../scripts/suites/keptLogs.ts';

// What the suites that ran before this one left. A log that is not kept is one that nobody looks through.

const logs = keptLogs();

/** Where VS Code runs, and a log that it must have left there. */
const expected = [
  { suite: 'host', file: 'remoteexthost.log' },
  { suite: 'ui', file: 'remoteexthost.log' },
  { suite: 'ui', file: 'Istio mTLS.log' },
  { suite: 'start', file: 'remoteagent.log' },
];

describe('the logs of all suites', () => {
  for (const { suite, file } of expected) {
    it(`hold ${file} of ${suite}`, () => {
      const found = logs.filter((log) => log.suite === suite && basename(log.path) === file);
      assert.notEqual(found.length, 0, `There is none below out/logs/${suite}.`);
    });
  }
});
