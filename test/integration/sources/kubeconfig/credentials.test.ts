import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { describeFailure } from '../../../../src/sources/transport/kubeFailure.ts';
import type { ExecEntry, UserEntry } from '../../../../src/sources/kubeconfig/kubeconfigEntry.ts';
import type { ApiServerDouble } from '../cluster/apiServerDouble.ts';
import { sendJson, startApiServerDouble, transportTo } from '../cluster/apiServerDouble.ts';
import { until } from '../../../support/until.ts';

const V1 = 'client.authentication.k8s.io/v1';

// Made at once, because rows of tables name it before any test runs.
const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
let server: ApiServerDouble;

before(async () => {
  server = await startApiServerDouble((received) => {
    const { authorization } = received.request.headers;
    if (authorization === 'Bearer stale')
      sendJson(received, { kind: 'Status', message: 'Unauthorized' }, 401);
    else sendJson(received, received.request.headers);
  });
});
after(async () => {
  await server.dispose();
  await rm(folder, { recursive: true });
});

/** A plugin: this very Node, running a script that counts its runs. */
function plugin(script: string, more: Partial<ExecEntry> = {}): UserEntry {
  const count = `require('fs').appendFileSync(${JSON.stringify(join(folder, 'runs'))}, '.');`;
  const args = ['-e', count + script];
  return {
    exec: {
      apiVersion: V1,
      command: process.execPath,
      args,
      env: [],
      provideClusterInfo: false,
      ...more,
    },
  };
}

function printing(status: unknown): string {
  return `console.log(JSON.stringify(${JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', status })}))`;
}

async function runs(): Promise<number> {
  return (await readFile(join(folder, 'runs'), 'utf8').catch(() => '')).length;
}

async function headersOf(user: UserEntry): Promise<unknown> {
  const transport = transportTo(server, user);
  const answer = await transport.request({ method: 'GET', path: '/x', timeoutMs: 10_000 });
  transport.close();
  return answer.kind === 'ok' ? answer.body : describeFailure(answer);
}

function header(headers: unknown, name: string): unknown {
  return typeof headers === 'object' && headers !== null
    ? Object.entries(headers).find(([key]) => key === name)?.[1]
    : headers;
}

describe('what a request says who we are', () => {
  const rows: readonly (readonly [string, UserEntry, string, string | undefined])[] = [
    ['nobody', {}, 'authorization', undefined],
    ['a token', { token: 'abc' }, 'authorization', 'Bearer abc'],
    [
      'a user name',
      { username: 'me', password: 'pw' },
      'authorization',
      `Basic ${Buffer.from('me:pw').toString('base64')}`,
    ],
    [
      'an impersonated user',
      { impersonate: { user: 'jane', groups: [], extra: {} } },
      'impersonate-user',
      'jane',
    ],
    [
      'an impersonated uid',
      { impersonate: { user: 'j', uid: '7', groups: [], extra: {} } },
      'impersonate-uid',
      '7',
    ],
    [
      'impersonated groups',
      { impersonate: { user: 'j', groups: ['a', 'b'], extra: {} } },
      'impersonate-group',
      'a, b',
    ],
    [
      'impersonated scopes',
      { impersonate: { user: 'j', groups: [], extra: { 'x/y': ['z'] } } },
      'impersonate-extra-x%2fy',
      'z',
    ],
    [
      'a plugin that hands out a token',
      plugin(printing({ token: 'from-plugin' })),
      'authorization',
      'Bearer from-plugin',
    ],
  ];
  for (const [name, user, key, expected] of rows) {
    it(name, async () => {
      assert.equal(header(await headersOf(user), key), expected);
    });
  }

  it('a token file, which beats a token', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'from-file\n');
    assert.equal(
      header(await headersOf({ token: 'abc', tokenFile }), 'authorization'),
      'Bearer from-file',
    );
  });

  it('what a token file says now, when it was replaced while we ran', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const tokenFile = join(folder, 'rotated');
    const transport = transportTo(server, { tokenFile });
    const asked = async (): Promise<unknown> => {
      const answer = await transport.request({ method: 'GET', path: '/x', timeoutMs: 10_000 });
      return header(answer.kind === 'ok' ? answer.body : answer, 'authorization');
    };
    await writeFile(tokenFile, 'first');
    assert.equal(await asked(), 'Bearer first');
    await writeFile(tokenFile, 'second');
    t.mock.timers.tick(60_000);
    assert.equal(await asked(), 'Bearer second');
    transport.close();
  });

  it('a plugin is told about the cluster when it asks for that', async () => {
    const script = `const i = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      console.log(JSON.stringify({apiVersion: i.apiVersion, status: {token: i.spec.cluster.server + ' ' + i.spec.interactive}}))`;
    const headers = await headersOf(plugin(script, { provideClusterInfo: true }));
    assert.equal(header(headers, 'authorization'), `Bearer ${server.url} false`);
  });
});

