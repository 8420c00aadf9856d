import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { allWorkloads, type Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { MissingFact } from '../../../../src/mesh/model/explanation.ts';
import { namespaceText } from '../../../../src/mesh/topic/namespaceText.ts';
import { plainText } from '../../../../src/mesh/topic/blocks.ts';
import { passes } from '../../../../src/surfaces/tree/namespaceFilter.ts';
import { rowOf } from '../../../../src/surfaces/tree/rowOf.ts';
import { tooltipOf } from '../../../../src/surfaces/tree/rowTooltip.ts';
import type { Tooltip } from '../../../../src/surfaces/tree/tooltip.ts';
import type { TreeNode } from '../../../../src/surfaces/nodes/treeNode.ts';
import type { TreeRow } from '../../../../src/surfaces/tree/treeRow.ts';
import { policy, tutorialMesh } from './tutorialMesh.ts';

const context = 'demo';
const foo: TreeNode = { kind: 'namespace', context, namespace: 'foo' };
const legacy: TreeNode = { kind: 'namespace', context, namespace: 'legacy' };
const ref = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' } as const;
const workload: TreeNode = { kind: 'workload', context, workload: ref };
const port: TreeNode = { kind: 'port', context, workload: ref, port: 8080 };

function shown(mesh: Mesh, node: TreeNode): { readonly row: TreeRow; readonly tooltip: Tooltip } {
  const content = {
    context,
    role: 'only',
    mesh,
    shownNamespaces: 1000,
    filter: undefined,
  } as const;
  const tooltip = tooltipOf(content, node);
  assert.ok(tooltip);
  return { row: rowOf(content, node), tooltip };
}

function without(fact: Pick<MissingFact, 'kind'>, mesh: Mesh): Mesh {
  return updateMesh(mesh, { missing: [{ ...fact, namespace: '', why: 'forbidden' }] });
}

const strictFoo = tutorialMesh(policy('foo/default', '{ mtls: { mode: STRICT } }'));

/** As a user sees it who may list everything but pods. */
function withoutPods(mesh: Mesh): Mesh {
  const remove = [...allWorkloads(mesh)].flatMap(({ pods }) => pods);
  return without({ kind: 'Pod' }, updateMesh(mesh, { remove }));
}

/** As a user sees it who may list neither pods nor what makes them. */
function withoutWorkloads(mesh: Mesh): Mesh {
  const remove = [...allWorkloads(mesh)].map((one) => one.ref);
  return updateMesh(withoutPods(mesh), { remove });
}

describe('while pods may not be listed', () => {
  const meshes = { 'with controllers': withoutPods(strictFoo), alone: withoutWorkloads(strictFoo) };
  for (const [name, mesh] of Object.entries(meshes)) {
    it(`the row of a namespace is unknown, ${name}`, () => {
      for (const node of [foo, legacy]) {
        const { row } = shown(mesh, node);
        assert.equal(row.description, 'unknown (no permission to list Pod)');
        assert.equal(row.state, 'unknown');
      }
    });

    it(`the tooltip of a namespace does not name a data plane, ${name}`, () => {
      const { paragraphs } = shown(mesh, foo).tooltip;
      assert.match(
        paragraphs.join('\n'),
        /Data plane: unknown\. Whether it is enforced is unknown: you may not read Pod objects\./,
      );
    });

    it(`the hover of a namespace counts no workloads and names no data plane, ${name}`, () => {
      const text = plainText(namespaceText(mesh, 'foo'));
      assert.match(text, /Data plane: unknown\. Whether it is enforced is unknown: you may not/);
      assert.doesNotMatch(text, /\d workload/);
    });
  }

  it('the tooltips of a workload and its ports tell neither pods nor what they accept', () => {
    for (const node of [workload, port]) {
      const text = shown(meshes['with controllers'], node).tooltip.paragraphs.join('\n');
      assert.match(text, /Whether it is enforced is unknown: you may not read Pod objects\./);
      assert.doesNotMatch(text, /accepts|no pods|New pods/);
    }
  });

  it('the filters by mode and by data plane keep the namespace', () => {
    for (const kind of ['not-strict', 'not-in-mesh'] as const) {
      assert.equal(passes(meshes.alone, 'foo', { kind }), true);
    }
  });
});

describe('while policies may not be listed', () => {
  it('the tooltips of a workload and its ports quote no mode', () => {
    const mesh = without({ kind: 'PeerAuthentication' }, tutorialMesh());
    for (const node of [workload, port]) {
      const { heading, paragraphs } = shown(mesh, node).tooltip;
      assert.match(heading, /: unknown$/);
      assert.deepEqual(paragraphs, ['You may not read PeerAuthentication objects.']);
    }
  });
});
