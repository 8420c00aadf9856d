import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { bundleOptions } from '../../../scripts/bundles.ts';
import { fixedExtension } from '../calibration.ts';
import { median, milliseconds, type Figure } from '../figures.ts';

/** How many times as long as the extension of fixed size it may take, at the median. */
const budget = 1.8;

/** Processes of each of the two; an odd number, so that the median is one of them. */
const samples = 31;

const sampleWithinMs = 20_000;
const sample = fileURLToPath(new URL('activationSample.ts', import.meta.url));
const vscodeStub = fileURLToPath(new URL('vscodeStub.cjs', import.meta.url));

/**
 * Loads and activates the extension as it is packaged, in plain Node without VS Code, in a fresh process a sample, in turn with
 * an extension of fixed size, which it is measured against: both meet the same load of the machine. The times are those for which
 * they keep a processor busy.
 */
export async function activationFigures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-activation-'));
  try {
    const fixed = join(folder, 'fixed.js');
    const extension = join(folder, 'extension.js');
    writeFileSync(fixed, fixedExtension());
    mkdirSync(join(folder, 'node_modules'));
    cpSync(vscodeStub, join(folder, 'node_modules', 'vscode.js'));
    const bundle = { entry: 'src/extension.ts', file: extension };
    await esbuild.build(bundleOptions(bundle, true));
    return [figure(alternate(extension, fixed))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Times {
  readonly extension: number;
  readonly fixed: number;
}

function alternate(extension: string, fixed: string): readonly Times[] {
  return Array.from({ length: samples }, () => ({
    extension: activationMs(extension),
    fixed: activationMs(fixed),
  }));
}

function figure(times: readonly Times[]): Figure {
  const extension = median(times.map((time) => time.extension));
  const fixed = median(times.map((time) => time.fixed));
  return {
    name: 'load and activate the extension',
    value: milliseconds(extension),
    against: `an extension of fixed size ${milliseconds(fixed)}`,
    ratio: median(times.map((time) => time.extension / time.fixed)),
    budget,
  };
}

/** Throws with what the process printed if the extension does not activate. */
function activationMs(file: string): number {
  const { stdout, stderr } = spawnSync(process.execPath, [sample, file], {
    encoding: 'utf8',
    timeout: sampleWithinMs,
  });
  const time = Number(stdout.trim() === '' ? Number.NaN : stdout);
  if (!Number.isFinite(time))
    throw new Error(`The extension did not activate: ${stderr.slice(-1000)}`);
  return time;
}
