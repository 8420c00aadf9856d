import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ClusterNeed } from '../../../src/surfaces/session/clusterNeed.ts';
import { Kubeconfigs } from '../../../src/surfaces/session/kubeconfigs.ts';
import { DemoMesh } from '../../../src/surfaces/session/demoMesh.ts';
import type { ClusterOpener } from '../../../src/surfaces/session/openContext.ts';
import { Session } from '../../../src/surfaces/session/session.ts';
import { untilHolds } from '../../support/until.ts';

const names = ['north', 'south', 'east', 'istio-mtls-demo'];
const summaries = names.map((name) => ({
  name,
  cluster: name,
  server: 'https://127.0.0.1:1',
  user: name,
  namespace: undefined,
  current: name === 'north',
}));

/** What a window of the same workspace opens, one after another: they share their memory and nothing else. */
class Windows {
  readonly #kept = new Map<string, unknown>();
  readonly opened: string[] = [];

  open(known: readonly string[] = names): Session {
    const contexts = summaries.filter(({ name }) => known.includes(name));
    const reader = {
      contexts: () => Promise.resolve({ kind: 'contexts', contexts } as const),
      watch: () => Promise.resolve({ dispose: () => undefined }),
    };
    const memory = {
      get: (key: string): unknown => this.#kept.get(key),
      update: (key: string, value: unknown) => {
        this.#kept.set(key, structuredClone(value));
        return Promise.resolve();
      },
    } as Pick<vscode.Memento, 'get' | 'update'>;
    const openCluster: ClusterOpener = ({ context }) => {
      this.opened.push(context);
      return Promise.resolve({ kind: 'failed', cause: 'Nobody is there.' });
    };
    const log = vscode.window.createOutputChannel('reopening', { log: true });
    const need = new ClusterNeed();
    const running = {
      kubeconfig: '',
      context: 'istio-mtls-demo',
      dispose: () => Promise.resolve(),
    };
    const demo = new DemoMesh(
      () => Promise.resolve(running),
      join(mkdtempSync(join(tmpdir(), 'istio-mtls-reopening-')), 'kubeconfig'),
      log,
    );
    return new Session({
      openCluster,
      kubeconfigs: new Kubeconfigs(reader, memory),
      demo,
      need,
      log,
    });
  }
}

function openIn(session: Session): readonly string[] {
  return session.contexts.map(({ id }) => id);
}

describe('contexts that were opened beside the chosen one', () => {
  it('are opened again in the next window of the workspace, once that needs a cluster', async () => {
    const windows = new Windows();
    const first = windows.open();
    await first.connect();
    await first.open('south');
    await first.open('east');
    first.dispose();
    windows.opened.length = 0;
    const second = windows.open();
    assert.deepEqual(windows.opened, [], 'it connected before anybody asked');
    await second.connect();
    await untilHolds('the contexts', () => {
      assert.deepEqual(openIn(second), ['kubeconfig:north', 'kubeconfig:south', 'kubeconfig:east']);
    });
    assert.equal(second.active?.name, 'north');
    second.dispose();
  });

  it('stay closed once the person has closed them, or the kubeconfig has lost them', async () => {
    const windows = new Windows();
    const first = windows.open();
    await first.connect();
    for (const name of ['south', 'east']) await first.open(name);
    await first.close('kubeconfig:south');
    first.dispose();
    const second = windows.open();
    await second.connect();
    await untilHolds('the contexts', () => {
      assert.deepEqual(openIn(second), ['kubeconfig:north', 'kubeconfig:east']);
    });
    second.dispose();
    const third = windows.open(['north']);
    await third.connect();
    await untilHolds('the contexts', () => {
      assert.deepEqual(openIn(third), ['kubeconfig:north']);
    });
    await third.disconnect();
    third.dispose();
  });

  it('are left alone while only the demo mesh is asked for', async () => {
    const windows = new Windows();
    const first = windows.open();
    await first.connect();
    await first.open('south');
    first.dispose();
    const second = windows.open();
    await second.openDemo();
    await untilHolds('the contexts', () => {
      assert.deepEqual(openIn(second), ['demo:istio-mtls-demo']);
    });
    second.dispose();
  });

  it('keep their places when everything is connected anew', async () => {
    const session = new Windows().open();
    await session.connect();
    await session.open('south');
    await session.reload();
    assert.deepEqual(openIn(session), ['kubeconfig:north', 'kubeconfig:south']);
    assert.equal(session.active?.name, 'south');
    session.dispose();
  });
});

describe('a context of the kubeconfig that is called as the demo mesh', () => {
  it('and the demo mesh are open side by side', async () => {
    const session = new Windows().open();
    await session.open('istio-mtls-demo');
    await session.openDemo('beside');
    assert.deepEqual(openIn(session), ['kubeconfig:istio-mtls-demo', 'demo:istio-mtls-demo']);
    await session.close('demo:istio-mtls-demo');
    assert.deepEqual(openIn(session), ['kubeconfig:istio-mtls-demo']);
    session.dispose();
  });
});
