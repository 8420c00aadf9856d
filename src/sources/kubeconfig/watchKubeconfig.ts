import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** `kubectl config use-context` writes in steps; one call after the last of them is enough. */
const SETTLE_MS = 500;

/**
 * Calls back when one of the files was written, replaced, created or deleted, by whatever program. Folders are watched
 * and not files, since most programs replace the file. A folder that does not exist is not watched.
 */
export function watchKubeconfig(
  paths: readonly string[],
  onChange: () => void,
  settleMs = SETTLE_MS,
): { dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  };
  const files = paths.map((path) => resolve(path));
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const watchers = folders.flatMap((folder) => {
    const names = files.filter((file) => dirname(file) === folder).map((file) => basename(file));
    return watchFolder(folder, names, changed);
  });
  return {
    dispose: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function watchFolder(folder: string, names: readonly string[], changed: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      // Some systems do not tell which file it was.
      if (name === null || names.includes(name)) changed();
    });
    watcher.on('error', () => {
      watcher.close();
    });
    return [watcher];
  } catch {
    return [];
  }
}
