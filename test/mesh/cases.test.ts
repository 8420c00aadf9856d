import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addressSettings } from './cases/addresses.ts';
import { authorizationSettings } from './cases/authorization.ts';
import { captureSettings } from './cases/capture.ts';
import { entrySettings } from './cases/entries.ts';
import { policySettings } from './cases/policies.ts';
import { portSettings } from './cases/ports.ts';
import { ruleSettings } from './cases/rules.ts';
import type { Expected, Setting } from './cases/setting.ts';
import { tutorialSettings } from './cases/tutorial.ts';
import { routeSettings } from './cases/virtualServices.ts';
import { visibilitySettings } from './cases/visibility.ts';
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
  ports: portSettings,
  policies: policySettings,
  addresses: addressSettings,
  AuthorizationPolicies: authorizationSettings,
  DestinationRules: ruleSettings,
  capture: captureSettings,
  ServiceEntries: entrySettings,
  visibility: visibilitySettings,
  routes: routeSettings,
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
  } else if (typeof expected === 'string') {
    assert.ok(!result.agrees, `no difference any more: take away "${knownDifference}"`);
  }
}

function isExpected(expected: Expected, observed: string, answeredBy: string): boolean {
  return [expected]
    .flat()
    .some((each) => each === (each.includes(' at ') ? `${observed} at ${answeredBy}` : observed));
}
