import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openDemoWorkbench } from './demoWorkbench.ts';
import type { DemoWorkbench } from './demoWorkbench.ts';

const channel = 'Istio mTLS Probe';

/** High enough for all that one probe prints. */
const panelHeight = 360;

describe('a probe from legacy/sleep to httpbin.foo', () => {
  let workbench: DemoWorkbench;

  before(async () => {
    workbench = await openDemoWorkbench();
    await workbench.mesh.row('istio-mtls-demo', 'legacy').expand();
  });
  after(() => workbench.dispose());

  async function probe(): Promise<void> {
    const { mesh, quickInput } = workbench;
    await mesh.row('legacy', 'sleep').contextMenu('Probe from Here…');
    await quickInput.asks('To which Service and port?');
    await quickInput.choose('httpbin.foo:8000');
  }

  it('succeeds in plaintext while foo is PERMISSIVE, and says so beside the prediction', async () => {
    await probe();
    const report = await workbench.outputShows(channel, 'Verdict:');
    assert.match(report, /From: {6}legacy\/sleep \(pod sleep-\S+, container sleep\)/);
    assert.match(report, /To: {8}http:\/\/httpbin\.foo:8000\/headers/);
    assert.match(report, /Came back: HTTP 200, exit code 0, no client identity/);
    assert.match(report, /Verdict: {3}As predicted: Plaintext/);
    assert.match(report, /Command: {3}curl /);
  });

  it('is refused with exit code 56 once foo is STRICT, as predicted', async () => {
    const { mesh, modal, page } = workbench;
    await mesh.row('istio-mtls-demo', 'foo').contextMenu('Enforce STRICT…');
    await modal.click('Enforce STRICT');
    await mesh.row('istio-mtls-demo', 'foo').reads('STRICT · set here');
    await workbench.toast('Namespace foo is STRICT now.').close();
    await probe();
    const report = await workbench.outputShows(channel, 'curl: (56)');
    assert.match(report, /Came back: no HTTP answer, exit code 56/);
    assert.match(report, /Verdict: {3}As predicted: Refused by the server/);
    // The channel has come into view by itself.
    await page.locator('.part.panel .view-line', { hasText: 'curl: (56)' }).first().waitFor();
    await workbench.toast('Probing').gone();
    await workbench.resize('panel', panelHeight);
    await workbench.parkMouse();
    await workbench.screenshot('probe', {
      x: 625,
      y: 874 - panelHeight,
      width: 815,
      height: panelHeight - 10,
    });
  });

  it('says which input is no URL before anything runs', async () => {
    const { mesh, quickInput, page } = workbench;
    await mesh.row('legacy', 'sleep').contextMenu('Probe from Here…');
    await quickInput.type('Another');
    await quickInput.choose('Another URL…');
    await quickInput.asks('What is requested?');
    await quickInput.type('httpbin');
    await quickInput.asks('Give a URL such as http://httpbin.foo:8000/headers.');
    await page.keyboard.press('Escape');
  });
});
