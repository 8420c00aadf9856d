import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endTree, ownGroup } from '../../../scripts/processes.ts';
import { root } from '../../../scripts/project.ts';
import { until } from '../../support/until.ts';
import { commandOf, descendants, isRunning } from './processTree.ts';

const startMs = 5 * 60_000;

export interface StartOptions {
  /** Arguments of `npm start`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** In a terminal of its own (with util-linux' `script`), which closes when the process {@link Started.pid} is killed. */
  readonly inTerminal?: boolean;
}

/** An `npm start` that has said how it is stopped. */
export interface Started {
  readonly pid: number;
  printed(): string;
  /** Everything that runs because of it. */
  family(): readonly number[];
  /** Asks it to end, and fails if any process that it started, or any temporary file, is still there after some seconds. */
  endsBy(ask: () => void): Promise<void>;
  dispose(): Promise<void>;
}

/** Runs `npm start` and waits for the line that says how to stop it. Throws with what it printed if it ends before. */
export async function started({ args = [], env = {}, inTerminal }: StartOptions): Promise<Started> {
  const command = ['npm', 'start', '--', ...args];
  const [program = '', ...rest] =
    inTerminal === true ? ['script', '-qfec', command.join(' '), '/dev/null'] : command;
  const temporary = mkdtempSync(join(tmpdir(), 'istio-mtls-started-'));
  const child = spawn(program, rest, {
    ...ownGroup,
    cwd: root,
    // npm keeps its own compiled code in the folder for temporary files; what is looked for is ours.
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1', TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const dispose = async (): Promise<void> => {
    await endTree(child);
    rmSync(temporary, { recursive: true, force: true });
  };
  const ready = (): boolean => printed.includes('Ctrl-C') || child.exitCode !== null;
  await until('npm start', () => Promise.resolve(ready() || undefined), startMs);
  if (!printed.includes('Ctrl-C')) {
    await dispose();
    throw new Error(printed);
  }
  const pid = child.pid ?? 0;
  const family = (): readonly number[] => [pid, ...descendants(pid)];
  return {
    pid,
    family,
    printed: () => printed,
    endsBy: async (ask) => {
      await allEnd(family(), ask);
      assert.deepEqual(readdirSync(temporary), []);
    },
    dispose,
  };
}

async function allEnd(family: readonly number[], ask: () => void): Promise<void> {
  assert.ok(family.length > 4, `It runs only ${family.map(commandOf).join(', ')}`);
  ask();
  await until('everything to end', () => {
    const left = family.filter(isRunning).map(commandOf);
    return left.length === 0 ? Promise.resolve(true) : Promise.reject(new Error(left.join('\n')));
  });
}
