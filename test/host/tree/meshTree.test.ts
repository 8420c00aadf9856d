import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  activate,
  parentOf,
  repaints,
  row,
  rowReads,
  rows,
  demoContext,
} from '../support/meshRows.ts';
import type { TreeNode } from '../../../src/surfaces/nodes/treeNode.ts';
import { person } from '../support/person.ts';
import { eventually } from '../yaml/openManifest.ts';
import { until } from '../../support/until.ts';

const paths = [[], [demoContext], [demoContext, 'foo'], [demoContext, 'foo', 'httpbin']];

/** The ids of all rows at `paths`. */
async function ids(): Promise<readonly string[]> {
  const shown = await Promise.all(paths.map((path) => rows(...path)));
  return shown.flat().map(({ item }) => item.id ?? '');
}

function isFoo(node: TreeNode): boolean {
  return node.kind === 'namespace' && node.namespace === 'foo';
}

function isInFoo(node: TreeNode): boolean {
  return (
    isFoo(node) ||
    ('workload' in node && node.workload.namespace === 'foo') ||
    (node.kind === 'policy' && isInFoo(node.under))
  );
}

async function enforceStrict(namespace: string): Promise<void> {
  const someone = person('Enforce STRICT');
  const { node } = await row(demoContext, namespace);
  await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
  someone.leave();
}

function isBar(node: TreeNode): boolean {
  return node.kind === 'namespace' && node.namespace === 'bar';
}

describe('the Mesh view on the demo mesh', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
    // What is still being read repaints its rows when it comes.
    await eventually(
      async () => (await rows(demoContext)).map(({ text }) => text),
      (texts) => texts.every((text) => !/unknown/.test(text)),
    );
  });

  it('shows the mesh, its namespaces and their modes with where they come from', async () => {
    const [mesh, ...others] = await rows();
    assert.deepEqual(others, []);
    assert.match(mesh?.text ?? '', /^istio-mtls-demo PERMISSIVE · Istio default/);
    assert.match((await row(demoContext, 'foo')).text, /^foo PERMISSIVE · Istio default$/);
    assert.match((await row(demoContext, 'legacy')).text, /^legacy not in mesh$/);
  });

  it('gives every row an id of its own, a label for screen readers and the parent it is shown under', async () => {
    const seen = new Set<string>();
    for (const path of paths) {
      const parent = path.length === 0 ? undefined : (await row(...path)).node;
      for (const one of await rows(...path)) {
        const { item } = one;
        assert.ok(item.id !== undefined && !seen.has(item.id), `id ${item.id ?? ''}`);
        seen.add(item.id);
        assert.ok((item.accessibilityInformation?.label ?? '').length > 0);
        assert.match(item.contextValue ?? '', /^;.*;$/);
        assert.deepEqual(await parentOf(one), parent, `the parent of ${one.text}`);
      }
    }
  });

  it('repaints only the rows whose mode changes when a policy is written by anything', async () => {
    // That one namespace differs is news for the row of the mesh; that a second one does is not.
    const before = repaints();
    await enforceStrict('bar');
    await until('bar to be repainted', () => before.some((nodes) => nodes?.some(isBar)));
    await rowReads([demoContext, '1 namespace differs'], /1 STRICT/);
    await rows(demoContext, 'bar', 'httpbin');
    const idsBefore = await ids();
    const painted = repaints();
    await enforceStrict('foo');
    await until('foo to be repainted', () => painted.some((nodes) => nodes?.some(isFoo)));
    await rowReads([demoContext, 'foo'], /^foo STRICT · set here$/);
    await rowReads([demoContext, 'foo', 'httpbin'], /STRICT · from namespace/);
    await rowReads([demoContext, '2 namespaces differ'], /2 STRICT/);
    assert.ok(!painted.includes(undefined), 'the whole tree was repainted');
    const others = painted
      .flatMap((nodes) => nodes ?? [])
      .filter((node) => node.kind !== 'differing-namespaces' && !isInFoo(node));
    assert.deepEqual(others, []);
    const idsAfter = await ids();
    assert.deepEqual(
      idsBefore.filter((id) => !idsAfter.includes(id)),
      [],
      'rows whose id the change altered',
    );
  });

  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
});
