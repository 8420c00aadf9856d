import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';

import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import type { ExecResult } from '../../../src/actions/exec.ts';
import { execInPod } from '../../../src/actions/exec.ts';
import { openTransport } from '../../../src/sources/transport/httpsTransport.ts';
import type { KubeTransport } from '../../../src/sources/transport/transport.ts';
import { openCredentials } from '../../../src/sources/kubeconfig/credentials.ts';
import type { DemoCluster } from './demoCluster.ts';
import { NEVER, startDemoCluster } from './demoCluster.ts';
import { until } from '../../support/until.ts';

const TARGET = {
  namespace: 'foo',
  pod: 'sleep',
  container: 'sleep',
  command: ['curl', 'http://x'],
};

function status(more: object): Buffer {
  return Buffer.concat([
    Buffer.from([3]),
    Buffer.from(JSON.stringify({ status: 'Failure', ...more })),
  ]);
}

function output(channel: 1 | 2, text: string): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
}

function exitCode(code: number): Buffer {
  return status({
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  });
}

interface Conversation {
  readonly name: string;
  readonly say: (socket: WebSocket) => void;
  readonly expected: ExecResult;
}

const conversations: readonly Conversation[] = [
  {
    name: 'success is exit code 0 with both outputs',
    say: (socket) => {
      for (const frame of [output(1, 'he'), output(2, 'oh'), output(1, 'llo')]) socket.send(frame);
      socket.send(Buffer.concat([Buffer.from([3]), Buffer.from('{"status":"Success"}')]));
    },
    expected: { kind: 'exited', code: 0, stdout: 'hello', stderr: 'oh' },
  },
  {
    name: 'another exit code is read from the causes of the status',
    say: (socket) => {
      socket.send(output(2, 'curl: (56) reset'));
      socket.send(exitCode(56));
    },
    expected: { kind: 'exited', code: 56, stdout: '', stderr: 'curl: (56) reset' },
  },
  {
    name: 'a runtime that finds no such program',
    say: (socket) => {
      socket.send(
        status({
          reason: 'InternalError',
          message: 'exec: "curl": executable file not found in $PATH: unknown',
        }),
      );
    },
    expected: { kind: 'executable-missing', executable: 'curl' },
  },
  {
    name: 'a runtime that finds no such program and reports it as exit code 126',
    say: (socket) => {
      socket.send(
        output(1, 'OCI runtime exec failed: exec: "curl": executable file not found in $PATH\r\n'),
      );
      socket.send(output(2, 'exec: "curl": executable file not found in $PATH\r\n'));
      socket.send(exitCode(126));
    },
    expected: { kind: 'executable-missing', executable: 'curl' },
  },
  {
    name: 'exit code 127 of a program that ran is its exit code',
    say: (socket) => {
      socket.send(exitCode(127));
    },
    expected: { kind: 'exited', code: 127, stdout: '', stderr: '' },
  },
  {
    name: 'a connection that ends without a status, as when the pod is killed',
    say: (socket) => {
      socket.send(output(1, 'half'));
      setImmediate(() => {
        socket.close();
      });
    },
    expected: { kind: 'no-status', stdout: 'half', stderr: '' },
  },
  {
    name: 'a connection that is cut',
    say: (socket) => {
      socket.terminate();
    },
    expected: { kind: 'no-status', stdout: '', stderr: '' },
  },
  {
    name: 'a command that never ends',
    say: (socket) => {
      socket.send(output(1, 'so far'));
    },
    expected: { kind: 'timed-out', stdout: 'so far', stderr: '' },
  },
  {
    name: 'a status that is no status',
    say: (socket) => {
      socket.send(Buffer.from([3, 0x7b]));
    },
    expected: { kind: 'failed', cause: 'The command could not be run.' },
  },
];

/** An API server that upgrades, and then says what the test wants. */
interface ExecServer {
  readonly transport: KubeTransport;
  readonly sockets: ReadonlySet<Socket>;
  dispose(): Promise<void>;
}

