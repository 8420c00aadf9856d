import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { demoSideBarWidth, openDemoWorkbench } from './demoWorkbench.ts';
import type { DemoWorkbench } from './demoWorkbench.ts';
import { untilHolds } from '../support/until.ts';

describe('the Mesh view', () => {
  let workbench: DemoWorkbench;

  before(async () => {
    workbench = await openDemoWorkbench();
  });
  after(() => workbench.dispose());

  it('shows every namespace with its mode, where the mode comes from and its data plane', async () => {
    await untilHolds('every namespace', async () => {
      const rows = await workbench.mesh.rows();
      assert.deepEqual(
        rows.map(({ name, description }) => `${name}: ${description}`),
        [
          'istio-mtls-demo: PERMISSIVE · Istio default',
          'bar: PERMISSIVE · Istio default',
          'bookinfo: PERMISSIVE · Istio default · partly in mesh',
          'foo: PERMISSIVE · Istio default',
          'hipster-shop: PERMISSIVE · Istio default',
          'istio-system: PERMISSIVE · Istio default · partly in mesh',
          'legacy: not in mesh',
        ],
      );
    });
  });

  it('shows the workloads of an expanded namespace, and the ports of an expanded workload', async () => {
    const { mesh } = workbench;
    await mesh.row('istio-mtls-demo', 'foo').expand();
    await mesh.row('foo', 'httpbin').expand();
    const port = await mesh.row('foo', 'httpbin', 'port 8080').read();
    assert.equal(port.description, 'PERMISSIVE · Istio default');
    assert.equal(port.expanded, undefined, 'a port has nothing below it');
    await mesh.row('istio-mtls-demo', 'foo').collapse();
    await untilHolds('the rows without those of foo', async () => {
      const names = (await mesh.rows()).map(({ name }) => name);
      assert.ok(!names.includes('httpbin'), names.join(', '));
    });
  });

  it('says in a tooltip what the row has no room for', async () => {
    const { mesh, page } = workbench;
    await mesh.row('istio-mtls-demo', 'legacy').expand();
    const tooltip = await mesh.row('legacy', 'sleep').hover();
    assert.match(tooltip, /Deployment legacy\/sleep/);
    assert.match(tooltip, /Pods: 1 of 1 ready \(1 not in mesh\)\./);
    await page.keyboard.press('Escape');
    await mesh.row('istio-mtls-demo', 'legacy').collapse();
  });

  it('says each row in a few words to a screen reader', async () => {
    const { label } = await workbench.mesh.row('istio-mtls-demo', 'foo').read();
    assert.equal(label, 'foo, PERMISSIVE, Istio default');
  });

  it('shows dangers in full, and which mode it is, in a side bar of 300 pixels', async () => {
    const { mesh } = workbench;
    await workbench.resize('sidebar', 300);
    await mesh.row('istio-mtls-demo', 'bookinfo').expand();
    await mesh.row('bookinfo', 'productpage-v1').read();
    for (const visible of await mesh.visibleDescriptions())
      assert.match(visible, /^(PERMISSIVE|not in mesh$)/);
    await workbench.parkMouse();
    await workbench.screenshot('narrow', { x: 0, y: 0, width: 360, height: 600 });
    await mesh.row('istio-mtls-demo', 'bookinfo').collapse();
    await workbench.resize('sidebar', demoSideBarWidth);
  });

  it('shows no notification that the user did not cause', async () => {
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('is walked with the keyboard alone, down to the menu of a port', async () => {
    const { mesh, page } = workbench;
    await workbench.command('Istio Mutual TLS: Focus on Mesh View');
    // The palette hands the focus back when it closes, which may be after the command took it.
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await page.locator('[role=tree]:focus').waitFor();
    await workbench.keys('Home');
    await mesh.focuses('istio-mtls-demo');
    for (const next of ['bar', 'bookinfo', 'foo']) {
      await mesh.walks('ArrowDown', next);
    }
    await workbench.keys('ArrowRight');
    await mesh.row('foo', 'httpbin').read();
    await workbench.keys('ArrowRight', 'ArrowRight');
    await mesh.row('httpbin', 'port 8080').read();
    await workbench.keys('ArrowRight');
    await mesh.focuses('port 8080');
    await page.keyboard.press('Shift+F10');
    assert.deepEqual(await workbench.contextMenu.items(), [
      'Enforce STRICT…',
      'Set PERMISSIVE…',
      'Set DISABLE…',
      'Show What STRICT Would Break',
      'Show What STRICT Would Change in the Matrix',
      'Probe from Another Workload…',
      'New PeerAuthentication Manifest…',
    ]);
    await workbench.keys('ArrowDown', 'Enter');
    assert.match(await workbench.modal.text(), /Enforce STRICT on foo\/httpbin, port 8080\?/);
    await page.keyboard.press('Escape');
    await mesh.row('httpbin', 'port 8080').reads('PERMISSIVE · Istio default');
  });
});
