import { run } from '../processes.ts';
import { programOnPath } from './programOnPath.ts';

const installMs = 10 * 60_000;

/**
 * Installs packages with apt-get, as root on Debian; anybody else's machine is left alone.
 * @returns a sentence about what came of it, for the case that what was wanted is still missing
 */
export async function installDebianPackages(
  packages: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const names = packages.join(' ');
  if (process.getuid?.() !== 0 || programOnPath(['apt-get']) === undefined) {
    return 'It was not installed with apt-get, which is done as root on Debian only.';
  }
  console.log(`Installing ${names} with apt-get ...`);
  const options = { timeoutMs: installMs, signal, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  // Old lists may do, so that only the installation decides.
  await run('apt-get', ['update'], options);
  const ending = await run(
    'apt-get',
    ['install', '--yes', '--no-install-recommends', ...packages],
    options,
  );
  return `apt-get install ${names} said "${errorLine(ending.output)}".`;
}

/** Why a program failed, of all that it printed: its first line about an error, else its last line. */
export function errorLine(output: string): string {
  const lines = output.trim().split('\n');
  return lines.find((line) => /^(E|Error|error): /.test(line)) ?? lines.at(-1) ?? '';
}
