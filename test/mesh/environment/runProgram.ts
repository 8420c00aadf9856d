import { spawn } from 'node:child_process';

/** How a program ended that ran to its end. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program is killed; its exit code is then 137. */
  readonly limitMs?: number;
}

const defaultLimitMs = 30_000;

/** Runs a program to its end, whatever its exit code. Rejects if it cannot be started. */
export function runToEnd(
  [program, ...args]: readonly [string, ...string[]],
  { input = '', env, limitMs = defaultLimitMs }: RunOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: env ?? process.env,
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code: code ?? 137, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Runs a program and rejects, with what it wrote, unless it ends with 0. */
export async function mustRun(
  command: readonly [string, ...string[]],
  options?: RunOptions,
): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(command, options);
  if (code !== 0) {
    const wrote = `${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n');
    throw new Error(`${command.slice(0, 6).join(' ')} ended with ${code}:\n${wrote}`);
  }
  return stdout;
}

/** Runs lines of a shell, of which each must succeed. */
export function shell(lines: readonly string[]): Promise<string> {
  return mustRun(['sh', '-e', '-c', lines.join('\n')]);
}
