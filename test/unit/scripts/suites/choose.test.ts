import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { choose } from '../../../../scripts/suites/choose.ts';
import type { Suite } from '../../../../scripts/suites/suite.ts';

function suite(name: string, more: Partial<Suite> = {}): Suite {
  return { name, limitMinutes: 1, counting: 'exit-code', args: () => [], ...more };
}

/** Suites as those of the project, where the programs of one are at hand or not. */
function suitesWhere(atHand: boolean): readonly Suite[] {
  return [
    suite('types'),
    suite('package'),
    suite('ui', { needs: 'package' }),
    suite('apiserver', { isAtHand: () => Promise.resolve(atHand) }),
    suite('logs'),
  ];
}

interface Row {
  readonly name: string;
  readonly asked: readonly string[];
  readonly atHand: boolean;
  readonly chosen: string;
  readonly leftOut?: string;
}

const rows: readonly Row[] = [
  {
    name: 'are all when none is named and everything is at hand',
    asked: [],
    atHand: true,
    chosen: 'types package ui apiserver logs',
  },
  {
    name: 'leave out, and tell, what would have to be built first',
    asked: [],
    atHand: false,
    chosen: 'types package ui logs',
    leftOut: 'apiserver',
  },
  {
    name: 'are really all when all are asked for',
    asked: ['all'],
    atHand: false,
    chosen: 'types package ui apiserver logs',
  },
  {
    name: 'are the one that is named, whatever must be built for it',
    asked: ['apiserver'],
    atHand: false,
    chosen: 'apiserver',
  },
  {
    name: 'come with the one that makes what they use',
    asked: ['ui'],
    atHand: true,
    chosen: 'package ui',
  },
];

describe('the suites that run', () => {
  for (const { name, asked, atHand, chosen, leftOut = '' } of rows) {
    it(name, async () => {
      const choice = await choose(asked, suitesWhere(atHand));
      assert.equal(choice.chosen.map((each) => each.name).join(' '), chosen);
      assert.equal(choice.leftOut.map((each) => each.name).join(' '), leftOut);
    });
  }

  it('are named in one sentence when there is no such suite', async () => {
    await assert.rejects(choose(['untested'], suitesWhere(true)), {
      message: 'There is no suite "untested". Suites: types, package, ui, apiserver, logs.',
    });
  });
});
