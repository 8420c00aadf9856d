import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingFeatures } from '../properties/generatedFeatures.ts';
import { calledPorts, podKey } from './podAndService.ts';
import { readRecording } from './recordedMesh.ts';

test('at least 2 000 meshes are recorded, and no feature is missing among them', () => {
  const meshes = [...readRecording('sidecar'), ...readRecording('ambient')];
  assert.ok(meshes.length >= 2_000);
  assert.deepEqual(missingFeatures(meshes), []);
});

test('calls with mutual TLS of each kind, without it, and to nobody are all among the recorded ones', () => {
  const letters = new Map<string, number>();
  for (const { objects, answer } of [...readRecording('sidecar'), ...readRecording('ambient')]) {
    const clients = objects.filter(({ kind }) => kind === 'Pod');
    for (const { pattern, port } of calledPorts(objects)) {
      for (const client of clients) {
        const cluster = answer.clients[podKey(client)]?.[`${pattern}:${port}/`] ?? '';
        const wires =
          cluster === '' ? ['unknown host'] : cluster.split(' ').map((one) => one.slice(-1));
        for (const wire of wires) letters.set(wire, (letters.get(wire) ?? 0) + 1);
      }
    }
  }
  for (const wire of ['unknown host', 'E', 'O', 'D', 'p', 'm', 'h', 's', 'u', 'S', 'U']) {
    assert.ok((letters.get(wire) ?? 0) > 50, `${wire}: ${letters.get(wire) ?? 0}`);
  }
});
