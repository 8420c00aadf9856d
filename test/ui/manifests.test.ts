import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDemoWorkbench } from './demoWorkbench.ts';
import type { DemoWorkbench } from './demoWorkbench.ts';

describe('manifests in the editor', () => {
  let workbench: DemoWorkbench;

  before(async () => {
    workbench = await openDemoWorkbench();
  });
  after(() => workbench.dispose());

  it('a hover over a policy says what it would do to the cluster', async () => {
    await workbench.openFile('policies/foo-strict.yaml');
    const hover = await workbench.editor.hover('PeerAuthentication');
    assert.match(hover, /STRICT: workloads of foo that have a proxy accept only mutual TLS/);
    assert.match(hover, /PeerAuthentication foo\/default \(its namespace\) decides/);
    assert.match(hover, /Cluster istio-mtls-demo, with this file laid over it\./);
  });

  it('lenses above a policy say what it does and what applying it would change', async () => {
    const lenses = workbench.page.locator('.codelens-decoration').first();
    await lenses.getByText(/^STRICT on \d+ workloads?/).waitFor();
    await lenses.getByText(/\d+ connections? would be refused · Show$/).waitFor();
    await lenses.getByText('Apply…').waitFor();
    await workbench.screenshot('lenses');
  });

  it('a hover counts what was typed and not saved', async () => {
    const { editor, page } = workbench;
    await editor.find('mode: STRICT');
    await page.keyboard.type('mode: DISABLE');
    const hover = await editor.hover('DISABLE');
    assert.match(hover, /DISABLE: workloads of foo .* accept only plaintext/);
  });

  it('a hover over a Deployment says its effective mode, with what was typed in the other file', async () => {
    const { editor } = workbench;
    await workbench.openFile('foo-bar-legacy.yaml');
    await editor.find('Deployment');
    const hover = await editor.hover('Deployment');
    assert.match(hover, /^DISABLE: pods of httpbin accept only plaintext/);
    assert.match(hover, /with this file and 1 other that is not saved laid over it/);
  });

  it('a code action scaffolds the policy for the workload under the cursor', async () => {
    const { editor, page } = workbench;
    await editor.click('Deployment');
    await editor.codeAction('Require mutual TLS (STRICT) for foo/httpbin');
    await page.locator('.tab.active.dirty').waitFor();
    await editor.shows('      app: httpbin\n  mtls:\n    mode: STRICT');
  });

  it('a snippet writes a policy into a new YAML file, with the name of the namespace to fill in', async () => {
    const { page, editor } = workbench;
    await workbench.newFile('YAML');
    await page.keyboard.type('istio-namespace-strict');
    const suggestion = page.locator('.suggest-widget .monaco-list-row.focused');
    await suggestion.and(page.getByLabel('istio-namespace-strict')).waitFor();
    await workbench.keys('Tab');
    await editor.shows('  namespace: foo\nspec:\n  mtls:\n    mode: STRICT');
    await page.keyboard.type('bar');
    await editor.shows('  namespace: bar\nspec:\n  mtls:\n    mode: STRICT');
  });

  it('a quick fix repairs a mode that does not exist, by the keyboard', async () => {
    const { page, editor } = workbench;
    await workbench.openFile('policies/mesh-strict.yaml');
    await editor.find('mode: STRICT');
    await page.keyboard.type('mode: STRIKT');
    const titles = await editor.codeActions();
    assert.equal(titles[0], 'Change the mode to STRICT');
    await workbench.keys('Control+.');
    await page.locator('.action-widget .monaco-list-row.action.focused').waitFor();
    await workbench.keys('Enter');
    await editor.shows('    mode: STRICT');
  });
});
