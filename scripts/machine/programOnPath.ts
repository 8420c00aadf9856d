import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first program on the PATH that has one of these names, as a file that may be run. */
export function programOnPath(
  names: readonly string[],
  path = process.env['PATH'] ?? '',
): string | undefined {
  return path
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
}

/** Whether the file is there and we may run it. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
