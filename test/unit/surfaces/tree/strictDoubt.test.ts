import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import type { TreeContent } from '../../../../src/surfaces/tree/meshTree.ts';
import type { ModeState } from '../../../../src/surfaces/tree/modeLook.ts';
import { rowOf } from '../../../../src/surfaces/tree/rowOf.ts';
import type { TreeNode } from '../../../../src/surfaces/nodes/treeNode.ts';
import { podWithExcludedPort, podWithoutSidecar, policy, tutorialMesh } from './tutorialMesh.ts';

const context = 'demo';
const httpbin: WorkloadRef = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' };
const foo: TreeNode = { kind: 'namespace', context, namespace: 'foo' };
const workload: TreeNode = { kind: 'workload', context, workload: httpbin };
const port: TreeNode = { kind: 'port', context, workload: httpbin, port: 8080 };

function content(mesh: Mesh): TreeContent {
  return { context, role: 'only', mesh, shownNamespaces: 1000, filter: undefined };
}

const strict = '{ mtls: { mode: STRICT } }';
const own = (mode: string): string =>
  `{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: ${mode} } }`;

interface Row {
  readonly name: string;
  readonly objects: readonly string[];
  readonly node: TreeNode;
  readonly description: string;
  readonly state: ModeState;
  readonly badge: string;
}

const rows: readonly Row[] = [
  {
    name: 'a STRICT namespace that one pod without a sidecar does not enforce [R24]',
    objects: [policy('foo/default', strict), podWithoutSidecar],
    node: foo,
    description: 'STRICT · not enforced on 1 of 3 pods · partly in mesh',
    state: 'unenforced',
    badge: 'S?',
  },
  {
    name: 'a workload of which one pod has no sidecar to enforce its own STRICT [R24]',
    objects: [policy('foo/httpbin', own('STRICT')), podWithoutSidecar],
    node: workload,
    description: 'STRICT · not enforced on 1 of 2 pods · 1 sidecar, 1 not in mesh',
    state: 'unenforced',
    badge: 'S?',
  },
  {
    name: 'a STRICT port of such a workload [R24]',
    objects: [policy('foo/httpbin', own('STRICT')), podWithoutSidecar],
    node: port,
    description: 'STRICT · not enforced on 1 of 2 pods · from workload',
    state: 'unenforced',
    badge: 'S?',
  },
  {
    name: 'a PERMISSIVE workload of which one pod has no sidecar, which takes plaintext either way',
    objects: [policy('foo/httpbin', own('PERMISSIVE')), podWithoutSidecar],
    node: workload,
    description: 'PERMISSIVE · 1 sidecar, 1 not in mesh',
    state: 'permissive',
    badge: 'P',
  },
  {
    name: 'a STRICT port that is excluded from its sidecar [R54]',
    objects: [policy('foo/default', strict), podWithExcludedPort],
    node: port,
    description: 'STRICT · accepts plaintext · from namespace',
    state: 'unenforced',
    badge: 'S?',
  },
  {
    name: 'a STRICT workload with such a port [R54]',
    objects: [policy('foo/default', strict), podWithExcludedPort],
    node: workload,
    description: 'STRICT · not enforced on 1 port · from namespace',
    state: 'unenforced',
    badge: 'S?',
  },
  {
    name: 'a STRICT namespace with such a workload [R54]',
    objects: [policy('foo/default', strict), podWithExcludedPort],
    node: foo,
    description: 'STRICT · not enforced on 1 workload · sidecar',
    state: 'unenforced',
    badge: 'S?',
  },
];

describe('a row of the Mesh view says where its mode does not hold:', () => {
  for (const { name, objects, node, description, state, badge } of rows) {
    it(name, () => {
      const row = rowOf(content(tutorialMesh(...objects)), node);
      assert.equal(row.description, description);
      assert.deepEqual(row.badge, { text: badge, state });
      const [, doubt = ''] = description.split(' · ');
      assert.ok(row.accessibilityLabel.includes(doubt), row.accessibilityLabel);
    });
  }

  it('with no lock and no green where STRICT is not enforced everywhere', () => {
    const of = content(tutorialMesh(policy('foo/default', strict), podWithoutSidecar));
    for (const node of [foo, workload, port]) {
      const { icon, color } = rowOf(of, node);
      assert.deepEqual({ icon, color }, { icon: 'warning', color: 'symbolIcon.classForeground' });
    }
  });
});
