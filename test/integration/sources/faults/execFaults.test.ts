import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { execInPod, type ExecResult } from '../../../../src/actions/exec.ts';
import type { KubeTransport } from '../../../../src/sources/transport/transport.ts';
import { openScripted } from './faultyCluster.ts';
import { untilHolds } from '../../../support/until.ts';

/** What the server does with one command: with the bare connection, or with the accepted one. */
interface Script {
  readonly name: string;
  readonly refuse?: (socket: Socket) => void;
  readonly speak?: (socket: WebSocket) => void;
  readonly gives: ExecResult | RegExp;
}

const success = frame(3, '{"status":"Success"}');
const nonZero = (code: string) =>
  frame(
    3,
    JSON.stringify({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: code }] },
    }),
  );

const scripts: readonly Script[] = [
  {
    name: 'output in pieces, then success',
    speak: (socket) => {
      for (const piece of ['a', '', 'b']) socket.send(frame(1, piece));
      socket.send(frame(2, 'warning'));
      socket.send(success);
    },
    gives: { kind: 'exited', code: 0, stdout: 'ab', stderr: 'warning' },
  },
  {
    name: 'a character that is cut in two by frames',
    speak: (socket) => {
      const bytes = Buffer.from('ü');
      for (const byte of bytes) socket.send(Buffer.from([1, byte]));
      socket.send(success);
    },
    gives: { kind: 'exited', code: 0, stdout: 'ü', stderr: '' },
  },
  {
    name: 'exit code 56',
    speak: (socket) => {
      socket.send(nonZero('56'));
    },
    gives: { kind: 'exited', code: 56, stdout: '', stderr: '' },
  },
  {
    name: 'an exit code that is none',
    speak: (socket) => {
      socket.send(nonZero('many'));
    },
    gives: /"kind":"failed"/,
  },
  {
    name: 'garbage instead of a status',
    speak: (socket) => {
      socket.send(frame(3, '<html>'));
    },
    gives: /"kind":"failed"/,
  },
  {
    name: 'an orderly close without a status',
    speak: (socket) => {
      socket.send(frame(1, 'partial'));
      socket.close();
    },
    gives: { kind: 'no-status', stdout: 'partial', stderr: '' },
  },
  {
    name: 'a reset in the middle of the output',
    speak: (socket) => {
      socket.send(frame(1, 'partial'), () => {
        socket.terminate();
      });
    },
    gives: { kind: 'no-status', stdout: 'partial', stderr: '' },
  },
  {
    name: 'silence after the connection is accepted',
    speak: (socket) => {
      socket.send(frame(1, 'partial'));
    },
    gives: { kind: 'timed-out', stdout: 'partial', stderr: '' },
  },
  {
    name: 'silence from the start',
    refuse: () => undefined,
    gives: { kind: 'timed-out', stdout: '', stderr: '' },
  },
  {
    name: 'a reset before any answer',
    refuse: (socket) => {
      socket.resetAndDestroy();
    },
    gives: /"kind":"failed","cause":"[A-Z]/,
  },
  {
    name: 'an answer that is not HTTP',
    refuse: (socket) => socket.end('hello\r\n\r\n'),
    gives: /"kind":"failed","cause":"[A-Z]/,
  },
  {
    name: '403 with a Status',
    refuse: answering(403, '{"message":"pods \\"sleep\\" is forbidden"}'),
    gives: { kind: 'forbidden', cause: 'pods "sleep" is forbidden' },
  },
  {
    name: '404 for the pod',
    refuse: answering(404, '{"message":"pods \\"sleep\\" not found"}'),
    gives: { kind: 'pod-not-found' },
  },
  {
    name: '400 for the container',
    refuse: answering(400, '{"message":"container main is not valid for pod sleep"}'),
    gives: { kind: 'container-not-found' },
  },
  { name: '500 with HTML', refuse: answering(500, '<html>'), gives: /"kind":"failed".*500/ },
  { name: '429', refuse: answering(429, ''), gives: /"kind":"failed".*429/ },
  {
    name: 'a body of a refusal that never ends',
    refuse: (socket) => {
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n{"message"');
    },
    gives: { kind: 'timed-out', stdout: '', stderr: '' },
  },
];

describe('a command whose server', () => {
  let server: Server;
  let transport: KubeTransport;
  let script: Script | undefined;
  const sockets = new Set<Socket>();

  before(async () => {
    const accepting = new WebSocketServer({ noServer: true });
    server = createServer().on('upgrade', (request, socket: Socket, head) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      const { refuse, speak } = script ?? {};
      if (refuse !== undefined) {
        // Only who reads notices that the client has gone, and http leaves the other half open.
        refuse(socket.resume().on('end', () => socket.destroy()));
      } else accepting.handleUpgrade(request, socket, head, (accepted) => speak?.(accepted));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    transport = openScripted(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 1_000);
  });

  after(async () => {
    transport.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  for (const each of scripts) {
    test(`shows ${each.name}`, async () => {
      script = each;
      const result = await run();
      if (each.gives instanceof RegExp) assert.match(JSON.stringify(result), each.gives);
      else assert.deepEqual(result, each.gives);
      await untilHolds('the connection to be closed', () => {
        assert.equal(sockets.size, 0);
      });
    });
  }

  test('is killed at a random moment never seems to have succeeded', async () => {
    for (let round = 0; round < 100; round += 1) {
      script = {
        name: 'killed',
        speak: (socket) => {
          for (let i = 0; i < 50; i += 1) socket.send(frame(1, 'x'.repeat(100)));
          setTimeout(() => {
            socket.terminate();
          }, round % 5);
        },
        gives: /./,
      };
      const { kind } = await run();
      assert.ok(kind === 'no-status' || kind === 'failed', kind);
    }
  });

  test('hangs is left alone as soon as the command is cancelled', async () => {
    for (const hanging of scripts.filter(({ name }) => name.startsWith('silence'))) {
      script = hanging;
      const began = Date.now();
      const timeoutMs = 60_000;
      const result = await run({ timeoutMs, signal: AbortSignal.timeout(50) });
      assert.equal(result.kind, 'cancelled');
      assert.ok(Date.now() - began < timeoutMs, 'it waited for its limit');
      await untilHolds('the connection to be closed', () => {
        assert.equal(sockets.size, 0);
      });
    }
  });

  function run(
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal } = {
      timeoutMs: 300,
      signal: new AbortController().signal,
    },
  ): Promise<ExecResult> {
    const target = { namespace: 'foo', pod: 'sleep', container: 'main', command: ['curl'] };
    return execInPod(transport, target, limits);
  }
});

/** One message of the exec protocol: a channel's number and bytes. */
function frame(channel: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
}

function answering(status: number, body: string): (socket: Socket) => void {
  return (socket) => {
    const length = Buffer.byteLength(body);
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${length}\r\n\r\n${body}`);
  };
}
