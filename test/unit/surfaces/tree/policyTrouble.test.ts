import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import type { TreeContent } from '../../../../src/surfaces/tree/meshTree.ts';
import { rowOf } from '../../../../src/surfaces/tree/rowOf.ts';
import { tooltipOf } from '../../../../src/surfaces/tree/rowTooltip.ts';
import type { TreeNode } from '../../../../src/surfaces/nodes/treeNode.ts';
import { policy, tutorialMesh } from './tutorialMesh.ts';

const context = 'demo';
const httpbin: WorkloadRef = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' };
const mesh: TreeNode = { kind: 'mesh', context };
const foo: TreeNode = { kind: 'namespace', context, namespace: 'foo' };
const workload: TreeNode = { kind: 'workload', context, workload: httpbin };
const port: TreeNode = { kind: 'port', context, workload: httpbin, port: 8080 };

function content(...policies: readonly string[]): TreeContent {
  const of = tutorialMesh(...policies);
  return { context, role: 'only', mesh: of, shownNamespaces: 1000, filter: undefined };
}

const wrong = '{ mtls: { mode: STRICKT } }';
const strict = '{ mtls: { mode: STRICT } }';
const own = (mode: string): string =>
  `{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: ${mode} } }`;

interface Row {
  readonly name: string;
  readonly policies: readonly string[];
  readonly nodes: readonly TreeNode[];
  readonly description: RegExp;
}

const invalid: readonly Row[] = [
  {
    name: 'of a namespace, on its row and those that follow it',
    policies: [policy('foo/default', wrong)],
    nodes: [foo, workload, port],
    description: /^invalid policy: foo\/default$/,
  },
  {
    name: 'of the mesh, on its row and those that follow it',
    policies: [policy('istio-system/default', wrong)],
    nodes: [mesh, foo, workload, port],
    description: /^invalid policy: istio-system\/default$/,
  },
  {
    name: 'of a workload, on the rows of the workload and its namespace',
    policies: [policy('foo/httpbin', own('STRICKT'))],
    nodes: [foo, workload, port],
    description: /^invalid policy: foo\/httpbin$/,
  },
  {
    name: 'and all of them, if there are several',
    policies: [policy('foo/default', wrong), policy('foo/httpbin', own('STRICKT'))],
    nodes: [workload, port],
    description: /^invalid policies: foo\/httpbin, foo\/default$/,
  },
];

describe('an invalid policy is named', () => {
  for (const { name, policies, nodes, description } of invalid) {
    it(name, () => {
      for (const node of nodes) {
        const row = rowOf(content(...policies), node);
        assert.match(row.description, description);
        assert.equal(row.icon, 'error');
      }
    });

    it(`${name}: the tooltip says so and claims nothing else`, () => {
      for (const node of nodes) {
        const tooltip = tooltipOf(content(...policies), node);
        assert.match(tooltip?.heading ?? '', /: invalid policy$/);
        const text = [...(tooltip?.paragraphs ?? []), ...(tooltip?.list ?? [])].join('\n');
        assert.match(text, /^PeerAuthentication [\w-]+\/\w+ .*invalid: Istio’s validation refuses/);
        assert.doesNotMatch(text, /No policy sets a mode|enforce it|sets no mode/);
      }
    });
  }

  it('but not where a narrower policy decides', () => {
    const of = content(policy('foo/default', wrong), policy('foo/httpbin', own('STRICT')));
    assert.equal(rowOf(of, workload).description, 'STRICT · set here');
  });
});

describe('policies of the same scope, of which only the oldest counts [R10 R11]', () => {
  const rows: readonly (readonly [string, TreeNode, readonly string[], string])[] = [
    [
      'a namespace',
      foo,
      [policy('foo/default', strict), policy('foo/other', '{ mtls: { mode: DISABLE } }')],
      'conflict: foo/default, foo/other · STRICT · set here',
    ],
    [
      'a workload',
      workload,
      [policy('foo/a', own('STRICT')), policy('foo/b', own('DISABLE'))],
      'conflict: foo/a, foo/b · STRICT · set here',
    ],
    [
      'the mesh',
      mesh,
      [
        policy('istio-system/default', strict),
        policy('istio-system/other', '{ mtls: { mode: DISABLE } }'),
      ],
      'conflict: istio-system/default, istio-system/other · namespaces differ · STRICT · set here',
    ],
  ];
  for (const [name, node, policies, description] of rows) {
    it(`are named on the row of ${name}, the one that counts first`, () => {
      const row = rowOf(content(...policies), node);
      assert.equal(row.description, description);
      assert.deepEqual([row.state, row.color], ['conflict', 'list.errorForeground']);
      assert.match(row.accessibilityLabel, /conflict: /);
    });
  }
});
