import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { backoffMs, DEFAULT_PACE } from '../../../../src/sources/cluster/backoff.ts';

/** The shortest and the longest wait after so many failures. */
const rows: readonly (readonly [failures: number, shortestMs: number, longestMs: number])[] = [
  [1, 250, 500],
  [2, 500, 1_000],
  [3, 1_000, 2_000],
  [6, 8_000, 16_000],
  [7, 15_000, 30_000],
  [1_000, 15_000, 30_000],
];

describe('the wait before the next attempt', () => {
  for (const [failures, shortestMs, longestMs] of rows) {
    it(`after ${failures} failures is between ${shortestMs} and ${longestMs} ms`, () => {
      assert.equal(
        backoffMs(DEFAULT_PACE, failures, () => 0),
        shortestMs,
      );
      assert.equal(
        backoffMs(DEFAULT_PACE, failures, () => 1),
        longestMs,
      );
    });
  }

  it('is another one in each window, so that they do not return in step', () => {
    const waits = new Set(Array.from({ length: 20 }, () => backoffMs(DEFAULT_PACE, 7)));
    assert.ok(waits.size > 10, `${waits.size} different waits`);
  });
});
