import { planEnforcement } from '../../src/mesh/change/enforce.ts';
import { withDesired } from '../../src/mesh/change/change.ts';
import { preflightSteps } from '../../src/mesh/change/preflight.ts';
import { ruledMesh } from '../support/ruledMesh.ts';
import { FixedWalk } from './calibration.ts';
import { busy, median, milliseconds, type Figure } from './figures.ts';

const namespaces = 200;

/** What the comparison tells of: 1 401 clients of 1 200 servers. */
const pairs = 1_681_200;

const rounds = 3;

/** Milliseconds for which a surface may keep its editor waiting. */
const longestBlock = 20;

/**
 * What STRICT for a whole mesh does to each of 1 681 200 connections, where every namespace has a rule of its own for all
 * hosts: against a walk over as many values, and its longest step against what an editor may be kept waiting.
 */
export function allPairsFigures(): readonly Figure[] {
  const walk = new FixedWalk();
  const times = {
    all: new Array<number>(),
    longest: new Array<number>(),
    walk: new Array<number>(),
  };
  for (let round = 0; round < rounds; round++) {
    const { all, longest } = compareAll();
    times.all.push(all);
    times.longest.push(longest);
    times.walk.push(busy(() => walk.visit(pairs)));
  }
  const [all, walked] = [median(times.all), median(times.walk)];
  // What else a machine does only ever makes a step longer.
  const longest = Math.min(...times.longest);
  return [
    {
      name: 'STRICT on a mesh of 1 681 200 pairs',
      value: milliseconds(all),
      against: `a walk over as many values ${milliseconds(walked)}`,
      ratio: all / walked,
      budget: 2.5,
    },
    {
      name: 'its longest step',
      value: milliseconds(longest),
      against: `${longestBlock} ms`,
      ratio: longest / longestBlock,
      budget: 1,
    },
  ];
}

/** Milliseconds of work for all pairs of a mesh that nobody has asked before, and for the longest of the steps. */
function compareAll(): { readonly all: number; readonly longest: number } {
  const mesh = ruledMesh(namespaces);
  const plan = planEnforcement(mesh, { scope: 'mesh' }, 'STRICT');
  if (plan.kind !== 'plan') throw new Error('there is nothing to compare');
  const steps = preflightSteps(mesh, withDesired(mesh, plan.desired));
  let [all, longest, isDone] = [0, 0, false];
  while (!isDone) {
    const time = busy(() => (isDone = steps.next().done === true));
    all += time;
    longest = Math.max(longest, time);
  }
  return { all, longest };
}
