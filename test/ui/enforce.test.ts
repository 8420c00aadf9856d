import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDemoWorkbench } from './demoWorkbench.ts';
import type { DemoWorkbench } from './demoWorkbench.ts';

const question = 'Enforce STRICT on namespace foo?';

describe('Enforce STRICT by right click', () => {
  let workbench: DemoWorkbench;

  before(async () => {
    workbench = await openDemoWorkbench();
    const { mesh } = workbench;
    await mesh.row('istio-mtls-demo', 'foo').expand();
    await mesh.row('foo', 'httpbin').expand();
    await mesh.row('httpbin', 'port 8080').reads('PERMISSIVE · Istio default');
  });
  after(() => workbench.dispose());

  it('names who will be refused before anything is written', async () => {
    const { mesh, modal } = workbench;
    await mesh.row('istio-mtls-demo', 'foo').contextMenu('Enforce STRICT…');
    const asked = await modal.text();
    assert.match(asked, new RegExp(question.replace('?', '\\?')));
    assert.match(asked, /caller will be refused; it called [\d,]+ times in the last 24 h:/);
    assert.match(asked, /• someone without a proxy → foo\/httpbin: [\d,]+ requests/);
    assert.match(asked, /2 workloads PERMISSIVE → STRICT\./);
    assert.match(asked, /Creates PeerAuthentication foo\/default\./);
    await workbench.parkMouse();
    await workbench.screenshot('confirm', { x: 0, y: 0, width: 1440, height: 640 });
  });

  it('writes nothing when the person declines', async () => {
    const { mesh, modal } = workbench;
    await modal.click('Cancel');
    await workbench.hasTabs([]);
    await mesh.row('istio-mtls-demo', 'foo').reads('PERMISSIVE · Istio default');
  });

  it('lets the person read the diff first, and asks again beside it', async () => {
    const { mesh, modal, editor } = workbench;
    await mesh.row('istio-mtls-demo', 'foo').contextMenu('Enforce STRICT…');
    await modal.click('Review First');
    assert.deepEqual((await editor.text()).trim().split('\n'), [
      'apiVersion: security.istio.io/v1',
      'kind: PeerAuthentication',
      'metadata:',
      '  name: default',
      '  namespace: foo',
      'spec:',
      '  mtls:',
      '    mode: STRICT',
    ]);
    await workbench.hasTabs([question, 'Enforce STRICT on namespace foo']);
    await workbench.screenshot('review');
    await workbench.editorAction('Discard');
    await workbench.hasTabs([]);
  });

  it('turns the namespace and all below it STRICT, and keeps rows expanded', async () => {
    const { mesh, modal } = workbench;
    await mesh.row('istio-mtls-demo', 'foo').contextMenu('Enforce STRICT…');
    await modal.click('Enforce STRICT');
    await mesh.row('istio-mtls-demo', 'foo').reads('STRICT · set here');
    await mesh.row('foo', 'httpbin').reads('STRICT · from namespace');
    await mesh.row('httpbin', 'port 8080').reads('STRICT · from namespace');
    await mesh.row('foo', 'default').reads('STRICT · PeerAuthentication');
    await mesh.row('istio-mtls-demo', 'bar').reads('PERMISSIVE · Istio default');
    await mesh.row('istio-mtls-demo').reads('PERMISSIVE · Istio default');
    await mesh.row('istio-mtls-demo', '1 namespace differs').reads('1 STRICT');
    await workbench.hasTabs([]);
  });

  it('opens the policy as the cluster has it by a click on its row', async () => {
    await workbench.mesh.row('foo', 'default').click();
    assert.match(await workbench.editor.text(), /mode: STRICT/);
  });

  it('restores exactly what was there by Undo in the notification', async () => {
    const { mesh } = workbench;
    await workbench.toast('Namespace foo is STRICT now.').click('Undo');
    await mesh.row('istio-mtls-demo', 'foo').reads('PERMISSIVE · Istio default');
    await mesh.row('httpbin', 'port 8080').reads('PERMISSIVE · Istio default');
    assert.match(await workbench.toast('Undone:').text(), /PeerAuthentication foo\/default/);
    const names = (await mesh.rows()).map(({ name }) => name);
    assert.ok(!names.includes('default'), names.join(', '));
  });
});
