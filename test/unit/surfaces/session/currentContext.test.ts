import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onSwitch } from '../../../../src/surfaces/session/currentContext.ts';
import type { OnSwitch, Switched } from '../../../../src/surfaces/session/currentContext.ts';

interface Row {
  readonly name: string;
  readonly given: Partial<Switched>;
  readonly then: OnSwitch;
}

/** `kubectl config use-context staging` while the view shows prod, which was the current context. */
const switched: Switched = {
  setting: 'offer',
  before: 'prod',
  now: 'staging',
  open: ['prod'],
  active: 'prod',
  pinned: false,
};

const rows: readonly Row[] = [
  { name: 'is offered', given: {}, then: { kind: 'offer', context: 'staging' } },
  {
    name: 'is followed where that was chosen',
    given: { setting: 'follow' },
    then: { kind: 'follow', context: 'staging' },
  },
  {
    name: 'is ignored where that was chosen',
    given: { setting: 'ignore' },
    then: { kind: 'nothing' },
  },
  {
    name: 'is only offered while the view shows another context than the current one',
    given: { setting: 'follow', active: 'demo', open: ['demo'] },
    then: { kind: 'offer', context: 'staging' },
  },
  {
    name: 'is only offered where a setting names the context',
    given: { setting: 'follow', pinned: true },
    then: { kind: 'offer', context: 'staging' },
  },
  {
    name: 'to a context that is open already offers nothing',
    given: { open: ['prod', 'staging'] },
    then: { kind: 'take-offer-back' },
  },
  {
    name: 'back takes the offer back',
    given: { before: 'staging', now: 'prod' },
    then: { kind: 'take-offer-back' },
  },
  {
    name: 'to no context at all offers nothing',
    given: { now: undefined },
    then: { kind: 'take-offer-back' },
  },
  {
    name: 'is not what happened when a kubeconfig was written for another reason',
    given: { setting: 'follow', now: 'prod' },
    then: { kind: 'nothing' },
  },
];

describe('a switch of the current context by another program', () => {
  for (const { name, given, then } of rows) {
    it(name, () => {
      assert.deepEqual(onSwitch({ ...switched, ...given }), then);
    });
  }
});
