import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import type { Workload } from '../../src/mesh/snapshot/workload.ts';
import { effectiveMode } from '../../src/mesh/policy/serverMode.ts';
import { workloadMtls } from '../../src/mesh/server/workloadMtls.ts';
import { proxyKind } from '../reference/clientWire.ts';
import { meshOf, workloadOf } from './engineMesh.ts';
import { nodesByKey } from './podAndService.ts';
import { readRecording } from './recordedMesh.ts';

/** One pod and port, with what Istio recorded about it. */
interface RecordedPort {
  readonly where: string;
  readonly mesh: Mesh;
  readonly workload: Workload;
  readonly port: number;
  readonly recorded: string;
  /** The pod or WorkloadEntry. */
  readonly node: Manifest;
  /** Whether the sidecar sees what comes in at the port; undefined for a pod that says nothing about it. */
  readonly captured: boolean | undefined;
}

type Side = 'inbound' | 'ambient';

function* recordedPorts(kind: 'sidecar' | 'ambient', side: Side): Iterable<RecordedPort> {
  for (const { id, objects, answer } of readRecording(kind)) {
    const mesh = meshOf(objects);
    const nodes = nodesByKey(objects);
    for (const [pod, ports] of Object.entries(answer[side] ?? {})) {
      const node = nodes.get(pod);
      // What a ServiceEntry writes out is no workload of its own.
      if (node === undefined) continue;
      const workload = workloadOf(mesh, node);
      assert.ok(workload !== undefined, `mesh ${id} has no workload for ${pod}`);
      for (const [port, recorded] of Object.entries(ports)) {
        const captured = answer.redirected?.[pod]?.[port]?.startsWith('i');
        yield {
          where: `${kind} mesh ${id}, ${pod}:${port}`,
          mesh,
          workload,
          port: Number(port),
          recorded,
          node,
          captured,
        };
      }
    }
  }
}

const modes: Readonly<Record<string, string>> = { S: 'STRICT', P: 'PERMISSIVE', D: 'DISABLE' };

for (const kind of ['sidecar', 'ambient'] as const) {
  test(`Istio composes the same mode for every workload port of the recorded ${kind} meshes (R1 to R20)`, () => {
    let compared = 0;
    for (const { where, mesh, workload, port, recorded } of recordedPorts(kind, 'inbound')) {
      const { mode } = effectiveMode(mesh, workload, port);
      assert.equal(mode, modes[recorded[0] ?? ''], where);
      compared++;
    }
    assert.ok(compared > 5_000, `only ${compared} ports were compared`);
  });
}

test('ztunnel accepts plaintext on exactly the ports where Istio attaches no denying policy (R86 to R96)', () => {
  let compared = 0;
  for (const { where, mesh, workload, port, recorded } of recordedPorts('ambient', 'ambient')) {
    const listed = workloadMtls(mesh, workload).ports.find((one) => one.port === port);
    const { accepts } = listed ?? workloadMtls(mesh, workload);
    assert.equal(accepts.includes('plaintext'), recorded === 'a', where);
    compared++;
  }
  assert.ok(compared > 5_000, `only ${compared} ports were compared`);
});

test('a sidecar takes plaintext and mutual TLS exactly where its inbound listener has a chain for it (R49 to R56)', () => {
  let compared = 0;
  let past = 0;
  for (const kind of ['sidecar', 'ambient'] as const) {
    for (const { where, mesh, workload, port, recorded, node, captured } of recordedPorts(
      kind,
      'inbound',
    )) {
      const [, chains] = recorded.split(' ');
      // What a gateway's listeners take is compared with what becomes of connections to it.
      if (chains === undefined || proxyKind(node) === 'gateway') continue;
      const listed = workloadMtls(mesh, workload).ports.find((one) => one.port === port);
      // What is told of a workload as a whole is not of its single ports.
      if (listed === undefined && captured !== undefined) continue;
      const { accepts } = listed ?? workloadMtls(mesh, workload);
      const [plaintext, istio] = captured === false ? 'r-' : chains;
      assert.equal(accepts.includes('plaintext'), plaintext !== 'x', `plaintext at ${where}`);
      assert.equal(accepts.includes('mutual-tls'), istio === 'm', `mutual TLS at ${where}`);
      compared++;
      if (captured === false) past++;
    }
  }
  assert.ok(compared > 5_000, `only ${compared} ports were compared`);
  assert.ok(
    past > 500,
    `only ${past} of them were ports that Istio's iptables rules keep from the sidecar`,
  );
});
