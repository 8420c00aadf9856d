import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { findWorkload, workloadOfPod } from '../../src/mesh/model/mesh.ts';
import type { Client } from '../../src/mesh/mtls/connection.ts';
import { effectiveMode } from '../../src/mesh/mtls/serverMode.ts';
import { workloadMtls } from '../../src/mesh/mtls/workloadMtls.ts';
import { meshOf } from '../conformance/engineMesh.ts';
import { outcomesBetween, tally } from '../conformance/engineOutcomes.ts';
import { calledPorts, podKey } from '../conformance/podAndService.ts';
import { askedPorts } from '../conformance/recordedMesh.ts';
import { endpointsOf, isAmbient, proxyKind } from '../reference/clientWire.ts';
import { outcomes } from '../reference/connection.ts';
import { ztunnelDenies } from '../reference/ambient.ts';
import { composedMode, type ReferenceMesh } from '../reference/mode.ts';
import { meshArbitrary, type GeneratedMesh, type MeshKind } from './meshArbitrary.ts';
import { numRuns } from './runs.ts';

function podsOf(generated: GeneratedMesh): readonly Manifest[] {
  return generated.objects.filter(({ kind }) => kind === 'Pod');
}

function referenceOf(generated: GeneratedMesh): ReferenceMesh {
  return { ...generated, ambientEnabled: generated.kind === 'ambient' };
}

for (const kind of ['sidecar', 'ambient'] as const satisfies readonly MeshKind[]) {
  test(`modes of random ${kind} meshes are those that a naive reading of the rules gives (R1 to R20, R86 to R96)`, () => {
    fc.assert(
      fc.property(meshArbitrary(kind), (generated) => {
        const mesh = meshOf(generated.objects);
        const reference = referenceOf(generated);
        for (const pod of podsOf(generated)) {
          const workload = workloadOfPod(mesh, pod.metadata.namespace ?? '', pod.metadata.name);
          assert.ok(workload !== undefined && findWorkload(mesh, workload.ref) === workload);
          for (const port of askedPorts) {
            const where = `${podKey(pod)}:${port}`;
            assert.equal(
              effectiveMode(mesh, workload, port).mode,
              composedMode(reference, pod, port),
              where,
            );
            if (!isAmbient(pod)) continue;
            const whole = workloadMtls(mesh, workload);
            const { accepts } = whole.ports.find((one) => one.port === port) ?? whole;
            assert.equal(
              accepts.includes('plaintext'),
              !ztunnelDenies(reference, pod, port),
              where,
            );
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
        for (const { service, host, port } of calledPorts(generated.objects)) {
          const endpoints = endpointsOf(reference, service, port);
          // A gateway's listeners are a matter of Gateway resources, not of these rules (R61).
          if (endpoints.length === 0 || endpoints.some(({ pod }) => proxyKind(pod) === 'gateway'))
            continue;
          for (const pod of [undefined, ...podsOf(generated)]) {
            const client = clientOf(mesh, pod);
            const expected = tally(outcomes(reference, pod, service, port));
            const where = `${pod === undefined ? 'outside' : podKey(pod)} to ${host}:${port}`;
            assert.deepEqual(outcomesBetween(mesh, client, { host, port }), expected, where);
          }
        }
      }),
      { numRuns },
    );
  });
}

function clientOf(mesh: ReturnType<typeof meshOf>, pod: Manifest | undefined): Client {
  if (pod === undefined) return { kind: 'outside' };
  const workload = workloadOfPod(mesh, pod.metadata.namespace ?? '', pod.metadata.name);
  assert.ok(workload !== undefined);
  return { kind: 'workload', workload: workload.ref };
}
