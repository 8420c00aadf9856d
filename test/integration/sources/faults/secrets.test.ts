import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { journalInMemory, openJournal } from '../../../../src/actions/journal.ts';
import { openCluster } from '../../../../src/kube.ts';
import { startScriptedServer, type Fault } from './scriptedServer.ts';
import { until } from '../../../support/until.ts';

/** In every secret below, so that a part of one is found, too. */
const canary = 'canary0secret';

const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-secrets-'));
after(() => rm(folder, { recursive: true, force: true }));

const credential = JSON.stringify({
  apiVersion: 'client.authentication.k8s.io/v1',
  kind: 'ExecCredential',
  status: { token: `${canary}-plugin` },
});
const plugin = (command: string, args: readonly string[]) => ({
  exec: {
    apiVersion: 'client.authentication.k8s.io/v1',
    interactiveMode: 'Never',
    command,
    args,
    env: [{ name: 'CANARY', value: `${canary}-environment` }],
  },
});

/** Users as a kubeconfig has them. */
const users: Readonly<Record<string, object>> = {
  token: { token: `${canary}-token` },
  'token file': { tokenFile: 'token' },
  password: { username: 'ann', password: `${canary}-password` },
  plugin: plugin('printf', ['%s', credential]),
  'plugin that prints no credential': plugin('printf', ['%s', `{"status":"${canary}"}`]),
  'plugin that prints garbage': plugin('printf', ['%s', `${canary}-garbage`]),
  'plugin that does not exist': plugin('no-such-plugin', [`${canary}-argument`]),
  'certificate that is none': {
    'client-certificate-data': Buffer.from(`${canary}-certificate`).toString('base64'),
    'client-key-data': Buffer.from(`${canary}-key`).toString('base64'),
  },
  'token with impersonation': { token: `${canary}-token`, as: 'eve', 'as-groups': ['g'] },
};

const faults: readonly (Fault | undefined)[] = [
  undefined,
  { kind: 'cut', afterBytes: 0 },
  { kind: 'cut', afterBytes: 30 },
  { kind: 'truncated', afterBytes: 30 },
  { kind: 'never-answers' },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 500 },
  { kind: 'garbage', body: '<html>' },
];

for (const fault of faults) {
  const name = fault === undefined ? 'all goes well' : JSON.stringify(fault);
  test(`no secret is logged, shown or printed when every answer is: ${name}`, async (t) => {
    const server = await startScriptedServer();
    t.after(() => server.dispose());
    server.script = () => fault;
    const prints = [process.stdout, process.stderr].map((stream) => t.mock.method(stream, 'write'));
    const spoken = await Promise.all(Object.keys(users).map((user) => speak(server.url, user)));
    const printed = prints.flatMap(({ mock }) =>
      mock.calls.map((call) => String(call.arguments[0])),
    );
    const lines = [...spoken.flat(), ...printed];
    assert.ok(spoken.every((each) => each.length > 0));
    for (const line of lines) {
      assert.ok(!line.includes(canary), `a secret was spoken: ${line}`);
      assert.ok(!line.includes(Buffer.from(canary).toString('base64').slice(0, -4)), line);
      assert.doesNotMatch(line, /authorization|bearer/i);
    }
  });
}

/** Connects as a user until it is known how that went; answers everything that was logged or shown. */
async function speak(server: string, user: string): Promise<readonly string[]> {
  const path = join(folder, `config-${user.replaceAll(' ', '-')}-${new URL(server).port}`);
  await writeFile(join(folder, 'token'), `${canary}-file`);
  await writeFile(path, JSON.stringify(kubeconfig(server, users[user] ?? {})));
  const lines: string[] = [];
  const log = {
    info: (line: string) => lines.push(line),
    warn: (line: string) => lines.push(line),
  };
  const journal = openJournal(journalInMemory());
  const signal = AbortSignal.timeout(10_000);
  const opening = await openCluster({ kubeconfigPaths: [path], journal, log, signal });
  if (opening.kind === 'failed') return [...lines, opening.cause];
  const { cluster } = opening;
  cluster.source.subscribe((now) => lines.push(JSON.stringify([now?.status, now?.mesh.missing])));
  await until(
    'an answer, or that there is none',
    () => cluster.source.current?.status.kind !== 'connecting',
  );
  cluster.dispose();
  return lines;
}

function kubeconfig(server: string, user: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'c', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  };
}
