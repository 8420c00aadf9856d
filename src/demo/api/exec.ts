import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { JsonObject, KubeObject } from '../objects/json.ts';
import { listAt, textAt } from '../objects/json.ts';
import { pods } from '../objects/resources.ts';
import type { ResourceRoute } from './route.ts';
import { routeOf } from './route.ts';
import type { Answer } from '../objects/status.ts';
import {
  badRequest,
  failure,
  internalError,
  notFound,
  unauthorized,
  unknownPath,
} from '../objects/status.ts';
import type { Storage } from '../objects/storage.ts';

/** A command to run in a container. */
export interface ExecRequest {
  readonly pod: KubeObject;
  readonly container: string;
  readonly command: readonly string[];
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
}

/** How a command ended. */
export type ExecOutcome =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'executable-missing'; readonly executable: string };

export interface ExecContext {
  readonly storage: Storage;
  readonly isAuthorized: (request: IncomingMessage) => boolean;
  readonly run: (request: ExecRequest) => Promise<ExecOutcome>;
}

/** Channels of the remote command protocol; 255 closes another channel (version 5 only). */
const channel = { stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const largestFrame = 64 * 1024;

const sockets = new WebSocketServer({
  noServer: true,
  maxPayload: largestFrame,
  handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
});

/** Answers the upgrade of `pods/exec`; anything that cannot be executed ends as an HTTP Status. */
export function handleUpgrade(
  context: ExecContext,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const url = new URL(request.url ?? '/', 'https://localhost');
  const checked = checkRequest(context, request, url);
  if (checked.kind === 'refused') {
    refuse(socket, checked.answer);
    return;
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    serve(context, webSocket, checked).catch(() => {
      webSocket.terminate();
    });
  });
}

interface Accepted {
  readonly kind: 'accepted';
  readonly pod: KubeObject;
  readonly container: string;
  readonly command: readonly string[];
}

type Checked = Accepted | { readonly kind: 'refused'; readonly answer: Answer };

function checkRequest(context: ExecContext, request: IncomingMessage, url: URL): Checked {
  if (!context.isAuthorized(request)) return refused(unauthorized());
  const route = routeOf(url.pathname);
  if (route.kind !== 'resource' || route.type !== pods || route.subresource !== 'exec') {
    return refused(unknownPath());
  }
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((p) => p.trim());
  if (!protocols.some((protocol) => offered.includes(protocol))) {
    return refused(
      failure(403, 'Forbidden', `unable to upgrade: unsupported protocols: ${offered.join(', ')}`),
    );
  }
  return checkPod(context.storage, route, url.searchParams);
}

function checkPod(storage: Storage, route: ResourceRoute, query: URLSearchParams): Checked {
  const name = route.name ?? '';
  const pod = storage.get(pods, route.namespace, name);
  if (!pod) return refused(notFound({ group: '', resource: 'pods', kind: 'Pod', name }));
  const command = query.getAll('command');
  if (command.length === 0)
    return refused(badRequest('you must specify at least 1 command for the container'));
  const containers = [
    ...listAt(pod, 'spec', 'containers'),
    ...listAt(pod, 'spec', 'initContainers'),
  ];
  const container = query.get('container') ?? textAt(containers[0], 'name') ?? '';
  if (!containers.some((one) => textAt(one, 'name') === container)) {
    return refused(badRequest(`container ${container} is not valid for pod ${name}`));
  }
  if (textAt(pod, 'status', 'phase') !== 'Running') {
    return refused(
      internalError(`unable to upgrade connection: container not found ("${container}")`),
    );
  }
  return { kind: 'accepted', pod, container, command };
}

function refused(answer: Answer): Checked {
  return { kind: 'refused', answer };
}

function refuse(socket: Duplex, answer: Answer): void {
  const body = JSON.stringify(answer.body);
  const length = Buffer.byteLength(body);
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${answer.code} ${answer.code === 404 ? 'Not Found' : 'Refused'}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function serve(
  context: ExecContext,
  webSocket: WebSocket,
  accepted: Accepted,
): Promise<void> {
  const gone = new AbortController();
  webSocket.on('error', () => {
    webSocket.terminate();
  });
  webSocket.once('close', () => {
    gone.abort();
  });
  // A command dies with its pod.
  const watching = context.storage.subscribe(({ kind, object }) => {
    if (kind === 'deleted' && object.metadata.uid === accepted.pod.metadata.uid) gone.abort();
  });
  send(webSocket, channel.stdout, Buffer.alloc(0));
  const running = context.run({
    pod: accepted.pod,
    container: accepted.container,
    command: accepted.command,
    signal: gone.signal,
    onStdout: (bytes) => {
      send(webSocket, channel.stdout, bytes);
    },
    onStderr: (bytes) => {
      send(webSocket, channel.stderr, bytes);
    },
  });
  const outcome = await running.finally(() => {
    watching.dispose();
  });
  send(webSocket, channel.status, Buffer.from(JSON.stringify(statusOf(outcome, accepted.command))));
  webSocket.close(1000);
}

function send(webSocket: WebSocket, to: number, bytes: Buffer): void {
  if (webSocket.readyState === webSocket.OPEN)
    webSocket.send(Buffer.concat([Buffer.of(to), bytes]));
}

/** The status frame of a kubelet over containerd. */
function statusOf(outcome: ExecOutcome, command: readonly string[]): JsonObject {
  if (outcome.kind === 'executable-missing') {
    const message =
      'error executing command in container: failed to exec in container: failed to start exec: ' +
      'OCI runtime exec failed: exec failed: unable to start container process: ' +
      `exec: ${JSON.stringify(outcome.executable)}: executable file not found in $PATH: unknown`;
    return internalError(message).body;
  }
  const success = { metadata: {}, status: 'Success' };
  if (outcome.code === 0) return success;
  const { code } = outcome;
  const what = `error executing command [${command.join(' ')}], exit code ${code}`;
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${what}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}
