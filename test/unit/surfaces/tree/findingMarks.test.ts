import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMesh, decode, findingsIn, type Mesh } from '../../../../src/mesh/index.ts';
import type { PolicyNode } from '../../../../src/surfaces/nodes/treeNode.ts';
import type { TreeContent } from '../../../../src/surfaces/tree/meshTree.ts';
import { rowOf } from '../../../../src/surfaces/tree/rowOf.ts';
import { tooltipOf } from '../../../../src/surfaces/tree/rowTooltip.ts';

const policy = (name: string, second: number): unknown => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name, namespace: 'foo', creationTimestamp: `2026-01-01T00:00:0${second}Z` },
  spec: { mtls: { mode: 'STRICT' } },
});

const mesh: Mesh = buildMesh({
  objects: [policy('older', 1), policy('younger', 2)].flatMap(
    (object) => decode(object, { kind: 'cluster' }).object ?? [],
  ),
});

const content: TreeContent = {
  context: 'c',
  role: 'only',
  mesh,
  shownNamespaces: 100,
  filter: undefined,
};

const node = (name: string): PolicyNode => ({
  kind: 'policy',
  context: 'c',
  under: { kind: 'namespace', context: 'c', namespace: 'foo' },
  policy: { kind: 'PeerAuthentication', namespace: 'foo', name },
});

test('a policy of a cluster with a mistake is marked, and its tooltip tells of it', () => {
  const judged = { ...content, findMistakes: findingsIn };
  const row = rowOf(judged, node('younger'));
  assert.equal(row.description, '1 finding · STRICT · PeerAuthentication');
  assert.equal(row.icon, 'warning');
  assert.match(row.accessibilityLabel, /1 finding/);
  assert.match(tooltipOf(judged, node('younger'))?.list.join() ?? '', /^MTLS0110: This policy/);
});

test('one without a mistake is not, and neither is any before mistakes can be found', () => {
  for (const [of, name] of [
    [{ ...content, findMistakes: findingsIn }, 'older'],
    [content, 'younger'],
  ] as const) {
    assert.equal(rowOf(of, node(name)).icon, 'law');
    assert.equal(tooltipOf(of, node(name)), undefined);
  }
});
