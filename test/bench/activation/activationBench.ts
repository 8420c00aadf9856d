import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { bundleOptions } from '../../../scripts/bundles.ts';
import { median, milliseconds, type Figure } from '../figures.ts';

/** What loading and activating may take at the median, in milliseconds of processor time: other programs do not count. */
const limitMs = 10;

/** Processes of each of the two; an odd number, so that the median is one of them. */
const samples = 31;

const sampleWithinMs = 20_000;
const sample = fileURLToPath(new URL('activationSample.ts', import.meta.url));
const vscodeStub = fileURLToPath(new URL('vscodeStub.cjs', import.meta.url));

/** An extension that does nothing: what is left is what Node and the measuring take. */
const emptyExtension = `'use strict';\nrequire('vscode');\nexports.activate = () => {};\n`;

/**
 * Loads and activates the extension as it is packaged, in plain Node without VS Code, in a fresh process a sample, in turn with
 * an extension that does nothing, whose time is told beside it.
 */
export async function activationFigures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-activation-'));
  try {
    const empty = join(folder, 'empty.js');
    const extension = join(folder, 'extension.js');
    writeFileSync(empty, emptyExtension);
    mkdirSync(join(folder, 'node_modules'));
    cpSync(vscodeStub, join(folder, 'node_modules', 'vscode.js'));
    const bundle = { entry: 'src/extension.ts', file: extension };
    await esbuild.build(bundleOptions(bundle, true));
    return [figure(alternate(extension, empty))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Times {
  readonly extension: number;
  readonly empty: number;
}

function alternate(extension: string, empty: string): readonly Times[] {
  return Array.from({ length: samples }, () => ({
    extension: activationMs(extension),
    empty: activationMs(empty),
  }));
}

function figure(times: readonly Times[]): Figure {
  const extension = median(times.map((time) => time.extension));
  const empty = median(times.map((time) => time.empty));
  return {
    name: 'load and activate the extension',
    value: `${milliseconds(extension)}, an empty one ${milliseconds(empty)}`,
    against: `budget ${limitMs} ms`,
    ratio: extension / limitMs,
    budget: 1,
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
