import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** How a {@link DesktopVsCode} was started. */
export interface Launch {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A stand-in for the desktop VS Code, laid out as Linux packages install it: it writes down how it was started. */
export interface DesktopVsCode {
  /** The program behind the `code` command. */
  readonly program: string;
  /** For the process that is to find `code`: a PATH with it, and a display. */
  readonly env: Readonly<Record<string, string>>;
  /** How it was started last; undefined if it was not. */
  launch(): Launch | undefined;
  /** Closes its last window: it ends with this code. */
  close(code: number): void;
  dispose(): void;
}

/**
 * Installs one. Like the real one it runs processes of its own, which may outlive it.
 * @param onStart JavaScript that it runs when it has started
 */
export function installDesktopVsCode(onStart = ''): DesktopVsCode {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-desktop-'));
  const installation = join(folder, 'share', 'code');
  const program = join(installation, 'code');
  const [record, closed] = [join(folder, 'launch.json'), join(folder, 'closed')];
  for (const part of [join(installation, 'bin'), join(folder, 'bin')]) {
    mkdirSync(part, { recursive: true });
  }
  writeFileSync(program, programText({ record, closed, onStart }), { mode: 0o755 });
  // The command returns at once, as the real one does, and so nobody may wait for it.
  writeFileSync(join(installation, 'bin', 'code'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  symlinkSync(join(installation, 'bin', 'code'), join(folder, 'bin', 'code'));
  return {
    program,
    env: {
      PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
      DISPLAY: ':99',
    },
    launch: () =>
      existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as Launch) : undefined,
    close: (code) => {
      writeFileSync(closed, String(code));
    },
    dispose: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

interface ProgramText {
  readonly record: string;
  readonly closed: string;
  readonly onStart: string;
}

function programText({ record, closed, onStart }: ProgramText): string {
  return `#!${process.execPath}
const { spawn } = require('node:child_process');
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
const launch = { args: process.argv.slice(2), env: process.env };
writeFileSync(${JSON.stringify(`${record}.part`)}, JSON.stringify(launch));
renameSync(${JSON.stringify(`${record}.part`)}, ${JSON.stringify(record)});
setInterval(() => {
  if (!existsSync(${JSON.stringify(closed)})) return;
  console.error('The window has gone.');
  process.exit(Number(readFileSync(${JSON.stringify(closed)}, 'utf8')));
}, 50);
${onStart}
`;
}
