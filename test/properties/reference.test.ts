import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { findWorkload, type Mesh } from '../../src/mesh/snapshot/mesh.ts';
import type { Client } from '../../src/mesh/connection/connection.ts';
import { effectiveMode } from '../../src/mesh/policy/serverMode.ts';
import { workloadMtls } from '../../src/mesh/server/workloadMtls.ts';
import { meshOf, workloadOf } from '../conformance/engineMesh.ts';
import { outcomesBetween, tally } from '../conformance/engineOutcomes.ts';
import { calledPorts, nodesByKey, podKey } from '../conformance/podAndService.ts';
import { askedPorts } from '../conformance/recordedMesh.ts';
import { ztunnelDenies } from '../reference/ambient.ts';
import { isAmbient, proxyKind } from '../reference/clientWire.ts';
import { outcomeAtAddress, outcomes } from '../reference/connection.ts';
import { destinationOf, nodeAsPod } from '../reference/destination.ts';
import { composedMode, type ReferenceMesh } from '../reference/mode.ts';
import { acceptsPlaintext } from '../reference/outcome.ts';
import { at, text } from '../reference/json.ts';
import { missingFeatures } from './generatedFeatures.ts';
import { meshArbitrary, type GeneratedMesh, type MeshKind } from './meshArbitrary.ts';
import { numRuns } from './runs.ts';

function referenceOf(generated: GeneratedMesh): ReferenceMesh {
  return { ...generated, ambientEnabled: generated.kind === 'ambient' };
}

/** Pods, and the machines of WorkloadEntries, as the engine and as the reference see them. */
function nodesOf(mesh: Mesh, generated: GeneratedMesh) {
  return [...nodesByKey(generated.objects).values()].map((node) => {
    const workload = workloadOf(mesh, node);
    assert.ok(workload !== undefined && findWorkload(mesh, workload.ref) === workload);
    return { node, workload, pod: nodeAsPod(node) };
  });
}

for (const kind of ['sidecar', 'ambient'] as const satisfies readonly MeshKind[]) {
  test(`modes of random ${kind} meshes are those that a naive reading of the rules gives (R1 to R20, R86 to R96)`, () => {
    fc.assert(
      fc.property(meshArbitrary(kind), (generated) => {
        const mesh = meshOf(generated.objects);
        const reference = referenceOf(generated);
        for (const { pod, workload } of nodesOf(mesh, generated)) {
          for (const port of askedPorts) {
            const where = `${podKey(pod)}:${port}`;
            const { mode } = effectiveMode(mesh, workload, port);
            assert.equal(mode, composedMode(reference, pod, port), where);
          }
        }
      }),
      { numRuns },
    );
  });

  test(`what ports of random ${kind} meshes accept is what a naive reading of the rules gives (R49 to R56, R86 to R96)`, () => {
    fc.assert(
      fc.property(meshArbitrary(kind), (generated) => {
        const mesh = meshOf(generated.objects);
        const reference = referenceOf(generated);
        for (const { pod, workload } of nodesOf(mesh, generated)) {
          // A gateway's ports are a matter of Gateways; connections tell what becomes of them.
          if (proxyKind(pod) === 'gateway') continue;
          const whole = workloadMtls(mesh, workload);
          for (const one of whole.ports) {
            const denied = isAmbient(pod)
              ? ztunnelDenies(reference, pod, one.port)
              : !acceptsPlaintext(reference, pod, one.port);
            assert.equal(one.accepts.includes('plaintext'), !denied, `${podKey(pod)}:${one.port}`);
          }
        }
      }),
      { numRuns },
    );
  });

  test(`outcomes of random ${kind} meshes are those that a naive reading of the rules gives (R140 to R196)`, () => {
    fc.assert(
      fc.property(meshArbitrary(kind), (generated) => {
        const mesh = meshOf(generated.objects);
        const reference = referenceOf(generated);
        const clients = clientsOf(mesh, generated);
        for (const called of calledPorts(generated.objects)) {
          const { host, port } = called;
          const destination = destinationOf(reference, called);
          for (const { client, pod, name } of clients) {
            const expected = tally(outcomes(reference, pod, destination));
            const found = outcomesBetween(mesh, client, { host, port });
            assert.deepEqual(found, expected, `${name} to ${host}:${port}`);
          }
        }
      }),
      { numRuns },
    );
  });

  test(`calls of pods by their addresses in random ${kind} meshes end as a naive reading of the rules says (R144)`, () => {
    fc.assert(
      fc.property(meshArbitrary(kind), fc.constantFrom(...askedPorts), (generated, port) => {
        const mesh = meshOf(generated.objects);
        const reference = referenceOf(generated);
        for (const server of generated.objects.filter(({ kind: of }) => of === 'Pod')) {
          const host = text(at(server, 'status', 'podIP'));
          for (const { client, pod, name } of clientsOf(mesh, generated)) {
            const expected = outcomeAtAddress(reference, pod, { pod: server, port });
            const found = outcomesBetween(mesh, client, { host, port });
            // A client that is one of several pods fares otherwise than they do where it is the one that is called.
            const isAmong = Object.keys(found).includes(expected);
            const isAlone = Object.keys(found).length === 1;
            const callsOwn =
              client.kind === 'workload' && workloadOf(mesh, server)?.ref === client.workload;
            assert.ok(
              isAmong && (isAlone || callsOwn),
              `${name} to ${podKey(server)}:${port}: ${expected}, not ${Object.keys(found).join()}`,
            );
          }
        }
      }),
      { numRuns },
    );
  });
}

test('no feature has vanished from the meshes that are generated', () => {
  const options = { numRuns: 1000, seed: 1 };
  const meshes = [
    ...fc.sample(meshArbitrary('sidecar'), options),
    ...fc.sample(meshArbitrary('ambient'), options),
  ];
  assert.deepEqual(missingFeatures(meshes), []);
});

test('the naive implementation imports nothing of the real one but the type of a manifest', () => {
  const folder = new URL('../reference/', import.meta.url);
  for (const file of readdirSync(folder)) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const imports = [...text.matchAll(/from '([^']+)'/gu)].map(([, from]) => from ?? '');
    const foreign = imports.filter((from) => !from.startsWith('./'));
    assert.deepEqual(new Set(foreign), new Set(foreign.length === 0 ? [] : [MANIFEST]), file);
    assert.ok(foreign.length === 0 || text.includes(`import type { Manifest } from '${MANIFEST}'`));
  }
});

const MANIFEST = '../../src/mesh/model/manifest.ts';

interface NamedClient {
  readonly client: Client;
  readonly pod: Manifest | undefined;
  readonly name: string;
}

function clientsOf(mesh: Mesh, generated: GeneratedMesh): readonly NamedClient[] {
  const outside: NamedClient = { client: { kind: 'outside' }, pod: undefined, name: 'outside' };
  const inside = nodesOf(mesh, generated).map(({ workload, pod }): NamedClient => ({
    client: { kind: 'workload', workload: workload.ref },
    pod,
    name: podKey(pod),
  }));
  return [outside, ...inside];
}
