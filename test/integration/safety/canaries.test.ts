import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { ClusterOpening } from '../../../src/kube.ts';
import { openCluster } from '../../../src/kube.ts';
import type { ApiServerDouble } from '../sources/cluster/apiServerDouble.ts';
import { sendJson, startApiServerDouble } from '../sources/cluster/apiServerDouble.ts';
import { until } from '../../support/until.ts';

// Everything secret says CANARY. Nothing that a person, a log or a screenshot gets to see may say it.

const CANARY = 'CANARY';
const base64 = Buffer.from(`-----BEGIN PRIVATE KEY-----\n${CANARY}\n`).toString('base64');

let folder = '';
let server: ApiServerDouble;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  server = await startApiServerDouble((received) => {
    const { authorization = '' } = received.request.headers;
    if (received.path === '/version') sendJson(received, {});
    else if (authorization.includes('forbidden')) refuse(received, 403);
    else received.response.destroy();
  });
});
after(async () => {
  await server.dispose();
  await rm(folder, { recursive: true });
});

function refuse(received: Parameters<typeof sendJson>[0], code: number): void {
  sendJson(received, { kind: 'Status', code, message: 'no access' }, code);
}

interface Kubeconfig {
  /** Of the user, as YAML in flow style. */
  readonly user: string;
  readonly server?: string;
  /** Of the cluster, as YAML in flow style. */
  readonly cluster?: string;
}

function kubeconfig({ user, server: url = server.url, cluster }: Kubeconfig): string {
  const ca = Buffer.from(server.ca).toString('base64');
  const trust = cluster ?? `certificate-authority-data: ${ca}`;
  return `clusters: [{name: c, cluster: {server: "${url}", ${trust}}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x`;
}

/** Everything that was said while a connection was tried for a moment: log lines of all levels, cause, states. */
async function said(text: string): Promise<string> {
  const path = join(folder, 'config');
  await writeFile(path, text);
  const lines: string[] = [];
  const say = (message: string): void => {
    lines.push(message);
  };
  const opening = await openCluster({
    kubeconfigPaths: [path],
    log: { info: say, warn: say },
    signal: AbortSignal.timeout(10_000),
  });
  return [...lines, ...(await saidAfterwards(opening, lines))].join('\n');
}

async function saidAfterwards(
  opening: ClusterOpening,
  lines: readonly string[],
): Promise<readonly string[]> {
  if (opening.kind === 'failed') return [opening.cause];
  const { cluster } = opening;
  const states: string[] = [];
  cluster.source.subscribe((now) => {
    states.push(JSON.stringify([now?.status, now?.mesh.missing]));
  });
  await until(
    'an answer, or that there is none',
    () => cluster.source.current?.status.kind !== 'connecting',
  );
  cluster.dispose();
  return [...lines, ...states, cluster.server, cluster.context];
}

async function plugin(script: string): Promise<string> {
  const path = join(folder, 'plugin');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return `exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: "${path}", args: ["--token=${CANARY}"], env: [{name: SECRET, value: ${CANARY}}]}`;
}

function credential(apiVersion: string): string {
  const status = { token: CANARY, clientKeyData: CANARY };
  return `echo '${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}'`;
}

const version = 'client.authentication.k8s.io/v1';

describe('no secret is said', () => {
  const rows: readonly (readonly [string, () => Promise<Kubeconfig> | Kubeconfig])[] = [
    ['of a token whose connections break', () => ({ user: `token: ${CANARY}` })],
    ['of a token that may not list anything', () => ({ user: `token: ${CANARY}-forbidden` })],
    ['of a password', () => ({ user: `username: admin, password: ${CANARY}` })],
    [
      'of a server that is not there',
      () => ({ user: `token: ${CANARY}`, server: 'https://127.0.0.1:1' }),
    ],
    [
      'of a server whose certificate is not trusted',
      () => ({ user: `token: ${CANARY}`, cluster: 'insecure-skip-tls-verify: false' }),
    ],
    [
      'of a key that cannot be read',
      () => ({ user: `client-certificate-data: ${base64}, client-key-data: ${base64}` }),
    ],
    [
      'of an address with a password in it',
      () => ({ user: '', server: `https://admin:${CANARY}@127.0.0.1:1` }),
    ],
    [
      'of a proxy with a password in its address',
      () => ({ user: '', cluster: `proxy-url: "http://admin:${CANARY}@127.0.0.1:1"` }),
    ],
    ['that a credential plugin printed', async () => ({ user: await plugin(credential(version)) })],
    [
      'that a credential plugin printed before it failed',
      async () => ({ user: await plugin(`${credential(version)}; exit 3`) }),
    ],
    [
      'that a credential plugin printed in another version',
      async () => ({ user: await plugin(credential('client.authentication.k8s.io/v2')) }),
    ],
    [
      'that a credential plugin printed as no JSON',
      async () => ({ user: await plugin(`echo token ${CANARY}`) }),
    ],
    [
      'of the arguments of a credential plugin that is not installed',
      () => ({
        user: `exec: {apiVersion: ${version}, interactiveMode: Never, command: not-installed-here, args: ["${CANARY}"]}`,
      }),
    ],
  ];
  for (const [name, make] of rows) {
    it(name, async () => {
      const everything = await said(kubeconfig(await make()));
      assert.notEqual(everything, '');
      assert.ok(!everything.includes(CANARY), everything);
      assert.ok(!everything.includes(base64), everything);
    });
  }

  it('of a kubeconfig that is damaged in the line of the token', async () => {
    const everything = await said(`users: [{name: u, user: {token: ${CANARY}\n  - }`);
    assert.notEqual(everything, '');
    assert.ok(!everything.includes(CANARY), everything);
  });

  it('although the server was told it', () => {
    const told = server.received.map(({ request }) => request.headers.authorization ?? '');
    assert.ok(told.some((header) => header.includes(CANARY)));
  });
});
