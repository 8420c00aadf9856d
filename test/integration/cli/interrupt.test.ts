import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istio-mtls-interrupt-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

/**
 * The program, for far longer than it takes to end on a busy machine, and far less than what it has to do: what does not end
 * by the signal is killed, which is no exit code.
 */
function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['src/cli.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    timeout: 90_000,
    killSignal: 'SIGKILL',
  });
}

/** The exit code after Ctrl-C. */
async function interrupted(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  const ended = once(child, 'close');
  child.kill('SIGINT');
  const [exitCode] = (await ended) as readonly unknown[];
  return exitCode;
}

describe('Ctrl-C', { concurrency: 4 }, () => {
  test('while the server does not answer: exit code 130, nothing on standard output, socket closed', async () => {
    const server = createServer();
    const accepted = once(server, 'connection');
    await listening(server);
    const { port } = server.address() as AddressInfo;
    const kubeconfig = join(folder, 'silent');
    await writeFile(kubeconfig, kubeconfigOf(`http://127.0.0.1:${port}`));
    const child = start(['effective', '--context', 'silent'], { KUBECONFIG: kubeconfig });
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const [socket] = (await accepted) as [NodeJS.ReadableStream];
    const closed = once(socket.resume(), 'close');
    assert.equal(await interrupted(child), 130);
    assert.deepEqual(await output, ['', '']);
    await closed;
    server.close();
  });

  test('in the middle of a long computation: exit code 130, and soon', async () => {
    const manifests = join(folder, 'large.json');
    await writeFile(manifests, largeMesh());
    const child = start(['connect', '-f', manifests, '--matrix', '-o', 'json']);
    await once(child.stdout, 'data');
    child.stdout.resume();
    child.stderr.resume();
    assert.equal(await interrupted(child), 130);
  });

  test('a reader that has seen enough ends the program without a complaint', async () => {
    const manifests = join(folder, 'for-head.json');
    await writeFile(manifests, largeMesh());
    const child = start(['connect', '-f', manifests, '--matrix', '-o', 'wide']);
    const complaints = text(child.stderr);
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    assert.equal(((await ended) as readonly unknown[])[0], 0);
    assert.equal(await complaints, '');
  });
});

async function listening(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function kubeconfigOf(address: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'silent', cluster: { server: address } }],
    users: [{ name: 'silent', user: {} }],
    contexts: [{ name: 'silent', context: { cluster: 'silent', user: 'silent' } }],
    'current-context': 'silent',
  });
}

/** A million connections: minutes of work. */
function largeMesh(): string {
  const items = Array.from({ length: 1_000 }, (_, index) => {
    const metadata = { name: `w${index}`, namespace: 'foo' };
    const labels = { app: `w${index}` };
    const containers = [{ name: 'app', ports: [{ containerPort: 8080 }] }];
    const template = { metadata: { labels }, spec: { containers } };
    const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
    return [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } },
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports } },
    ];
  });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'foo' } };
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [namespace, ...items.flat()] });
}