describe('credentials that cannot be had are one sentence', () => {
  const rows: readonly (readonly [string, UserEntry, RegExp])[] = [
    [
      'a plugin that is not installed',
      {
        exec: {
          apiVersion: V1,
          command: 'no-such-plugin',
          args: [],
          env: [],
          provideClusterInfo: false,
        },
      },
      /^The credential plugin no-such-plugin is not on the PATH of the VS Code process\.$/,
    ],
    [
      'a plugin with a path that does not exist',
      {
        exec: {
          apiVersion: V1,
          command: '/no/such',
          args: [],
          env: [],
          provideClusterInfo: false,
          installHint: 'get it',
        },
      },
      /^The credential plugin \/no\/such does not exist \(get it\)\.$/,
    ],
    [
      'a plugin that fails',
      plugin(`console.error('sign in first'); process.exit(3)`),
      /failed with exit code 3: sign in first\.$/,
    ],
    ['a plugin that prints nonsense', plugin(`console.log('hello')`), /printed no credential\.$/],
    [
      'a plugin of another version',
      plugin(
        `console.log('{"apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"x"}}')`,
      ),
      /answers in another version than client\.authentication\.k8s\.io\/v1\.$/,
    ],
    [
      'a certificate that is not there',
      { clientCertificate: '/no/cert', clientKey: '/no/key' },
      /^A file that the kubeconfig names cannot be read: .*\/no\//,
    ],
  ];
  for (const [name, user, expected] of rows) {
    it(name, async () => {
      assert.match(String(await headersOf(user)), expected);
    });
  }
});

describe('a plugin', () => {
  it('runs once for many requests at the same time', async () => {
    const earlier = await runs();
    const transport = transportTo(server, plugin(printing({ token: 't' })));
    assert.equal(await runs(), earlier, 'nothing runs before the first request');
    await Promise.all(
      Array.from({ length: 8 }, () => transport.request({ method: 'GET', path: '/x' })),
    );
    assert.equal(await runs(), earlier + 1);
    transport.close();
  });

  it('runs again when the server refuses what it gave, and the request succeeds', async () => {
    const earlier = await runs();
    const script = `const n = require('fs').readFileSync(${JSON.stringify(join(folder, 'runs'))}, 'utf8').length - ${earlier};
      console.log(JSON.stringify({apiVersion: '${V1}', status: {token: n === 1 ? 'stale' : 'fresh'}}))`;
    assert.equal(header(await headersOf(plugin(script)), 'authorization'), 'Bearer fresh');
    assert.equal(await runs(), earlier + 2);
  });

  for (const [what, script] of [
    ['fails', `process.exit(3)`],
    ['gives what the server refuses', printing({ token: 'stale' })],
  ] as const) {
    it(`that ${what} does not run for every request, but once in a while for all`, async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
      const earlier = await runs();
      const transport = transportTo(server, plugin(script));
      const askOften = async (): Promise<number> => {
        for (let round = 0; round < 10; round += 1) {
          const asked = Array.from({ length: 7 }, () =>
            transport.request({ method: 'GET', path: '/x' }),
          );
          for (const answer of await Promise.all(asked)) assert.notEqual(answer.kind, 'ok');
        }
        return (await runs()) - earlier;
      };
      // A refusal may mean that a credential has just expired: it is got once more at once.
      const first = what === 'fails' ? 1 : 2;
      assert.equal(await askOften(), first);
      t.mock.timers.tick(1_000);
      assert.equal(await askOften(), first + 1);
      t.mock.timers.tick(1_000 - 1);
      assert.equal(await askOften(), first + 1, 'the next wait is longer');
      transport.close();
    });
  }

  it('is stopped when the connection is closed', async () => {
    const pidFile = join(folder, 'pid');
    const script = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => 0, 1000)`;
    const transport = transportTo(server, plugin(script));
    const answer = transport.request({ method: 'GET', path: '/x' });
    const pid = await until('the plugin to run', async () => {
      return Number(await readFile(pidFile, 'utf8')) || undefined;
    });
    transport.close();
    assert.deepEqual(await answer, { kind: 'cancelled' });
    await untilGone(pid);
  });
});

async function untilGone(pid: number): Promise<void> {
  await until('the plugin to be gone', () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}
