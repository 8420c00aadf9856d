import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';

import type { KubeFailure } from '../sources/transport/kubeFailure.ts';
import type { KubeTransport, UpgradeRequest } from '../sources/transport/transport.ts';
import { controlFrame, FrameReader } from './webSocketFrames.ts';

/** An open WebSocket that is only listened to. */
export interface WebSocketConnection {
  readonly kind: 'web-socket';
  /**
   * Hands over every message; `onEnd` is called once, when the other side closes the connection, loses it or breaks the
   * protocol, or when it is destroyed here.
   */
  listen(onMessage: (message: Buffer) => void, onEnd: () => void): void;
  /** Closes the connection at once. */
  destroy(): void;
}

export interface WebSocketRequest extends Omit<UpgradeRequest, 'headers'> {
  /** The one subprotocol to speak. */
  readonly protocol: string;
}

/** What the answer's key is made with (RFC 6455, 4.2.2). */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * Opens a WebSocket through the transport, hence over the same agent, proxy and credentials as every request. A library
 * would call `https.request`, which VS Code replaces: see `openRequest` of the transport.
 */
export async function openWebSocket(
  transport: KubeTransport,
  { protocol, ...request }: WebSocketRequest,
): Promise<WebSocketConnection | KubeFailure> {
  const key = randomBytes(16).toString('base64');
  const answer = await transport.upgrade({
    ...request,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
      'sec-websocket-protocol': protocol,
    },
  });
  if (answer.kind !== 'upgraded') return answer;
  const { socket, headers, head } = answer;
  const accepted = createHash('sha1')
    .update(key + ACCEPT_SUFFIX)
    .digest('base64');
  if (
    headers['sec-websocket-accept'] !== accepted ||
    headers['sec-websocket-protocol'] !== protocol
  ) {
    socket.destroy();
    return { kind: 'malformed', cause: `it does not speak ${protocol}` };
  }
  return connectionOver(socket, head);
}

function connectionOver(socket: Duplex, head: Buffer): WebSocketConnection {
  return {
    kind: 'web-socket',
    listen: (onMessage, onEnd) => {
      const reader = new FrameReader({
        onMessage,
        onPing: (payload) => {
          socket.write(controlFrame('pong', payload));
        },
        onClose: () => {
          socket.end(controlFrame('close', Buffer.alloc(0)), () => socket.destroy());
        },
      });
      const take = (bytes: Buffer): void => {
        if (!reader.push(bytes)) socket.destroy();
      };
      if (socket.destroyed) onEnd();
      socket.once('close', onEnd);
      socket.on('data', take);
      take(head);
    },
    destroy: () => socket.destroy(),
  };
}
