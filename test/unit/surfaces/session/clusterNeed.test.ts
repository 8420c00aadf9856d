import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { ClusterNeed } from '../../../../src/surfaces/session/clusterNeed.ts';

const view = Symbol('view');
const command = Symbol('command');
const graceMs = 120_000;

/** What happens one after the other: somebody needs the clusters or no longer does, or time passes. */
type Step = readonly [who: symbol, needs: boolean] | number;

interface Row {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What listeners were told, one after the other. */
  readonly told: readonly boolean[];
}

const rows: readonly Row[] = [
  { name: 'is not there before anybody needs them', steps: [graceMs], told: [] },
  { name: 'begins with the first who needs them', steps: [[view, true]], told: [true] },
  {
    name: 'is told once, however many need them',
    steps: [
      [view, true],
      [command, true],
      [view, true],
    ],
    told: [true],
  },
  {
    name: 'outlasts the last one by two minutes',
    steps: [[view, true], [view, false], graceMs - 1],
    told: [true],
  },
  {
    name: 'ends two minutes after the last one',
    steps: [[view, true], [view, false], graceMs],
    told: [true, false],
  },
  {
    name: 'stays while another one needs them',
    steps: [[view, true], [command, true], [view, false], 10 * graceMs],
    told: [true],
  },
  {
    name: 'has its whole grace again after somebody came back',
    steps: [[view, true], [view, false], graceMs - 1, [view, true], [view, false], graceMs - 1],
    told: [true],
  },
  {
    name: 'does not have its grace prolonged by those who still do not need them',
    steps: [[view, true], [view, false], graceMs - 1, [view, false], 1],
    told: [true, false],
  },
  {
    name: 'begins again with whoever comes after its end',
    steps: [[view, true], [view, false], graceMs, [command, true]],
    told: [true, false, true],
  },
];

describe('the need of clusters', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  for (const { name, steps, told } of rows) {
    it(name, () => {
      const need = new ClusterNeed();
      const heard: boolean[] = [];
      need.subscribe(() => heard.push(need.isThere));
      for (const step of steps) {
        if (typeof step === 'number') mock.timers.tick(step);
        else need.set(...step);
      }
      assert.deepEqual(heard, told);
      assert.equal(need.isThere, told.at(-1) ?? false);
      need.dispose();
    });
  }

  it('tells nobody any more once it is disposed, also not of a grace that was running', () => {
    const need = new ClusterNeed();
    need.set(view, true);
    need.subscribe(() => assert.fail('a listener was called'));
    need.set(view, false);
    need.dispose();
    mock.timers.tick(graceMs);
  });
});
