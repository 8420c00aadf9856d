import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText } from './decodeText.ts';
import { CommandFailure, exitCodes } from './exitCode.ts';

/** One text that was asked for by `-f`. `name` is what messages call it. */
export interface InputText {
  readonly kind: 'text';
  readonly name: string;
  readonly text: string;
  /** The namespace that kustomizations beside and above the file put its objects into. */
  readonly namespace?: string | undefined;
}

/** A file of a folder that gives no text: a pipe or a device, or one that fails, with the cause as a sentence. */
export interface UnreadFile {
  readonly kind: 'unread';
  readonly name: string;
  readonly why: 'special' | { readonly cause: string };
}

export type InputFile = InputText | UnreadFile;

/** Standard input, read to its end. */
export type ReadStandardInput = () => Promise<Uint8Array>;

const extensions = /\.(?:ya?ml|json)$/i;
/** Folders that hold no manifests of this mesh, and may hold very many files. */
const skippedFolders = new Set(['node_modules', '.git']);

/** Files open at one time: far below what any system lets a process have open. */
const readAtOnce = 64;

/**
 * The texts behind one `-f`: a file, every manifest file below a folder in the order of their paths, or
 * standard input for `-`. Symbolic links are followed: a mounted ConfigMap consists of them. A file in a folder that
 * cannot be read leaves the others; the path itself must be there, or this fails with one sentence that names it.
 */
export async function readInput(
  path: string,
  readStdin: ReadStandardInput,
): Promise<readonly InputFile[]> {
  if (path === '-') return [textOf('<stdin>', await readStdin())];
  const isFolder = (await naming(path, stat(path))).isDirectory();
  // A path that is named may be a pipe, as a shell makes of `<(command)`.
  if (!isFolder) return [textOf(path, await naming(path, readFile(path)))];
  const names = await filesBelow(path);
  if (names.length === 0)
    throw badInput(`${path}: there is no .yaml, .yml or .json file in this folder.`);
  const files: InputFile[] = [];
  for (let start = 0; start < names.length; start += readAtOnce) {
    const batch = names.slice(start, start + readAtOnce).map(readOne);
    files.push(...(await Promise.all(batch)));
  }
  return files;
}

/** Reads a file of a folder, but nothing that could be waited on for ever. */
async function readOne(name: string): Promise<InputFile> {
  try {
    if (!(await stat(name)).isFile()) return { kind: 'unread', name, why: 'special' };
    return textOf(name, await readFile(name));
  } catch (error) {
    return { kind: 'unread', name, why: { cause: `${causeOf(error)}.` } };
  }
}

function textOf(name: string, bytes: Uint8Array): InputFile {
  const text = decodeText(bytes);
  if (text !== undefined) return { kind: 'text', name, text };
  return { kind: 'unread', name, why: { cause: 'this is no text in UTF-8 or UTF-16.' } };
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
    } else if (extensions.test(entry.name)) found.push(path);
  }
  return found.sort();
}

/** Kubernetes keeps the files of a mounted ConfigMap in folders named `..DATE`, and links each of them beside. */
function isSkipped({ name }: Dirent): boolean {
  return skippedFolders.has(name) || name.startsWith('..');
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
