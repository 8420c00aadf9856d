import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { programOnPath } from '../machine/programOnPath.ts';

const updateService = 'https://update.code.visualstudio.com/api/releases/stable';

/** Whether a program can open a window here. */
export function hasDisplay(): boolean {
  return (
    process.platform !== 'linux' ||
    process.env['DISPLAY'] !== undefined ||
    process.env['WAYLAND_DISPLAY'] !== undefined
  );
}

/** Whether VS Code can be downloaded from here; a closed network answers "no" within five seconds. */
export async function isDownloadable(): Promise<boolean> {
  const answer = await fetch(updateService, { signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  );
  return answer?.ok === true;
}

/** The `code` command, if VS Code has been installed with it on the PATH. */
export function codeCommand(path?: string): string | undefined {
  return programOnPath([process.platform === 'win32' ? 'code.cmd' : 'code'], path);
}

/** Programs that open windows, from the folder above the one of the `code` command. */
const programs: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['code'],
  // The command is Contents/Resources/app/bin/code. Up to VS Code 1.109 the program was called Electron.
  darwin: ['../../MacOS/Code', '../../MacOS/Electron'],
  win32: ['Code.exe'],
};

/**
 * The program behind the `code` command, which must be waited for: the command returns before the window closes. The command
 * is `bin/code` inside the installation, or a link to it. Undefined if there is no such program of this platform.
 */
export function codeProgram(command: string, platform = process.platform): string | undefined {
  const above = dirname(dirname(realpathSync(command)));
  return programs[platform]?.map((program) => join(above, program)).find(existsSync);
}
