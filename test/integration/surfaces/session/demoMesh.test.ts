import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { DemoMesh } from '../../../../src/surfaces/session/demoMesh.ts';
import type { Log } from '../../../../src/surfaces/platform/log.ts';
import { turns } from '../../../support/until.ts';

describe('the demo mesh of a window', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-demo-mesh-'));
  const file = join(folder, 'storage', 'demo.kubeconfig');
  const failing = (message: string | Error): void => {
    throw new Error(`logged: ${String(message)}`);
  };
  const log: Log = { debug: failing, info: failing, warn: failing, error: failing };
  let started = 0;
  let running = 0;

  const demo = new DemoMesh(
    async () => {
      started += 1;
      running += 1;
      return Promise.resolve({
        kubeconfig: `mesh ${started}`,
        context: 'demo',
        dispose: async () => {
          await turns(20);
          running -= 1;
        },
      });
    },
    file,
    log,
  );

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('that is started while the last one stops keeps its kubeconfig', async () => {
    await demo.start();
    const stopped = demo.stop();
    await demo.start();
    await stopped;
    assert.equal(readFileSync(file, 'utf8'), 'mesh 2');
    assert.equal(running, 1);
  });

  it('leaves neither kubeconfig nor server when it has stopped, and stops only once', async () => {
    await Promise.all([demo.stop(), demo.stop()]);
    assert.equal(existsSync(file), false);
    assert.equal(running, 0);
  });
});
