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

/**
 * The program behind the `code` command, which test-electron needs because the command returns before the window closes.
 * The command is `bin/code` inside the installation, or a link to it.
 */
export function codeProgram(command: string): string | undefined {
  const installation = dirname(dirname(realpathSync(command)));
  const candidates = [
    join(installation, 'code'),
    join(installation, 'Code.exe'),
    // On macOS the command is Contents/Resources/app/bin/code.
    join(installation, '..', '..', 'MacOS', 'Electron'),
  ];
  return candidates.find((file) => existsSync(file));
}
