import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import { proxyKind } from '../reference/clientWire.ts';
import { leadsOutside } from '../reference/destination.ts';
import { outcomesBetween, tally } from './engineOutcomes.ts';
import { meshOf, workloadOf } from './engineMesh.ts';
import { calledPorts, nodesByKey } from './podAndService.ts';
import {
  clusterOf,
  hasEitherProtocol,
  recordedOutcomes,
  type RecordedCall,
} from './recordedOutcomes.ts';
import { readRecording } from './recordedMesh.ts';

/** Where Istio's recorded answers and the engine's are not comparable, and the share of all calls that it may be. */
const explained = {
  'R172: a gateway was given no address but its own, so what keeps addresses (PASSTHROUGH) leads it nowhere else':
    {
      atMost: 0.005,
      holds: ({ client, called, ...call }) =>
        proxyKind(client) === 'gateway' &&
        leadsOutside(called.service) &&
        (clusterOf({ client, called, ...call }) ?? '').startsWith('O '),
    },
  'R44: of two protocols that one ServiceEntry declares for one workload port Istio takes either': {
    atMost: 0.01,
    holds: hasEitherProtocol,
  },
} as const satisfies Readonly<
  Record<string, { readonly atMost: number; readonly holds: (call: RecordedCall) => boolean }>
>;

interface MeshCall extends RecordedCall {
  readonly mesh: Mesh;
  readonly where: string;
}

function* recordedCalls(kind: 'sidecar' | 'ambient'): Iterable<MeshCall> {
  for (const recorded of readRecording(kind)) {
    const mesh = meshOf(recorded.objects);
    const nodes = nodesByKey(recorded.objects);
    for (const [key, clusters] of Object.entries(recorded.answer.clients)) {
      const client = nodes.get(key);
      assert.ok(client !== undefined, `no node ${key}`);
      for (const called of calledPorts(recorded.objects)) {
        for (const subset of ['', 'v1', 'v2']) {
          const name = `${called.host}:${called.port}/${subset}`;
          if (subset !== '' && clusters[`${called.pattern}:${called.port}/${subset}`] === undefined)
            continue;
          if (subset !== '' && called.alias !== undefined) continue;
          yield {
            where: `${kind} mesh ${recorded.id}, ${key} to ${name}`,
            recorded,
            mesh,
            client,
            called,
            subset,
          };
        }
      }
    }
  }
}

for (const kind of ['sidecar', 'ambient'] as const) {
  test(`Istio's clients and servers together give the same outcomes in the recorded ${kind} meshes (R144 to R184)`, () => {
    const counts = new Map<string, number>();
    let all = 0;
    for (const call of recordedCalls(kind)) {
      all++;
      const reason =
        Object.entries(explained).find(([, { holds }]) => holds(call))?.[0] ?? 'compared';
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (reason === 'compared') compare(call);
    }
    for (const [why, { atMost }] of Object.entries(explained)) {
      const share = (counts.get(why) ?? 0) / all;
      assert.ok(share <= atMost, `${why}: ${share} of all calls`);
    }
    const compared = counts.get('compared') ?? 0;
    assert.ok(
      compared > 10_000 && compared > 0.95 * all,
      `only ${compared} of ${all} calls were compared`,
    );
  });
}

function compare({ mesh, where, ...call }: MeshCall): void {
  const { client, called, subset } = call;
  const workload = workloadOf(mesh, client);
  assert.ok(workload !== undefined, where);
  const from = { kind: 'workload', workload: workload.ref } as const;
  const server = { host: called.host, port: called.port, ...(subset === '' ? {} : { subset }) };
  assert.deepEqual(outcomesBetween(mesh, from, server), tally(recordedOutcomes(call)), where);
}
