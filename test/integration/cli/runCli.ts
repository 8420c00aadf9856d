import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** How one run of `istio-mtls` ended. */
export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliInput {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How many files the program may have open, as `ulimit -n` takes it. */
  readonly openFiles?: number;
}

/** Runs the real program in the checkout's folder, with a time limit. */
export async function runCli(
  args: readonly string[],
  { stdin = '', env = {}, openFiles }: CliInput = {},
): Promise<CliRun> {
  const program = ['src/cli.ts', ...args];
  const limited = ['-c', `ulimit -n ${openFiles ?? 0}; exec "$@"`, 'sh', process.execPath];
  const [command, all] =
    openFiles === undefined ? [process.execPath, program] : ['sh', [...limited, ...program]];
  const child = spawn(command, all, {
    cwd: root,
    env: { ...process.env, ...env },
    // Far longer than any run takes on a busy machine: it only ends what hangs.
    timeout: 120_000,
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  child.stdin.end(stdin);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  return { exitCode, stdout, stderr };
}

/** The document of a run that must have succeeded. */
export async function cliJson(args: readonly string[], input?: CliInput): Promise<unknown> {
  const { exitCode, stdout, stderr } = await runCli([...args, '-o', 'json'], input);
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`exit ${String(exitCode)}: ${stderr}`);
  return JSON.parse(stdout);
}
