import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sideBySide } from '../../../../scripts/suites/sideBySide.ts';

interface Row {
  readonly name: string;
  /** In their order; those in capitals run alone. */
  readonly jobs: string;
  readonly cores: number;
  /** What runs together, as each job starts. */
  readonly together: string;
}

const rows: readonly Row[] = [
  { name: 'one after another on one core', jobs: 'abc', cores: 1, together: 'a b c' },
  { name: 'two at a time on two cores', jobs: 'abcd', cores: 2, together: 'a ab bc cd' },
  { name: 'alone where they must be', jobs: 'abCd', cores: 2, together: 'a ab C d' },
  { name: 'alone on many cores, too', jobs: 'abCDe', cores: 8, together: 'a ab C D e' },
];

describe('suites run', () => {
  for (const { name, jobs, cores, together } of rows) {
    it(name, async () => {
      const running = new Map<string, () => void>();
      const seen: string[] = [];
      const all = Array.from(jobs, (job) => ({ job, alone: job === job.toUpperCase() }));
      const done = sideBySide(all, cores, ({ job }) => {
        const end = new Promise<void>((resolve) => running.set(job, resolve));
        seen.push([...running.keys()].join(''));
        return end;
      });
      // The oldest ends whenever all that can start has started.
      for (let ended = 0; ended < jobs.length; ended += 1) {
        await new Promise(setImmediate);
        const [[oldest, end] = ['', () => undefined]] = running;
        running.delete(oldest);
        end();
      }
      await done;
      assert.equal(seen.join(' '), together);
    });
  }

  it('to the failure of one, which is that of all', async () => {
    const failing = sideBySide([{}], 2, () => Promise.reject(new Error('it broke')));
    await assert.rejects(failing, /it broke/);
  });
});
