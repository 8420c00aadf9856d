import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { watchKubeconfig } from '../../../../src/sources/kubeconfig/watchKubeconfig.ts';

async function watching(act: (file: string) => Promise<void>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  const file = join(folder, 'config');
  await writeFile(file, 'a');
  // Some systems still report what was written just before.
  await delay(30);
  let calls = 0;
  const watched = watchKubeconfig([file, join(folder, 'none', 'config')], () => (calls += 1), 40);
  await act(file);
  await delay(200);
  watched.dispose();
  await rm(folder, { recursive: true });
  return calls;
}

describe('a kubeconfig that is watched', () => {
  const rows: readonly (readonly [string, (file: string) => Promise<void>, number])[] = [
    [
      'tells once about several writes in a row',
      async (file) => {
        for (const text of ['b', 'c', 'd']) await writeFile(file, text);
      },
      1,
    ],
    [
      'tells when another file takes its place',
      async (file) => {
        await writeFile(`${file}.new`, 'b');
        await rename(`${file}.new`, file);
      },
      1,
    ],
    ['tells when it is deleted', (file) => rm(file), 1],
    ['says nothing about other files', (file) => writeFile(`${file}.other`, 'x'), 0],
  ];
  for (const [name, act, expected] of rows) {
    it(name, async () => {
      assert.equal(await watching(act), expected);
    });
  }
});
