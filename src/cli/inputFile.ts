import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailure, exitCodes } from './exitCode.ts';

/** One text that was asked for by `-f`. `name` is what messages call it. */
export interface InputFile {
  readonly name: string;
  readonly text: string;
}

/** Standard input, read to its end. */
export type ReadStandardInput = () => Promise<string>;

const extensions = /\.(?:ya?ml|json)$/i;
/** Folders that hold no manifests of this mesh, and may hold very many files. */
const skippedFolders = new Set(['node_modules', '.git']);

/** Files open at one time: far below what any system lets a process have open. */
const readAtOnce = 64;

/**
 * The texts behind one `-f`: a file, every manifest file below a folder in the order of their paths, or
 * standard input for `-`. Symbolic links are followed: a mounted ConfigMap consists of them. Fails with
 * one sentence that names what cannot be read.
 */
export async function readInput(
  path: string,
  readStdin: ReadStandardInput,
): Promise<readonly InputFile[]> {
  if (path === '-') return [{ name: '<stdin>', text: withoutMark(await readStdin()) }];
  const isFolder = (await naming(path, stat(path))).isDirectory();
  const names = isFolder ? await filesBelow(path) : [path];
  if (names.length === 0)
    throw badInput(`${path}: there is no .yaml, .yml or .json file in this folder.`);
  const files: InputFile[] = [];
  for (let start = 0; start < names.length; start += readAtOnce) {
    const batch = names.slice(start, start + readAtOnce).map(readOne);
    files.push(...(await Promise.all(batch)));
  }
  return files;
}

async function readOne(name: string): Promise<InputFile> {
  return { name, text: withoutMark(await naming(name, readFile(name, 'utf8'))) };
}

/** Some editors write a byte order mark, which JSON does not allow. */
function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

/** What reading a path gives, or a failure that names the path. */
async function naming<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw badInput(`${path}: ${causeOf(error)}.`);
  }
}

/** `above` holds the real folders on the way here: a link back to one of them is not followed. */
async function filesBelow(
  folder: string,
  above: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const real = await naming(folder, realpath(folder));
  if (above.has(real)) return [];
  const found: string[] = [];
  for (const entry of await naming(folder, readdir(folder, { withFileTypes: true }))) {
    const path = join(folder, entry.name);
    if (isSkipped(entry)) continue;
    if (entry.isDirectory() || (await leadsToFolder(entry, path))) {
      found.push(...(await filesBelow(path, new Set([...above, real]))));
    } else if (extensions.test(entry.name) && !isSpecial(entry)) found.push(path);
  }
  return found.sort();
}

/** Kubernetes keeps the files of a mounted ConfigMap in folders named `..DATE`, and links each of them beside. */
function isSkipped({ name }: Dirent): boolean {
  return skippedFolders.has(name) || name.startsWith('..');
}

/** A pipe, a socket or a device, which reading could wait on for ever. */
function isSpecial(entry: Dirent): boolean {
  return !entry.isFile() && !entry.isSymbolicLink();
}

/** A link that leads nowhere is no folder; if it is named like a manifest, reading it says what is wrong. */
async function leadsToFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  const target = await stat(path).catch(() => undefined);
  return target?.isDirectory() ?? false;
}

export function badInput(message: string): CommandFailure {
  return new CommandFailure(exitCodes.badInput, message);
}

/** What went wrong with a file, in the words of the person who named it. */
function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
      return 'this file or folder may not be read';
    default:
      return error instanceof Error ? error.message : 'it cannot be read';
  }
}
