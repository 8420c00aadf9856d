import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDemoWorkbench } from './demoWorkbench.ts';
import type { DemoWorkbench } from './demoWorkbench.ts';

describe('Bookinfo: STRICT with an exception, then a client brought into the mesh', () => {
  let workbench: DemoWorkbench;

  before(async () => {
    workbench = await openDemoWorkbench();
    await workbench.mesh.row('istio-mtls-demo', 'bookinfo').expand();
  });
  after(() => workbench.dispose());

  it('asks which workloads stay PERMISSIVE, and names whom STRICT would refuse', async () => {
    const { mesh, quickInput } = workbench;
    await mesh.row('istio-mtls-demo', 'bookinfo').contextMenu('Enforce STRICT with Exceptions…');
    await quickInput.asks('Tick the workloads that stay PERMISSIVE, all others become STRICT');
    const items = await quickInput.items();
    assert.ok(items.includes('productpage-v1') && !items.includes('sleep'), items.join(', '));
    await quickInput.check(['productpage-v1']);
  });

  it('puts both policies into one confirmation', async () => {
    const asked = await workbench.modal.text();
    assert.match(asked, /Enforce STRICT on namespace bookinfo except productpage-v1\?/);
    assert.match(asked, /Possible, not seen in the last 24 h: 15 connections, 6 from legacy/);
    assert.match(asked, /Creates PeerAuthentication bookinfo\/default\./);
    assert.match(asked, /Creates PeerAuthentication bookinfo\/productpage-v1\./);
    await workbench.modal.click('Enforce STRICT');
  });

  it('shows the exception and the policies where they act', async () => {
    const { mesh } = workbench;
    await mesh
      .row('istio-mtls-demo', 'bookinfo')
      .reads('1 of 7 pods not enforced · 1 exception · STRICT · set here');
    await mesh.row('bookinfo', 'productpage-v1').reads('PERMISSIVE · set here');
    await mesh.row('bookinfo', 'ratings-v1').reads('STRICT · from namespace');
    await mesh.row('bookinfo', 'default').reads('STRICT · PeerAuthentication');
    await mesh.row('bookinfo', 'productpage-v1').expand();
    await mesh.row('productpage-v1', 'productpage-v1').reads('PERMISSIVE · PeerAuthentication');
    await workbench
      .toast('Namespace bookinfo is STRICT now, except bookinfo/productpage-v1 (PERMISSIVE')
      .close();
    await workbench.parkMouse();
    await workbench.screenshot('tree', { x: 0, y: 0, width: 628, height: 460 });
  });

  it('explains the exception in a hover: the policy that decides, and those that lost', async () => {
    const { editor } = workbench;
    await workbench.openFile('bookinfo.yaml');
    await editor.find('name: productpage-v1');
    const hover = await editor.hover('productpage-v1');
    assert.match(hover, /^PERMISSIVE: pods of productpage-v1 accept mutual TLS and plaintext/);
    assert.match(hover, /PeerAuthentication bookinfo\/productpage-v1 .*decides/);
    assert.match(hover, /PeerAuthentication bookinfo\/default/);
    await workbench.screenshot('hover', { x: 625, y: 240, width: 815, height: 330 });
  });

  it('says before a restart which workload is restarted and what becomes of its connections', async () => {
    const { mesh, modal } = workbench;
    await mesh.row('bookinfo', 'sleep').reads('not in mesh');
    await mesh.row('bookinfo', 'sleep').contextMenu('Bring into the Mesh…');
    const asked = await modal.text();
    assert.match(asked, /Bring bookinfo\/sleep into the mesh\?/);
    assert.match(asked, /Restarts sleep\./);
    assert.match(asked, /connections? will no longer be refused\./);
    await modal.click('Bring into the Mesh');
  });

  it('follows the restart until the new pod has its proxy', async () => {
    const { mesh } = workbench;
    await mesh.row('bookinfo', 'sleep').reads('STRICT · from namespace');
    assert.match(await mesh.row('bookinfo', 'sleep').hover(), /1 of 1 ready \(1 sidecar\)/);
  });

  it('takes the exception away by Undo from the palette, the newest change first', async () => {
    const { mesh, modal, quickInput } = workbench;
    await workbench.command('Istio mTLS: Undo a Change…');
    await quickInput.asks('Which change is to be undone?');
    const changes = await quickInput.items();
    assert.equal(changes.length, 2);
    const [, policies] = changes;
    assert.match(policies ?? '', /^Enforced STRICT on namespace bookinfo except productpage-v1/);
    await quickInput.choose(policies ?? '');
    assert.match(await modal.text(), /STRICT → PERMISSIVE/);
    await modal.click('Undo');
    await mesh.row('istio-mtls-demo', 'bookinfo').reads('PERMISSIVE · Istio default');
  });
});
