import { readFile as readTextFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

import type { NonEmpty } from '../../mesh/index.ts';
import type { JsonObject } from '../transport/jsonValue.ts';
import { asList, asObject, asText, isJsonObject } from '../transport/jsonValue.ts';
import { composeYaml, plainValue } from '../yaml/composeYaml.ts';
import { lineAndColumn } from '../yaml/textRange.ts';
import type { ClusterEntry, ContextEntry, EntryFile, UserEntry } from './kubeconfigEntry.ts';
import { clusterEntry, contextEntry, userEntry } from './kubeconfigEntry.ts';

/** What all files of a kubeconfig list say together. Reading it executes nothing. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  /** Undefined when no file names one. */
  readonly currentContext: string | undefined;
  /** The files that exist, in the order in which they count. */
  readonly files: readonly string[];
}

/** Why a kubeconfig cannot be used, as one sentence. `line` counts from 1. */
export interface KubeconfigProblem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

export type KubeconfigLoad =
  | { readonly kind: 'loaded'; readonly kubeconfig: Kubeconfig }
  | { readonly kind: 'broken'; readonly problems: NonEmpty<KubeconfigProblem> };

/** Reads one file as text; throws what `node:fs` throws. */
export type ReadFile = (path: string) => Promise<string>;

/**
 * The files that kubectl would read: the list in `KUBECONFIG`, else `~/.kube/config`.
 * Source: kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig.
 */
export function defaultKubeconfigPaths(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): readonly string[] {
  const listed = kubeconfigList(env['KUBECONFIG'] ?? '');
  return listed.length > 0 ? listed : [join(home, '.kube', 'config')];
}

/** Splits a list as `KUBECONFIG` spells it (`:` or, on Windows, `;`). */
export function kubeconfigList(text: string): readonly string[] {
  return [...new Set(text.split(delimiter).filter((path) => path !== ''))];
}

/**
 * Merges kubeconfig files as kubectl does: missing files are skipped, the first file to name a cluster, user,
 * context or current context wins as a whole, relative paths belong to their file. As with kubectl, one
 * unreadable or broken file makes the whole list unusable, and every problem is reported.
 */
export async function loadKubeconfig(
  paths: readonly string[],
  readFile: ReadFile = (path) => readTextFile(path, 'utf8'),
): Promise<KubeconfigLoad> {
  const read = await Promise.all(paths.map((path) => readOne(resolve(path), readFile)));
  const [first, ...rest] = read.flatMap((one) => (one.kind === 'broken' ? one.problems : []));
  if (first !== undefined) return { kind: 'broken', problems: [first, ...rest] };
  return {
    kind: 'loaded',
    kubeconfig: merge(read.flatMap((one) => (one.kind === 'loaded' ? [one.kubeconfig] : []))),
  };
}

/** One sentence with the file and, where known, the line. */
export function describeKubeconfigProblem(problem: KubeconfigProblem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  return `The kubeconfig ${place} cannot be used: ${problem.message}.`;
}

function merge(files: readonly Kubeconfig[]): Kubeconfig {
  return {
    clusters: firstWins(files.map((file) => file.clusters)),
    users: firstWins(files.map((file) => file.users)),
    contexts: firstWins(files.map((file) => file.contexts)),
    currentContext: files.find((file) => file.currentContext !== undefined)?.currentContext,
    files: files.flatMap((file) => file.files),
  };
}

function firstWins<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  return new Map([...maps].reverse().flatMap((map) => [...map]));
}

async function readOne(
  file: string,
  readFile: ReadFile,
): Promise<KubeconfigLoad | { kind: 'missing' }> {
  let text: string;
  try {
    text = await readFile(file);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return broken(file, whyUnreadable(code, error));
  }
  return parse(text, file);
}

/** Some clouds write a context for each of thousands of clusters. */
const MAX_LEXEMES = 400_000;

function parse(text: string, file: string): KubeconfigLoad {
  const composed = composeYaml(text, MAX_LEXEMES);
  if (composed.kind === 'too-large') return broken(file, 'it is too large to be read');
  if (composed.kind === 'refused') return broken(file, composed.why);
  const [mistake] = composed.mistakes;
  if (mistake !== undefined) {
    const { line } = lineAndColumn(text, mistake.start);
    return broken(file, `it is not valid YAML: ${mistake.message}`, line);
  }
  const plain = plainValue(composed.root);
  if (plain.kind === 'unreadable') return broken(file, `it is not valid YAML: ${plain.why}`);
  const config = asObject(plain.value ?? {});
  if (config === undefined) return broken(file, 'it holds no mapping');
  return decodeConfig(config, file);
}

function decodeConfig(config: JsonObject, path: string): KubeconfigLoad {
  const problems: string[] = [];
  const file: EntryFile = { path, wrong: (message) => problems.push(message) };
  const wrong = wrongShape(config);
  if (wrong !== undefined) return broken(path, wrong);
  const kubeconfig: Kubeconfig = {
    clusters: named(config['clusters'], (one) => clusterEntry(one['cluster'], file)),
    users: named(config['users'], (one) => userEntry(one['user'], file)),
    contexts: named(config['contexts'], (one) => contextEntry(one['context'], file)),
    currentContext: asText(config['current-context']) || undefined,
    files: [path],
  };
  const [first] = problems;
  return first === undefined ? { kind: 'loaded', kubeconfig } : broken(path, first);
}

function wrongShape(config: JsonObject): string | undefined {
  const { apiVersion, kind } = config;
  if ((apiVersion ?? 'v1') !== 'v1' || (kind ?? 'Config') !== 'Config') {
    return 'it is not a Config of apiVersion v1';
  }
  if (typeof (config['current-context'] ?? '') !== 'string') return '"current-context" is not text';
  for (const section of ['clusters', 'users', 'contexts']) {
    const value = config[section] ?? [];
    if (!Array.isArray(value)) return `"${section}" is not a list`;
    const names = value.map((one: unknown) => asObject(one)?.['name'] ?? '');
    if (names.some((name) => typeof name !== 'string'))
      return `"${section}" has a name that is not text`;
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (typeof twice === 'string') return `"${section}" names "${twice}" twice`;
  }
  return undefined;
}

function named<T>(list: unknown, read: (entry: JsonObject) => T): ReadonlyMap<string, T> {
  const entries = asList(list).filter(isJsonObject);
  return new Map(entries.map((entry) => [asText(entry['name']) ?? '', read(entry)]));
}

function broken(file: string, message: string, line?: number): KubeconfigLoad {
  return {
    kind: 'broken',
    problems: [line === undefined ? { file, message } : { file, line, message }],
  };
}

function whyUnreadable(code: string | undefined, error: unknown): string {
  if (code === 'EISDIR') return 'it is a directory, not a file';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it';
  return error instanceof Error ? error.message : 'it cannot be read';
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
