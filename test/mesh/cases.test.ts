import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Expected, Setting } from './cases/setting.ts';
import { tutorialSettings } from './cases/tutorial.ts';
import { world } from './cases/world.ts';
import { MeshUnderTest } from './meshUnderTest.ts';
import { expectationsOf, Settings, type SettledCall } from './settings.ts';

const under = await MeshUnderTest.open();
await under.start(world);
const settings = new Settings(under);
after(async () => {
  await settings.enter([]);
  await under.stop(world);
  under.close();
});

const groups: Readonly<Record<string, readonly Setting[]>> = {
  'the tutorial': tutorialSettings,
};

for (const [group, members] of Object.entries(groups)) {
  describe(group, () => {
    for (const setting of members)
      describe(setting.name, () => {
        asSeen(setting);
      });
  });
}

/** A test for each call of a setting: what is seen is what is expected, and what the product predicts. */
function asSeen(setting: Setting): void {
  let settled: readonly SettledCall[] = [];
  before(async () => {
    settled = await settings.callsOf(setting);
  });
  for (const { call } of expectationsOf(setting)) {
    it(`${call.from} calls ${call.to}`, () => {
      const found = settled.find(
        (each) => each.call.from === call.from && each.call.to === call.to,
      );
      assert.ok(found, 'the call was not made');
      judge(found);
    });
  }
}

function judge({ expected, knownDifference, result }: SettledCall): void {
  const { observed, answeredBy, predicted, details } = result;
  assert.ok(
    isExpected(expected, observed, answeredBy),
    [
      `seen: ${observed}${answeredBy === '' ? '' : ` at ${answeredBy}`}`,
      `expected: ${[expected].flat().join(' or ')}`,
      details,
    ].join('\n'),
  );
  if (knownDifference === undefined) {
    assert.ok(result.agrees, `seen: ${observed}\npredicted: ${predicted}\n${details}`);
  } else {
    assert.ok(!result.agrees, `no difference any more: take away "${knownDifference}"`);
  }
}

function isExpected(expected: Expected, observed: string, answeredBy: string): boolean {
  return [expected]
    .flat()
    .some((each) => each === (each.includes(' at ') ? `${observed} at ${answeredBy}` : observed));
}
