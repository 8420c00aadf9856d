import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { makeCall, type Call, type CallResult } from './call.ts';
import type { KubeObject } from './environment/kubeTypes.ts';
import { minutesVariable } from './environment/programPaths.ts';
import { MeshUnderTest } from './meshUnderTest.ts';
import { randomMesh, type RandomMesh } from './randomMesh.ts';
import { byClient, Settings } from './settings.ts';

/** So many pairs are tried if nobody says for how long; a minute or two. */
const leastPairs = 300;
/** Of one set of policies, so that many sets are tried. */
const pairsOfSet = 30;
const minutes = Number(process.env[minutesVariable] ?? 0);
// The same meshes each time, so that a red run means a change; others where somebody has the time for many.
const seed = Number(process.env['MESH_SEED'] ?? (minutes > 0 ? Date.now() % 2 ** 31 : 20261121));

const under = await MeshUnderTest.open();
const settings = new Settings(under);
after(() => {
  under.close();
});

it(`random meshes are as predicted (MESH_SEED=${seed})`, async (context) => {
  const until = performance.now() + minutes * 60_000;
  const differences: string[] = [];
  let pairs = 0;
  for (let index = 0; pairs < leastPairs || performance.now() < until; index += 1) {
    const [mesh] = fc.sample(randomMesh, { numRuns: 1, seed: seed + index });
    assert.ok(mesh);
    pairs += await tryMesh(mesh, (text) => differences.push(`mesh ${index}: ${text}`));
  }
  process.stdout.write(
    `random meshes: ${pairs} pairs, ${differences.length} differences, MESH_SEED=${seed}\n`,
  );
  context.diagnostic(`${pairs} pairs`);
  assert.deepEqual(differences, []);
});

/** Tries the sets of policies of a mesh, tells each difference, and answers how many pairs were called. */
async function tryMesh(
  { pods, policies, calls }: RandomMesh,
  tell: (difference: string) => void,
): Promise<number> {
  await under.start(pods);
  let pairs = 0;
  for (const [index, objects] of policies.entries()) {
    await settings.enterValid(objects);
    const chosen = everyNth(calls, Math.ceil(calls.length / pairsOfSet), index);
    for (const difference of await differencesOf(chosen, [...pods, ...objects])) tell(difference);
    pairs += chosen.length;
  }
  await settings.enter([]);
  await under.stop(pods);
  return pairs;
}

function everyNth<T>(all: readonly T[], n: number, first: number): readonly T[] {
  return all.filter((_, index) => index % n === first % n);
}

async function differencesOf(
  calls: readonly Call[],
  objects: readonly KubeObject[],
): Promise<readonly string[]> {
  const mesh = await under.read();
  const results = await byClient(
    calls.map((call) => ({ call })),
    async ({ call }) => ({ call, result: await makeCall(under, mesh, call) }),
  );
  return results.filter(({ result }) => !result.outcomeAgrees).map((one) => describe(one, objects));
}

function describe(
  { call, result }: { readonly call: Call; readonly result: CallResult },
  objects: readonly KubeObject[],
): string {
  const { from, to } = call;
  const { observed, predicted, details } = result;
  const yaml = objects.map((object) => stringify(object)).join('---\n');
  return `${from} calls ${to}\nseen: ${observed}\npredicted: ${predicted}\n${details}\n${yaml}`;
}
