import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { startDemo } from '../../src/demo/demo.ts';
import type { Demo } from '../../src/demo/demo.ts';
import type { ClusterOpening } from '../../src/kube.ts';
import { openCluster, readContexts } from '../../src/kube.ts';
import type { MeshSnapshot } from '../../src/sources/meshSource.ts';

let folder = '';
let demo: Demo;
const log: string[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kube-'));
  demo = await startDemo({ meshes: ['tutorial'] });
  await writeFile(join(folder, 'demo'), demo.kubeconfig);
});
after(async () => {
  await demo.dispose();
  await rm(folder, { recursive: true });
});

function open(kubeconfigPaths: readonly string[], context?: string): Promise<ClusterOpening> {
  const say = (message: string): void => {
    log.push(message);
  };
  return openCluster({
    kubeconfigPaths,
    ...(context !== undefined && { context }),
    log: { info: say, warn: say },
    signal: AbortSignal.timeout(10_000),
  });
}

function config(server: string, user = 'token: canary-token'): string {
  return `clusters: [{name: c, cluster: {server: "${server}"}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x`;
}

describe('a connection that cannot be opened is one sentence:', () => {
  const rows: readonly (readonly [string, string, RegExp])[] = [
    [
      'a server that nothing listens at',
      config('https://127.0.0.1:1'),
      /^Nothing listens at https:\/\/127\.0\.0\.1:1: /,
    ],
    [
      'a name that does not resolve',
      config('https://no.such.host.invalid'),
      /^The name in https:\/\/no\.such\.host\.invalid cannot be resolved\.$/,
    ],
    [
      'a plugin that is not installed',
      config(
        'https://127.0.0.1:1',
        'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws-missing}',
      ),
      /^The credential plugin aws-missing is not on the PATH of the VS Code process\.$/,
    ],
    ['no current context', 'contexts: []', /^The kubeconfig names no current context\./],
    ['a broken file', 'contexts: [', /cannot be used: it is not valid YAML/],
  ];
  for (const [name, text, expected] of rows) {
    it(name, async () => {
      const path = join(folder, 'config');
      await writeFile(path, text);
      const opening = await open([path]);
      assert.equal(opening.kind, 'failed');
      assert.match(opening.cause, expected);
    });
  }

  it('a directory', async () => {
    const opening = await open([folder]);
    assert.equal(
      opening.kind === 'failed' && opening.cause,
      `The kubeconfig ${folder} cannot be used: it is a directory, not a file.`,
    );
  });

  it('no file at all', async () => {
    const opening = await open([join(folder, 'none')]);
    assert.equal(opening.kind === 'failed' && opening.cause, 'There is no kubeconfig file.');
  });

  it('a token that the server does not accept', async () => {
    const refused = demo.kubeconfig.replace(/token: .*/, 'token: canary-token');
    assert.notEqual(refused, demo.kubeconfig);
    await writeFile(join(folder, 'refused'), refused);
    const opening = await open([join(folder, 'refused')]);
    assert.match(
      opening.kind === 'failed' ? opening.cause : '',
      /does not accept the credentials of this context \(401\)/,
    );
  });
});

describe('an open connection', () => {
  it('follows the cluster, and leaves nothing behind when it is disposed', async () => {
    const opening = await open([join(folder, 'demo')]);
    assert.equal(opening.kind, 'opened');
    const { cluster } = opening;
    const synced = await new Promise<MeshSnapshot>((resolve) => {
      cluster.source.subscribe((now) => {
        if (now?.status.kind === 'synced') resolve(now);
      });
    });
    // Before anything can fail: open watches would keep this process alive.
    cluster.dispose();
    assert.equal(synced.istioInstalled, true);
    // The demo has no Gateway API.
    const unread = synced.mesh.missing.filter(({ why }) => why !== 'not-installed');
    assert.deepEqual(unread, []);
  });

  it('is chosen from the contexts of the kubeconfig, which executes nothing', async () => {
    const listing = await readContexts([join(folder, 'demo')]);
    assert.equal(listing.kind, 'listed');
    assert.deepEqual(
      listing.contexts.map(({ current }) => current),
      [true],
    );
  });

  it('never logs a token', () => {
    assert.ok(log.length > 0);
    assert.doesNotMatch(log.join('\n'), /canary-token|Bearer/);
  });
});
