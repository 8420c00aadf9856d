import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';
import { programFile } from '../../scripts/bundles.ts';
import { inProject } from '../../scripts/project.ts';
import { median, milliseconds, type Figure } from './figures.ts';
import { writeRepository } from './repository/repository.ts';

const sizes = [50, 500, 2_000];
const rounds = 3;
const limitMs = 120_000;

interface Cost {
  /** Processor time, in milliseconds. */
  readonly busy: number;
  /** The most memory that was in use, in megabytes. */
  readonly memory: number;
}

/**
 * `istio-mtls check` beside `istioctl analyze`, each a process of its own that reads the same repository, in turns. Throws an
 * Error where there is no istioctl: the one on the PATH is taken, or the one that ISTIOCTL names.
 */
export async function checkAgainstIstioctl(): Promise<readonly Figure[]> {
  await build({ minify: true });
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-repository-'));
  try {
    return sizes.flatMap((size) => figuresOf(join(folder, String(size)), size));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(folder: string, size: number): readonly Figure[] {
  writeRepository(folder, size);
  const istioctl = process.env['ISTIOCTL'] ?? 'istioctl';
  const rows = Array.from({ length: rounds }, () => ({
    ours: cost(process.execPath, [inProject(programFile), 'check', folder]),
    theirs: cost(istioctl, ['analyze', '--all-namespaces', '--use-kube=false', folder]),
  }));
  const of = (side: 'ours' | 'theirs', what: keyof Cost): number =>
    median(rows.map((row) => row[side][what]));
  const figure = (what: keyof Cost, shown: (value: number) => string): Figure => ({
    name: `check ${size} files, ${what === 'busy' ? 'processor time' : 'memory'}`,
    value: shown(of('ours', what)),
    against: `istioctl ${shown(of('theirs', what))}`,
    ratio: of('ours', what) / of('theirs', what),
    budget: 1,
  });
  return [figure('busy', milliseconds), figure('memory', (value) => `${value.toFixed(0)} MB`)];
}

/** Runs a program to its end below GNU time, which tells what it has cost. */
function cost(command: string, args: readonly string[]): Cost {
  const { stderr, error } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', command, ...args], {
    encoding: 'utf8',
    timeout: limitMs,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (error !== undefined) throw error;
  const [user, system, kilobytes] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { busy: ((user ?? NaN) + (system ?? NaN)) * 1000, memory: (kilobytes ?? NaN) / 1000 };
}
