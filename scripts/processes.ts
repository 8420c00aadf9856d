import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** How a program ended. */
export type Ending =
  | { readonly kind: 'exited'; readonly code: number; readonly output: string }
  | { readonly kind: 'timed-out'; readonly output: string }
  | { readonly kind: 'cancelled'; readonly output: string }
  | { readonly kind: 'not-started'; readonly cause: string; readonly output: string };

export interface Limits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface RunOptions extends Limits {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Hears what the program prints on its standard error, as it comes. It is kept all the same. */
  readonly onErrorOutput?: (text: string) => void;
}

const graceMs = 5_000;
const windows = process.platform === 'win32';

/** Options with which a child can be ended together with whatever it started (see {@link endTree}). */
export const ownGroup = { detached: !windows } as const;

/**
 * Ends a child that was started with {@link ownGroup}, and what it started: politely, and after five seconds for good.
 * Resolves when the child is gone.
 */
export async function endTree(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  if (isRunning(child)) {
    const gone = new Promise<void>((resolve) =>
      child.once('exit', () => {
        resolve();
      }),
    );
    signalTree(child, 'SIGTERM');
    const timer = setTimeout(() => {
      signalTree(child, 'SIGKILL');
    }, graceMs);
    await gone;
    clearTimeout(timer);
  }
  signalTree(child, 'SIGKILL');
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (windows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: nothing of the group is left, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Runs a program to its end and keeps what it printed. The program, and what it started, is gone when this resolves. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Ending> {
  const child = spawn(command, args, {
    ...ownGroup,
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const { onErrorOutput } = options;
  if (onErrorOutput !== undefined) child.stderr.on('data', onErrorOutput);
  const ended = await endOf(child, options);
  await endTree(child);
  return { ...ended, output };
}

type Ended =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-started'; readonly cause: string };

function endOf(child: ChildProcess, { timeoutMs, signal }: Limits): Promise<Ended> {
  return new Promise((resolve) => {
    const settle = (ended: Ended): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      resolve(ended);
    };
    const cancel = (): void => {
      settle({ kind: 'cancelled' });
    };
    const timer = setTimeout(() => {
      settle({ kind: 'timed-out' });
    }, timeoutMs);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted === true) cancel();
    child.once('error', (error) => {
      settle({ kind: 'not-started', cause: error.message });
    });
    // 'close' rather than 'exit': everything that was printed has then been read.
    child.once('close', (code) => {
      settle({ kind: 'exited', code: code ?? 1 });
    });
  });
}

/** Aborts when the person or the machine asks this process to stop (Ctrl-C, SIGTERM, a closed terminal). */
export function stopRequested(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return controller.signal;
}
