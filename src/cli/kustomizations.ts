import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import {
  folderOf,
  kustomizationNames,
  kustomizedNamespace,
  readKustomization,
  type Kustomization,
} from '../sources/yaml/kustomization.ts';
import { decodeText } from './decodeText.ts';

/** Tells into which namespace kustomize puts the objects of a file; undefined where it leaves them in their own. */
export type NamespaceOfFile = (path: string) => Promise<string | undefined>;

/** Reads the kustomizations beside and above files as they are asked for, each once. */
export function kustomizationsOnDisk(): NamespaceOfFile {
  const read = new Map<string, Promise<Kustomization | undefined>>();
  return async (path) => {
    const absolute = resolve(path).split(sep).join('/');
    const found = new Map<string, Kustomization>();
    for (const folder of foldersAbove(absolute)) {
      const reading = read.get(folder) ?? readIn(folder);
      read.set(folder, reading);
      const kustomization = await reading;
      if (kustomization !== undefined) found.set(folder, kustomization);
    }
    return kustomizedNamespace(found, absolute);
  };
}

function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder);
  return folders;
}

/** A folder without a kustomization, or one that may not be read, changes nothing. */
async function readIn(folder: string): Promise<Kustomization | undefined> {
  for (const name of kustomizationNames) {
    const path = `${folder}/${name}`;
    const bytes = await readFile(path).catch(() => undefined);
    const text = bytes && decodeText(bytes);
    if (text !== undefined) return readKustomization(path, text);
  }
  return undefined;
}
