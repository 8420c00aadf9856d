import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, mock } from 'node:test';

import { watchKubeconfig } from '../../../../src/sources/kubeconfig/watchKubeconfig.ts';
import { turns } from '../../../support/until.ts';

const settleMs = 40;

/** How often a change of a watched file is told after an act, on a clock that stands still until the system has reported all of it. */
async function watching(act: (file: string) => void): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'));
  const file = join(folder, 'config');
  writeFileSync(file, 'a');
  mock.timers.enable({ apis: ['setTimeout'] });
  let calls = 0;
  const watched = watchKubeconfig(
    [file, join(folder, 'none', 'config')],
    () => (calls += 1),
    settleMs,
  );
  try {
    // Some systems still report what was written just before.
    await reported(folder, 'begin');
    mock.timers.tick(settleMs);
    calls = 0;
    act(file);
    await reported(folder, 'end');
    mock.timers.tick(settleMs);
    return calls;
  } finally {
    watched.dispose();
    mock.timers.reset();
    rmSync(folder, { recursive: true });
  }
}

/** Waits until the system reports a new file, and so everything before it. */
async function reported(folder: string, name: string): Promise<void> {
  const watcher = watch(folder);
  const seen = new Promise<void>((resolve) => {
    watcher.on('change', (_, changed) => {
      if (changed === name) resolve();
    });
  });
  writeFileSync(join(folder, name), '');
  await seen;
  watcher.close();
  await turns(5);
}

describe('a kubeconfig that is watched', () => {
  const rows: readonly (readonly [string, (file: string) => void, number])[] = [
    [
      'tells once about several writes in a row',
      (file) => {
        for (const text of ['b', 'c', 'd']) writeFileSync(file, text);
      },
      1,
    ],
    [
      'tells when another file takes its place',
      (file) => {
        writeFileSync(`${file}.new`, 'b');
        renameSync(`${file}.new`, file);
      },
      1,
    ],
    [
      'tells when it is deleted',
      (file) => {
        rmSync(file);
      },
      1,
    ],
    [
      'says nothing about other files',
      (file) => {
        writeFileSync(`${file}.other`, 'x');
      },
      0,
    ],
  ];
  for (const [name, act, expected] of rows) {
    it(name, async () => {
      assert.equal(await watching(act), expected);
    });
  }
});