async function startExecServer(
  say: (socket: WebSocket) => void,
  refuse?: (request: IncomingMessage, socket: Socket) => void,
): Promise<ExecServer> {
  const sockets = new Set<Socket>();
  const http = createServer();
  const webSockets = new WebSocketServer({ noServer: true });
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (refuse !== undefined) refuse(request, socket);
    else webSockets.handleUpgrade(request, socket, head, say);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const cluster = { server, insecureSkipTlsVerify: false };
  const credentials = openCredentials({ name: 'x', namespace: 'default', cluster, user: {} });
  const transport = openTransport({ server, credentials });
  return {
    transport,
    sockets,
    dispose: async () => {
      transport.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

async function untilClosed({ sockets }: ExecServer): Promise<void> {
  await until('the socket to be closed', () => sockets.size === 0);
}

describe('a command in a pod', () => {
  for (const { name, say, expected } of conversations) {
    it(name, async () => {
      const server = await startExecServer(say);
      // Only what is to be cut off is cut off early; all else may take as long as a busy machine needs.
      const timeoutMs = expected.kind === 'timed-out' ? 2_000 : 20_000;
      try {
        const result = await execInPod(server.transport, TARGET, { timeoutMs, signal: NEVER });
        assert.deepEqual(result, expected);
        await untilClosed(server);
      } finally {
        await server.dispose();
      }
    });
  }

  it('keeps at most one mebibyte of output', async () => {
    const server = await startExecServer((socket) => {
      for (let i = 0; i < 5; i += 1) socket.send(output(1, 'x'.repeat(400_000)));
      socket.send(Buffer.concat([Buffer.from([3]), Buffer.from('{"status":"Success"}')]));
    });
    const result = await execInPod(server.transport, TARGET, { timeoutMs: 5_000, signal: NEVER });
    assert.equal(result.kind === 'exited' && result.stdout.length, 1024 * 1024);
    await server.dispose();
  });

  it('closes its socket when it is cancelled', async () => {
    const controller = new AbortController();
    const server = await startExecServer(() => {
      controller.abort();
    });
    const result = await execInPod(server.transport, TARGET, {
      timeoutMs: 5_000,
      signal: controller.signal,
    });
    assert.deepEqual(result, { kind: 'cancelled' });
    await untilClosed(server);
    await server.dispose();
  });

  it('ends with the connection to the cluster', async () => {
    const server = await startExecServer(() => {
      server.transport.close();
    });
    const result = await execInPod(server.transport, TARGET, { timeoutMs: 5_000, signal: NEVER });
    assert.deepEqual(result, { kind: 'cancelled' });
    await untilClosed(server);
    await server.dispose();
  });

  const refusals: readonly (readonly [string, number, string, ExecResult])[] = [
    [
      'forbidden by RBAC, in the words of the server',
      403,
      'pods "sleep" is forbidden: User "jane" cannot create resource "pods/exec"',
      {
        kind: 'forbidden',
        cause: 'pods "sleep" is forbidden: User "jane" cannot create resource "pods/exec"',
      },
    ],
    ['a pod that does not exist', 404, 'pods "sleep" not found', { kind: 'pod-not-found' }],
    [
      'a container that does not exist',
      400,
      'container sleep is not valid for pod sleep',
      { kind: 'container-not-found' },
    ],
    [
      'a server in trouble',
      500,
      'no luck',
      { kind: 'failed', cause: 'The API server answered 500 to the command: no luck.' },
    ],
  ];
  for (const [name, code, message, expected] of refusals) {
    it(`is refused: ${name}`, async () => {
      const body = JSON.stringify({ kind: 'Status', status: 'Failure', message, code });
      const server = await startExecServer(
        () => undefined,
        (_request, socket) => {
          socket.end(
            `HTTP/1.1 ${code} No\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
          );
        },
      );
      assert.deepEqual(
        await execInPod(server.transport, TARGET, { timeoutMs: 2_000, signal: NEVER }),
        expected,
      );
      await server.dispose();
    });
  }

  it('cannot be run on a server that is not there', async () => {
    const server = await startExecServer(() => undefined);
    const { transport } = server;
    const { port } = new URL(transport.server);
    await server.dispose();
    const cluster = { server: `http://127.0.0.1:${port}`, insecureSkipTlsVerify: false };
    const gone = openTransport({
      server: cluster.server,
      credentials: openCredentials({ name: 'x', namespace: 'default', cluster, user: {} }),
    });
    const result = await execInPod(gone, TARGET, { timeoutMs: 2_000, signal: NEVER });
    assert.match(
      result.kind === 'failed' ? result.cause : '',
      /^Nothing listens at .*: the connection was refused\.$/,
    );
    gone.close();
  });
});

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('curl in the demo mesh', { skip: hasCurl() ? false : 'this machine has no curl' }, () => {
  let demo: DemoCluster;
  before(async () => {
    demo = await startDemoCluster();
  });
  after(() => demo.dispose());

  const rows: readonly (readonly [string, readonly string[], number])[] = [
    ['reaches httpbin in plaintext', ['http://httpbin.foo:8000/ip'], 0],
    ['does not know an unknown host', ['http://nowhere.foo:8000/'], 6],
    ['runs out of time', ['http://httpbin.foo:8000/delay/3', '--max-time', '0.5'], 28],
  ];
  for (const [name, args, code] of rows) {
    it(name, async () => {
      const pod = await podOf(demo, 'legacy', 'sleep');
      const command = ['curl', '-sS', '--max-time', '5', ...args];
      const result = await demo.actions.exec(
        { namespace: 'legacy', pod, container: 'sleep', command },
        { timeoutMs: 8_000, signal: NEVER },
      );
      assert.equal(result.kind === 'exited' && result.code, code, JSON.stringify(result));
    });
  }
});

async function podOf(demo: DemoCluster, namespace: string, app: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const answer = await demo.transport.request({
    method: 'GET',
    path,
    query: { labelSelector: `app=${app}` },
  });
  assert.equal(answer.kind, 'ok');
  const { items } = answer.body as { items: { metadata: { name: string } }[] };
  return items[0]?.metadata.name ?? '';
}
