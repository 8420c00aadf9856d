import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calledPorts, podKey } from './podAndService.ts';
import { readRecording } from './recordedMesh.ts';

test('at least 2 000 meshes are recorded, and every feature is in hundreds of objects', () => {
  const meshes = [...readRecording('sidecar'), ...readRecording('ambient')];
  assert.ok(meshes.length >= 2_000);
  const objects = meshes
    .flatMap((mesh) => mesh.objects)
    .map((object) => ({ kind: object.kind, text: JSON.stringify(object) }));
  const holding = (kind: string, ...texts: readonly string[]): number =>
    objects.filter((one) => one.kind === kind && texts.every((text) => one.text.includes(text))).length;
  const atLeast: readonly (readonly [least: number, kind: string, ...texts: readonly string[]])[] = [
    [1_000, 'Pod', 'proxy","sidecar'],
    [300, 'Pod', 'proxy","router'],
    [1_000, 'Pod', '"ambient.istio.io/redirection":"enabled"'],
    [300, 'Pod', 'InboundPorts'],
    [50, 'Pod', 'excludeOutboundPorts'],
    [500, 'PeerAuthentication', 'portLevelMtls'],
    [300, 'PeerAuthentication', '"istio.io/rev":"canary"'],
    [1_000, 'DestinationRule', '"tls"'],
    [300, 'DestinationRule', 'exportTo'],
    [300, 'DestinationRule', 'subsets'],
    [200, 'Service', '"clusterIP":"None"'],
    [200, 'Service', 'ExternalName'],
    [200, 'Service', 'networking.istio.io/exportTo'],
    [200, 'ServiceEntry', 'MESH_INTERNAL', 'workloadSelector'],
    [200, 'ServiceEntry', 'MESH_INTERNAL', 'endpoints'],
    [200, 'ServiceEntry', 'MESH_EXTERNAL'],
    [200, 'ServiceEntry', '"DNS"'],
    [200, 'ServiceEntry', '"NONE"'],
    [1_000, 'WorkloadEntry', 'serviceAccount'],
    [300, 'Sidecar', 'egress'],
    [50, 'Sidecar', 'ingress'],
    [50, 'Sidecar', 'REGISTRY_ONLY'],
    [200, 'Gateway', 'ISTIO_MUTUAL'],
    [200, 'Gateway', 'SIMPLE'],
    [50, 'ConfigMap', 'enableAutoMtls', ':false'],
    [50, 'ConfigMap', 'REGISTRY_ONLY'],
    [50, 'ConfigMap', 'defaultServiceExportTo'],
  ];
  for (const [least, kind, ...texts] of atLeast) {
    const found = holding(kind, ...texts);
    assert.ok(found >= least, `only ${found} of kind ${kind} with ${texts.join()}`);
  }
});

test('calls with mutual TLS of each kind, without it, and to nobody are all among the recorded ones', () => {
  const letters = new Map<string, number>();
  for (const { objects, answer } of [...readRecording('sidecar'), ...readRecording('ambient')]) {
    const clients = objects.filter(({ kind }) => kind === 'Pod');
    for (const { pattern, port } of calledPorts(objects)) {
      for (const client of clients) {
        const cluster = answer.clients[podKey(client)]?.[`${pattern}:${port}/`] ?? '';
        const wires = cluster === '' ? ['unknown host'] : cluster.split(' ').map((one) => one.slice(-1));
        for (const wire of wires) letters.set(wire, (letters.get(wire) ?? 0) + 1);
      }
    }
  }
  for (const wire of ['unknown host', 'E', 'O', 'D', 'p', 'm', 'h', 's', 'u', 'S', 'U']) {
    assert.ok((letters.get(wire) ?? 0) > 50, `${wire}: ${letters.get(wire) ?? 0}`);
  }
});
