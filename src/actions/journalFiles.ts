import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { JournalStore, StoredEntry } from './journal.ts';

const EXTENSION = '.json';

/**
 * Keeps the journal in a folder, one file an entry: two windows on the same folder cannot overwrite each other's
 * entries, and a damaged file harms no other. Only its owner may read it. Writing rejects when the disk refuses.
 */
export function journalInFolder(folder: string): JournalStore {
  const pathOf = (name: string): string => join(folder, name + EXTENSION);
  return {
    async read() {
      const names = await namesIn(folder);
      if (names === undefined) return [{ name: folder, value: undefined }];
      return Promise.all(names.map((name) => readEntry(name, pathOf(name))));
    },
    async write(name, value) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // A crash between the two leaves the entry as it was.
      const unfinished = `${pathOf(name)}.${process.pid}`;
      await writeFile(unfinished, JSON.stringify(value), { mode: 0o600 });
      await rename(unfinished, pathOf(name));
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
  };
}

/** Undefined when the folder is there and cannot be read. */
async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    const files = await readdir(folder);
    return files
      .filter((file) => file.endsWith(EXTENSION))
      .map((file) => file.slice(0, -EXTENSION.length));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? [] : undefined;
  }
}

async function readEntry(name: string, path: string): Promise<StoredEntry> {
  try {
    return { name, value: JSON.parse(await readFile(path, 'utf8')) as unknown };
  } catch {
    return { name, value: undefined };
  }
}
