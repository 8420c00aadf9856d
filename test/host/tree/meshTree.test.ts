import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, repaints, row, rowReads, rows, demoContext } from '../support/meshRows.ts';
import { person } from '../support/person.ts';

describe('the Mesh view on the demo mesh', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /sidecar/);
  });

  it('shows the mesh, its namespaces and their modes with where they come from', async () => {
    const [mesh, ...others] = await rows();
    assert.deepEqual(others, []);
    assert.match(mesh?.text ?? '', /^istio-mtls-demo mesh · PERMISSIVE · default/);
    assert.match((await row(demoContext, 'foo')).text, /^foo PERMISSIVE · default · sidecar$/);
    assert.match((await row(demoContext, 'legacy')).text, /^legacy not in mesh$/);
  });

  it('gives every row a stable id, a label for screen readers and a parent', async () => {
    const seen = new Set<string>();
    for (const path of [[], [demoContext], [demoContext, 'foo'], [demoContext, 'foo', 'httpbin']]) {
      for (const { item } of await rows(...path)) {
        assert.ok(item.id !== undefined && !seen.has(item.id), `id ${item.id ?? ''}`);
        seen.add(item.id);
        assert.ok((item.accessibilityInformation?.label ?? '').length > 0);
        assert.match(item.contextValue ?? '', /^;.*;$/);
      }
    }
  });

  it('repaints only the rows whose mode changes when a policy is written by anything', async () => {
    await rows(demoContext, 'bar');
    await rows(demoContext, 'foo', 'httpbin');
    const painted = repaints();
    const someone = person('Enforce STRICT');
    const { node } = await row(demoContext, 'foo');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    await rowReads([demoContext, 'foo'], /^foo STRICT · sidecar$/);
    await rowReads([demoContext, 'foo', 'httpbin'], /STRICT · from namespace/);
    someone.leave();
    assert.ok(!painted.includes(undefined), 'the whole tree was repainted');
    const namespaces = painted
      .flatMap((nodes) => nodes ?? [])
      .flatMap((node) => (node.kind === 'namespace' ? [node.namespace] : []));
    assert.deepEqual([...new Set(namespaces)], ['foo']);
  });

  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
});
