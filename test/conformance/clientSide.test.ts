import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mesh } from '../../src/mesh/model/mesh.ts';
import { workloadOfPod } from '../../src/mesh/model/mesh.ts';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { endpointsOf, proxyKind, type Endpoint, type Wire } from '../reference/clientWire.ts';
import { outcomeAt, speaksTls, type Receiver } from '../reference/outcome.ts';
import type { ReferenceMesh } from '../reference/mode.ts';
import { outcomesBetween, tally } from './engineOutcomes.ts';
import { meshOf } from './engineMesh.ts';
import { calledPorts, podKey, podsByKey, type CalledPort } from './podAndService.ts';
import { readRecording, type RecordedMesh } from './recordedMesh.ts';

/** What Istio recorded for one client and one port of a Service, endpoint by endpoint. */
function recordedWires(recorded: string | undefined, endpoints: readonly Endpoint[]): readonly (Endpoint & { readonly wire: Wire })[] {
  // A client that does not know the service passes its application's bytes through (R144).
  const [kind = 'O', ...rest] = (recorded ?? 'O p').split(' ');
  // The recorder writes these letters and no others.
  if (kind === 'O') return endpoints.map((endpoint) => ({ ...endpoint, wire: rest[0] as Wire }));
  const wires = new Map(rest.map((entry) => entry.split('=') as [string, Wire]));
  return endpoints.flatMap((endpoint) => {
    const wire = wires.get(`${endpoint.address}:${endpoint.port}`);
    return wire === undefined ? [] : [{ ...endpoint, wire }];
  });
}

/** What Istio recorded about a server's side of one workload port. */
function recordedReceiver({ answer }: RecordedMesh, pod: Manifest, port: number): Receiver {
  const key = podKey(pod);
  const [, treatment] = (answer.inbound[key]?.[String(port)] ?? '').split(' ');
  if (treatment !== undefined) return { kind: 'sidecar', treatment };
  const verdict = answer.ambient?.[key]?.[String(port)];
  return verdict === undefined ? { kind: 'none' } : { kind: 'ambient', deniesPlaintext: verdict === 'd' };
}

/** Where Istio's recorded answers and the engine's are not comparable, and why. */
const explained: readonly {
  readonly why: string;
  readonly holds: (at: { readonly endpoints: readonly Endpoint[]; readonly subset: string; readonly cluster: string | undefined }) => boolean;
}[] = [
  {
    why: 'R61: what a gateway pod accepts is in Gateway resources, which these meshes do not have',
    holds: ({ endpoints }) => endpoints.some(({ pod }) => proxyKind(pod) === 'gateway'),
  },
  {
    why: 'R172: a client of a headless service keeps the address it was given, so labels of a subset choose no endpoint',
    holds: ({ subset, cluster }) => subset !== '' && (cluster ?? '').startsWith('O '),
  },
  {
    why: 'a Service without endpoints has no outcome to compare',
    holds: ({ endpoints, cluster }) => endpoints.length === 0 || cluster === 'E',
  },
];

/** What Istio's answers on both sides amount to (R180). */
function expectedOutcomes(recorded: RecordedMesh, called: CalledPort, wires: ReturnType<typeof recordedWires>): readonly string[] {
  const applicationTls = speaksTls(called.declared);
  return wires.map(({ pod, port, wire }) =>
    outcomeAt(recordedReceiver(recorded, pod, port), { wire, sender: 'envoy', applicationTls }),
  );
}

interface Comparison {
  readonly where: string;
  readonly recorded: RecordedMesh;
  readonly mesh: Mesh;
  readonly client: Manifest;
  readonly called: CalledPort;
  readonly subset: string;
  readonly cluster: string | undefined;
}

function* comparisons(kind: 'sidecar' | 'ambient'): Iterable<Comparison> {
  for (const recorded of readRecording(kind)) {
    const mesh = meshOf(recorded.objects);
    const pods = podsByKey(recorded.objects);
    for (const [key, clusters] of Object.entries(recorded.answer.clients)) {
      const client = pods.get(key);
      assert.ok(client !== undefined, `no pod ${key}`);
      for (const called of calledPorts(recorded.objects)) {
        for (const subset of ['', 'v1', 'v2']) {
          const name = `${called.host}:${called.port}/${subset}`;
          const cluster = clusters[name];
          if (subset !== '' && cluster === undefined) continue;
          yield { where: `${kind} mesh ${recorded.id}, ${key} to ${name}`, recorded, mesh, client, called, subset, cluster };
        }
      }
    }
  }
}

for (const kind of ['sidecar', 'ambient'] as const) {
  test(`Istio's clients and servers together give the same outcomes in the recorded ${kind} meshes (R144 to R184)`, () => {
    let compared = 0;
    for (const { where, recorded, mesh, client, called, subset, cluster } of comparisons(kind)) {
      const reference: ReferenceMesh = { ...recorded, ambientEnabled: kind === 'ambient' };
      const endpoints = endpointsOf(reference, called.service, called.port);
      if (explained.some(({ holds }) => holds({ endpoints, subset, cluster }))) continue;
      const expected = expectedOutcomes(recorded, called, recordedWires(cluster, endpoints));
      const { metadata } = client;
      const workload = workloadOfPod(mesh, metadata.namespace ?? '', metadata.name);
      assert.ok(workload !== undefined, where);
      const from = { kind: 'workload', workload: workload.ref } as const;
      const server = { host: called.host, port: called.port, ...(subset === '' ? {} : { subset }) };
      assert.deepEqual(outcomesBetween(mesh, from, server), tally(expected), where);
      compared++;
    }
    assert.ok(compared > 1_500, `only ${compared} connections were compared`);
  });
}
