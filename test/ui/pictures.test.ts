import { after, before, describe, it } from 'node:test';
import { openDemoWorkbench } from './demoWorkbench.ts';
import type { DemoWorkbench } from './demoWorkbench.ts';
import { openStory } from './pageObjects/story.ts';
import type { Story } from './pageObjects/story.ts';

// The pictures of the README: PICTURES=media/readme npm run test:ui -- test/ui/pictures.test.ts makes them anew.

/** Narrow enough that a picture of it can be read at the width of a page. */
const size = { width: 1000, height: 620 };
const sideBar = 360;
const panelHeight = 400;

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const;

for (const [name, theme] of Object.entries(themes)) {
  describe(`the README’s pictures, ${name}`, () => {
    let workbench: DemoWorkbench;
    let story: Story;

    before(async () => {
      workbench = await openDemoWorkbench({ 'workbench.colorTheme': theme });
      const { page, mesh } = workbench;
      await page.setViewportSize(size);
      // The shade behind a dialog would make the picture dark.
      await page.addStyleTag({
        content: '[class*="modal-block"].dimmed { background: transparent !important }',
      });
      await workbench.resize('sidebar', sideBar);
      await mesh.row('istio-mtls-demo', 'foo').expand();
      await mesh.row('foo', 'sleep').reads('PERMISSIVE · Istio default');
      story = openStory(page, name);
    });
    after(() => workbench.dispose());

    it('enforce: the confirmation names who would be refused', async () => {
      const { mesh, modal } = workbench;
      await mesh.row('istio-mtls-demo', 'foo').contextMenu('Enforce STRICT…');
      await modal.text();
      await workbench.parkMouse();
      await story.add(
        '1. Enforce STRICT on foo: who would be refused is named before anything is written.',
      );
      await modal.click('Enforce STRICT');
      await mesh.row('istio-mtls-demo', 'foo').reads('STRICT · set here');
      await workbench.toast('Namespace foo is STRICT now.').close();
    });

    it('refusal: a real request ends as predicted', async () => {
      const { mesh, page, quickInput } = workbench;
      await mesh.row('istio-mtls-demo', 'foo').collapse();
      await mesh.row('istio-mtls-demo', 'legacy').expand();
      await mesh.row('legacy', 'sleep').contextMenu('Probe from Here…');
      await quickInput.asks('To which Service and port?');
      await quickInput.choose('httpbin.foo:8000');
      await workbench.outputShows('Istio mTLS Probe', 'curl: (56)');
      await workbench.toast('Probing').gone();
      await workbench.resize('panel', panelHeight);
      await page.locator('.part.panel .view-line').first().click();
      await workbench.keys('Control+Home');
      await page.locator('.part.panel .view-line', { hasText: 'Verdict' }).first().waitFor();
      await workbench.parkMouse();
      await story.add('2. Probe it with curl from legacy/sleep: refused, as predicted.');
      await workbench.command('View: Hide Panel');
    });

    it('undo: all is as it was', async () => {
      const { mesh, modal, quickInput } = workbench;
      await workbench.command('Istio mTLS: Undo a Change…');
      await quickInput.choose('Enforced STRICT on namespace foo');
      await modal.click('Undo');
      await mesh.row('istio-mtls-demo', 'foo').reads('PERMISSIVE · Istio default');
      await workbench.toast('Undone:').text();
      await workbench.parkMouse();
      await story.add('3. Undo: the policy is gone, and foo is what it was.');
      await story.finish();
      await workbench.toast('Undone:').close();
    });

    it('the tree: modes, exceptions and who is outside the mesh', async () => {
      const { mesh, modal, quickInput } = workbench;
      await mesh.row('istio-mtls-demo', 'legacy').collapse();
      await mesh.row('istio-mtls-demo', 'bookinfo').contextMenu('Enforce STRICT with Exceptions…');
      await quickInput.asks('Tick the workloads that stay PERMISSIVE, all others become STRICT');
      await quickInput.check(['productpage-v1']);
      await modal.click('Enforce STRICT');
      await workbench.toast('Namespace bookinfo is STRICT now').close();
      await workbench.resize('sidebar', 560);
      await mesh.row('istio-mtls-demo', 'bookinfo').expand();
      await mesh.row('bookinfo', 'productpage-v1').reads('PERMISSIVE · set here');
      await workbench.parkMouse();
      await workbench.screenshot(`tree-${name}`, { x: 0, y: 0, width: 620, height: 440 });
    });

    it('the hover: the policy that decides, and those that lost', async () => {
      const { editor } = workbench;
      await workbench.command('View: Toggle Primary Side Bar Visibility');
      await workbench.openFile('bookinfo.yaml');
      await editor.find('name: productpage-v1');
      await editor.hover('productpage-v1');
      await workbench.screenshot(`hover-${name}`, { x: 48, y: 0, width: 952, height: 470 });
    });
  });
}
