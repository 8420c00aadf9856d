import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { openDemoWorkbench } from './demoWorkbench.ts';
import type { DemoWorkbench } from './demoWorkbench.ts';

describe('the tab of all connections', () => {
  let workbench: DemoWorkbench;

  before(async () => {
    workbench = await openDemoWorkbench();
  });
  after(() => workbench.dispose());

  /** VS Code keeps the page in a frame of a frame. */
  function page(): FrameLocator {
    return workbench.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  it('shows what is predicted of every client and server, explains a cell and probes it', async () => {
    await workbench.command('Istio mTLS: Show Connection Matrix');
    await page().getByRole('searchbox', { name: 'From' }).fill('legacy/sleep');
    await page().getByRole('searchbox', { name: 'To' }).fill('httpbin');
    const cell = page().getByRole('gridcell', {
      name: /^legacy\/sleep to httpbin\.foo:8000: predicted plaintext/,
    });
    await cell.click();
    await page().getByRole('heading', { name: 'legacy/sleep → httpbin.foo:8000' }).waitFor();
    await page().getByRole('button', { name: 'Probe' }).click();
    await page()
      .getByText(/^As predicted: Plaintext/)
      .waitFor();
    assert.match((await cell.textContent()) ?? '', /^P·200/);
  });

  it('shows from a row what STRICT would change', async () => {
    const { mesh } = workbench;
    await mesh
      .row('istio-mtls-demo', 'foo')
      .contextMenu('Show What STRICT Would Change in the Matrix');
    await page()
      .getByRole('heading', { name: /if namespace foo were STRICT/ })
      .waitFor();
    await page().getByLabel('only unlike').check();
    await page()
      .getByRole('gridcell', {
        name: /^legacy\/sleep to httpbin\.foo:8000: predicted plaintext; after the change refused/,
      })
      .waitFor();
    await page().getByLabel('only unlike').uncheck();
    await page().getByRole('searchbox', { name: 'From' }).fill('');
    await page().getByRole('searchbox', { name: 'To' }).fill('foo');
    await page().getByRole('combobox', { name: 'Sort' }).selectOption('worst');
    await page()
      .getByRole('gridcell', { name: /^legacy\/sleep to httpbin\.foo:8000/ })
      .click();
    await page().getByText('After the change:').waitFor();
    await workbench.parkMouse();
    await workbench.screenshot('matrix', { x: 622, y: 4, width: 816, height: 864 });
  });
});
