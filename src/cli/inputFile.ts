import { opendir, readFile, stat } from 'node:fs/promises';
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

/**
 * The texts behind one `-f`: a file, every manifest file below a folder in the order of their paths, or
 * standard input for `-`. Fails with one sentence if the path cannot be read.
 */
export async function readInput(
  path: string,
  readStdin: ReadStandardInput,
): Promise<readonly InputFile[]> {
  if (path === '-') return [{ name: '<stdin>', text: await readStdin() }];
  try {
    const names = (await stat(path)).isDirectory() ? await filesBelow(path) : [path];
    if (names.length === 0)
      throw badInput(`${path}: there is no .yaml, .yml or .json file in this folder.`);
    return await Promise.all(
      names.map(async (name) => ({ name, text: await readFile(name, 'utf8') })),
    );
  } catch (error) {
    throw error instanceof CommandFailure ? error : badInput(`${path}: ${causeOf(error)}.`);
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skippedFolders.has(entry.name))
      found.push(...(await filesBelow(path)));
    if (entry.isFile() && extensions.test(entry.name)) found.push(path);
  }
  return found.sort();
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
