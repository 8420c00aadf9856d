import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** A program that a test cluster consists of. */
export interface ProgramProcess {
  readonly pid: number;
  /** True from the moment on that the program ended, for whatever reason. */
  readonly ended: boolean;
  /** The last lines that the program wrote. */
  lastLines(count: number): string;
  /** Asks the program to end, insists after five seconds, and waits until it is gone. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface Program {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  /** The file that takes everything that the program prints. */
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
}

const insistAfterMs = 5_000;
const running = new Set<ChildProcess>();

/** Starts a program. It ends with this process at the latest. */
export function startProgram(program: Program): ProgramProcess {
  const log = openSync(program.log, 'a');
  const child = spawn(program.path, program.args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...program.env },
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`${program.path} could not be started`);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return {
    pid: child.pid,
    get ended() {
      return hasEnded(child);
    },
    lastLines: (count) =>
      readFileSync(program.log, 'utf8').trimEnd().split('\n').slice(-count).join('\n'),
    end: (signal = 'SIGTERM') => end(child, signal),
  };
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const insist = new AbortController();
  void delay(insistAfterMs, undefined, { signal: insist.signal, ref: false }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await exited;
  insist.abort();
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

process.once('exit', endAll);
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}
