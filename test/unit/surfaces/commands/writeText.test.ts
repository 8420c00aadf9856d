import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterStatus } from '../../../../src/sources/cluster/clusterStatus.ts';
import { staleSentence } from '../../../../src/surfaces/commands/writeText.ts';

const since = Date.UTC(2026, 0, 1, 10, 20, 30);

const rows: readonly (readonly [status: ClusterStatus, sentence: RegExp | undefined])[] = [
  [{ kind: 'synced' }, undefined],
  [
    { kind: 'stale', since, cause: 'The connection was lost.' },
    /^The mesh below is not up to date since \S*20[:.]30.*: The connection was lost\.$/,
  ],
  [
    { kind: 'failed', cause: 'The server refused the token.' },
    /^The mesh below is not up to date, because the cluster cannot be read: The server refused the token\.$/,
  ],
];

describe('before a write, a mesh that is not followed any more is called out of date', () => {
  for (const [status, sentence] of rows) {
    it(`while the cluster is ${status.kind}`, () => {
      const said = staleSentence(status);
      if (sentence === undefined) assert.equal(said, undefined);
      else assert.match(said ?? '', sentence);
    });
  }
});
