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
}

const rows: readonly Row[] = [
  {
    name: 'a STRICT namespace that one pod without a sidecar does not enforce [R24]',
    objects: [policy('foo/default', strict), podWithoutSidecar],
    node: foo,
    description: '1 of 3 pods not enforced · STRICT · set here',
    state: 'unenforced',
  },
  {
    name: 'a workload of which one pod has no sidecar to enforce its own STRICT [R24]',
    objects: [policy('foo/httpbin', own('STRICT')), podWithoutSidecar],
    node: workload,
    description: '1 of 2 pods not enforced · STRICT · set here · 1 sidecar, 1 not in mesh',
    state: 'unenforced',
  },
  {
    name: 'a STRICT port of such a workload [R24]',
    objects: [policy('foo/httpbin', own('STRICT')), podWithoutSidecar],
    node: port,
    description: '1 of 2 pods not enforced · STRICT · from workload',
    state: 'unenforced',
  },
  {
    name: 'a PERMISSIVE workload of which one pod has no sidecar, which takes plaintext either way',
    objects: [policy('foo/httpbin', own('PERMISSIVE')), podWithoutSidecar],
    node: workload,
    description: 'PERMISSIVE · set here · 1 sidecar, 1 not in mesh',
    state: 'permissive',
  },
  {
    name: 'a STRICT port that is excluded from its sidecar [R54]',
    objects: [policy('foo/default', strict), podWithExcludedPort],
    node: port,
    description: 'accepts plaintext · STRICT · from namespace',
    state: 'unenforced',
  },
  {
    name: 'a STRICT workload with such a port [R54]',
    objects: [policy('foo/default', strict), podWithExcludedPort],
    node: workload,
    description: '1 port not enforced · STRICT · from namespace',
    state: 'unenforced',
  },
  {
    name: 'a STRICT namespace with such a workload [R54]',
    objects: [policy('foo/default', strict), podWithExcludedPort],
    node: foo,
    description: '1 workload not enforced · STRICT · set here',
    state: 'unenforced',
  },
];

describe('a row of the Mesh view says where its mode does not hold:', () => {
  for (const { name, objects, node, description, state } of rows) {
    it(name, () => {
      const row = rowOf(content(tutorialMesh(...objects)), node);
      assert.equal(row.description, description);
      assert.equal(row.state, state);
      const [doubt = ''] = description.split(' · ');
      assert.ok(row.accessibilityLabel.includes(doubt), row.accessibilityLabel);
    });
  }

  it('with no lock and no green where STRICT is not enforced everywhere', () => {
    const of = content(tutorialMesh(policy('foo/default', strict), podWithoutSidecar));
    for (const node of [foo, workload, port]) {
      const { icon, color } = rowOf(of, node);
      assert.deepEqual({ icon, color }, { icon: 'warning', color: 'charts.yellow' });
    }
  });
});
