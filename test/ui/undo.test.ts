import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDemoWorkbench } from './demoWorkbench.ts';
import type { DemoWorkbench } from './demoWorkbench.ts';
import { until } from '../support/until.ts';

const undo = 'Istio mTLS: Undo a Change…';

describe('Undo', () => {
  let workbench: DemoWorkbench;

  before(async () => {
    workbench = await openDemoWorkbench();
  });
  after(() => workbench.dispose());

  const namespace = () => workbench.mesh.row('istio-mtls-demo', 'foo');

  it('comes into view by itself, also after a review', async () => {
    const { modal, page } = workbench;
    await namespace().contextMenu('Enforce STRICT…');
    await modal.click('Review First');
    await workbench.hasTabs([
      'Enforce STRICT on namespace foo?',
      'Enforce STRICT on namespace foo',
    ]);
    await workbench.editorAction('Apply');
    // The toast alone, not the notification centre, where nobody looks.
    const offered = page
      .locator('.notifications-toasts .notification-toast')
      .filter({ hasText: 'Namespace foo is STRICT now.' });
    await offered.waitFor({ timeout: 4_000 });
    await offered.locator('.monaco-button', { hasText: 'Undo' }).waitFor();
    await workbench.hasTabs([]);
  });

  it('shows what was there, what was written and what is live when it is refused', async () => {
    const { modal, page, quickInput } = workbench;
    await namespace().contextMenu('Set PERMISSIVE…');
    await modal.click('Set PERMISSIVE');
    await namespace().reads('PERMISSIVE · set here');
    await workbench.command(undo);
    await quickInput.choose('Enforced STRICT on namespace foo');
    await modal.click('Undo');
    await workbench.hasTabs(['Not undone: PeerAuthentication foo/default (2 files)']);
    const names = page.locator('.multiDiffEntry .title.modified');
    await names.nth(1).waitFor();
    assert.deepEqual(
      (await names.allInnerTexts()).map((name) => name.split('/')[0]),
      ['default (written by Istio mTLS).yaml', 'default (changed since, live).yaml'],
    );
    await workbench.screenshot('undo-refused');
    assert.match(
      await workbench.toast('was changed again from here since').text(),
      /PeerAuthentication foo\/default was changed again from here since: undo "Set PERMISSIVE on namespace foo" \([^)]*\) first\./,
    );
    await namespace().reads('PERMISSIVE · set here');
  });

  it('is possible after a restart of VS Code, last change first', async () => {
    const { modal, page, quickInput } = workbench;
    // The Mesh view is in front again by itself.
    await page.reload();
    await namespace().reads('PERMISSIVE · set here');
    // While VS Code is still starting, its palette may lose what is typed.
    await until(
      'the list of changes',
      async () => {
        await workbench.keys('Escape');
        await workbench.command(undo);
        return true;
      },
      45_000,
    );
    await quickInput.choose('Set PERMISSIVE on namespace foo');
    await modal.click('Undo');
    await namespace().reads('STRICT · set here');
    await workbench.command(undo);
    await quickInput.choose('Enforced STRICT on namespace foo');
    await modal.click('Undo');
    await namespace().reads('PERMISSIVE · Istio default');
  });
});
