import type { Deadline } from '../sources/transport/deadline.ts';
import { startDeadline } from '../sources/transport/deadline.ts';
import { asList, asObject, fieldAt, textAt } from '../sources/transport/jsonValue.ts';
import type { KubeFailure } from '../sources/transport/kubeFailure.ts';
import { describeFailure } from '../sources/transport/kubeFailure.ts';
import type { KubeTransport, Query } from '../sources/transport/transport.ts';
import type { WebSocketConnection } from './webSocket.ts';
import { openWebSocket } from './webSocket.ts';

/** A command to run in a container. The words are passed on as they are: no shell looks at them. */
export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

export interface ExecOptions {
  /** Milliseconds for the whole of it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Bytes of each stream that are kept; one mebibyte when absent. */
  readonly maxOutput?: number;
}

/** What came of a command. Output is text, cut after the bytes that are kept of each stream. */
export type ExecResult =
  | {
      readonly kind: 'exited';
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** The container has no such program. */
  | { readonly kind: 'executable-missing'; readonly executable: string }
  | { readonly kind: 'container-not-found' }
  | { readonly kind: 'pod-not-found' }
  | { readonly kind: 'forbidden'; readonly cause: string }
  | { readonly kind: 'timed-out'; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'cancelled' }
  /** The connection ended before the server said how the command ended: the pod may have been killed. */
  | { readonly kind: 'no-status'; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'failed'; readonly cause: string };

/**
 * Not v5: there the API server translates towards the kubelet itself, and reports success when the node dies in the
 * middle of the command. Of v5 we would need nothing, as stdin is never open.
 */
const PROTOCOL = 'v4.channel.k8s.io';
const MAX_OUTPUT = 1024 * 1024;

const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/**
 * Runs a command in a container over `pods/exec`. Not through the client library, which loses the Status of a refused
 * upgrade, may never call back, and does not stop.
 */
export async function execInPod(
  transport: KubeTransport,
  target: ExecTarget,
  { timeoutMs, signal, maxOutput = MAX_OUTPUT }: ExecOptions,
): Promise<ExecResult> {
  // Signing in counts as well: a credential plugin may hang.
  const deadline = startDeadline({ totalMs: timeoutMs }, transport.closed, signal);
  try {
    const request = { ...addressOf(target), protocol: PROTOCOL, timeoutMs };
    const socket = await openWebSocket(transport, { ...request, signal: deadline.signal });
    const output = new Output(maxOutput);
    if (socket.kind !== 'web-socket') return ended(deadline, output) ?? notOpened(socket);
    return await converse(socket, deadline, { target, output });
  } finally {
    deadline.stop();
  }
}

function addressOf({ namespace, pod, container, command }: ExecTarget): {
  readonly path: string;
  readonly query: Query;
} {
  const [inNamespace, ofPod] = [encodeURIComponent(namespace), encodeURIComponent(pod)];
  return {
    path: `/api/v1/namespaces/${inNamespace}/pods/${ofPod}/exec`,
    query: { container, command, stdout: true, stderr: true, stdin: false, tty: false },
  };
}

/** Listens until the server says how the command ended, the connection ends, or the time does. */
async function converse(
  socket: WebSocketConnection,
  deadline: Deadline,
  { target, output }: { readonly target: ExecTarget; readonly output: Output },
): Promise<ExecResult> {
  deadline.attach(socket);
  const status = await new Promise<string | undefined>((resolve) => {
    socket.listen(
      (message) => {
        const said = output.take(message);
        if (said !== undefined) resolve(said);
      },
      () => {
        resolve(undefined);
      },
    );
  });
  socket.destroy();
  if (status !== undefined) return resultOf(status, output, target);
  return ended(deadline, output) ?? { kind: 'no-status', ...output.text() };
}

/** What a deadline that is over makes of the command. */
function ended({ ended: why }: Deadline, output: Output): ExecResult | undefined {
  if (why === undefined) return undefined;
  return why.kind === 'timed-out' ? { kind: 'timed-out', ...output.text() } : { kind: 'cancelled' };
}

function notOpened(failure: KubeFailure): ExecResult {
  return failure.kind === 'status'
    ? refusedUpgrade(failure)
    : { kind: 'failed', cause: describeFailure(failure) };
}

/** Collects the two streams up to their limit. */
class Output {
  readonly #chunks: Record<typeof STDOUT | typeof STDERR, Buffer[]> = {
    [STDOUT]: [],
    [STDERR]: [],
  };
  readonly #sizes = { [STDOUT]: 0, [STDERR]: 0 };
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes one frame; returns the text of the status frame, which ends the command. */
  take(frame: Buffer): string | undefined {
    const [channel] = frame;
    const data = frame.subarray(1);
    if (channel === STATUS) return data.toString('utf8');
    if ((channel === STDOUT || channel === STDERR) && this.#sizes[channel] < this.#limit) {
      this.#chunks[channel].push(data.subarray(0, this.#limit - this.#sizes[channel]));
      this.#sizes[channel] += data.length;
    }
    return undefined;
  }

  text(): { stdout: string; stderr: string } {
    const [stdout, stderr] = [STDOUT, STDERR].map((channel) =>
      Buffer.concat(this.#chunks[channel === STDOUT ? STDOUT : STDERR]).toString('utf8'),
    );
    return { stdout: stdout ?? '', stderr: stderr ?? '' };
  }
}

function resultOf(text: string, output: Output, { command }: ExecTarget): ExecResult {
  const status = parse(text);
  const executable = command[0] ?? '';
  if (textAt(status, 'status') === 'Success') return { kind: 'exited', code: 0, ...output.text() };
  const message = textAt(status, 'message') ?? '';
  const code = exitCode(status);
  if (code === undefined) return whyNotRun(message, executable);
  const { stdout, stderr } = output.text();
  const missing = RUNTIME_CODES.includes(code) && MISSING.test(message + stderr);
  return missing
    ? { kind: 'executable-missing', executable }
    : { kind: 'exited', code, stdout, stderr };
}

/** Programs end with these codes, too; only the container runtime's words make them a missing program. */
const RUNTIME_CODES = [126, 127, 128];
const MISSING = /executable file not found|exec: .*: no such file or directory/i;

function exitCode(status: unknown): number | undefined {
  if (textAt(status, 'reason') !== 'NonZeroExitCode') return undefined;
  const causes = asList(fieldAt(status, 'details', 'causes')).map(asObject);
  const code = Number(causes.find((cause) => cause?.['reason'] === 'ExitCode')?.['message']);
  return Number.isInteger(code) ? code : undefined;
}

function whyNotRun(message: string, executable: string): ExecResult {
  if (MISSING.test(message)) return { kind: 'executable-missing', executable };
  if (/container .*not (found|valid)|container not found/i.test(message))
    return { kind: 'container-not-found' };
  return { kind: 'failed', cause: message === '' ? 'The command could not be run.' : message };
}

function refusedUpgrade({ status, message }: Extract<KubeFailure, { kind: 'status' }>): ExecResult {
  if (status === 403) return { kind: 'forbidden', cause: message };
  if (status === 404 && !/container/i.test(message)) return { kind: 'pod-not-found' };
  if ((status === 404 || status === 400) && /container/i.test(message))
    return { kind: 'container-not-found' };
  const said = message === '' ? '' : `: ${message}`;
  return { kind: 'failed', cause: `The API server answered ${status} to the command${said}.` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
