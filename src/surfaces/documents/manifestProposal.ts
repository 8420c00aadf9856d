import type { Manifest, ObjectRef } from '../../mesh/index.ts';
import { sameRef } from '../../mesh/index.ts';
import type { Files } from '../../sources/yaml/files.ts';
import {
  manifestsOf,
  readManifestFile,
  type ManifestFile,
} from '../../sources/yaml/manifestFile.ts';
import { manifestYaml } from '../../sources/yaml/manifestYaml.ts';
import type { TextEdit, TextRange } from '../../sources/yaml/textRange.ts';
import { rangeInFile } from '../../sources/yaml/manifestAt.ts';
import { rangeOfPath, type YamlPath } from '../../sources/yaml/yamlPath.ts';
import { editDocument, fieldChanges } from '../../sources/yaml/fieldChanges.ts';
import { findManifest } from '../codeActions/manifestEdit.ts';

/** A change of an object that somebody else's manifest has to make, because they keep the object. */
export interface Proposal {
  readonly ref: ObjectRef;
  /** As the cluster has it. */
  readonly live: Manifest;
  /** As it should be; labels and annotations count only where they are named. */
  readonly wanted: Manifest;
}

/** A file that declares the object, or seems to: tools add the namespace to files that name none. */
export interface Declaration {
  readonly uri: string;
  readonly ref: ObjectRef;
  readonly namesNamespace: boolean;
}

/** The files that declare an object, those that name its namespace first. */
export async function declarationsOf(
  ref: ObjectRef,
  files: Files,
  signal: AbortSignal,
): Promise<readonly Declaration[]> {
  const found: Declaration[] = [];
  for (const uri of await files.list(signal)) {
    if (signal.aborted) return [];
    const text = await files.read(uri, signal);
    // Far cheaper than parsing, and no declaration goes without either.
    if (text === undefined || !text.includes(ref.kind) || !text.includes(ref.name)) continue;
    found.push(...declarationsIn(readManifestFile(uri, text), ref));
  }
  return found.sort((left, right) => Number(right.namesNamespace) - Number(left.namesNamespace));
}

function declarationsIn(file: ManifestFile, ref: ObjectRef): readonly Declaration[] {
  return manifestsOf(file).flatMap(({ object, value }): readonly Declaration[] => {
    if (object === undefined) return [];
    const { kind, namespace, name } = object;
    const declared: ObjectRef = { kind, namespace, name };
    const namesNamespace = ref.namespace === '' || namespaceIn(value) !== undefined;
    const isMeant = namesNamespace
      ? sameRef(declared, ref)
      : kind === ref.kind && name === ref.name;
    return isMeant ? [{ uri: file.uri, ref: declared, namesNamespace }] : [];
  });
}

function namespaceIn(value: unknown): unknown {
  return asRecord(asRecord(value)?.['metadata'])?.['namespace'];
}

/** The proposal in a file: the edits that make its change there, in nothing but the fields that it changes. */
export function editsOf(
  file: ManifestFile,
  declared: ObjectRef,
  proposal: Proposal,
): readonly TextEdit[] {
  const found = findManifest(file, declared);
  if (found === undefined) return [];
  const { document, manifest } = found;
  const after = withDifference(manifest.value, differing(proposal));
  return editDocument(document, fieldChanges(manifest.value, after, manifest.at));
}

/** Where an object stands in the file that declares it, in characters from its start. */
export function placeOfObject(file: ManifestFile, declared: ObjectRef): TextRange {
  const found = findManifest(file, declared);
  return found === undefined
    ? { start: 0, end: 0 }
    : rangeInFile(found.document, found.manifest, ['metadata', 'name']);
}

/** Where the proposal's first change stands in a file, in characters from its start. */
export function placeOf(file: ManifestFile, declared: ObjectRef, proposal: Proposal): TextRange {
  const found = findManifest(file, declared);
  if (found?.document.content.kind !== 'manifests') return { start: 0, end: 0 };
  const { start: documentStart, content } = found.document;
  const [path = []] = changedPaths(differing(proposal));
  const { start, end } = rangeOfPath(
    content.root.contents,
    [...found.manifest.at, ...path],
    'value',
  );
  return { start: start + documentStart, end: end + documentStart };
}

/** What the proposal changes, in words: `spec.mtls.mode: STRICT`. */
export function wordsOf(proposal: Proposal): string {
  const { to } = differing(proposal);
  return changedPaths(differing(proposal))
    .map((path) => {
      const value = path.reduce<unknown>((here, key) => asRecord(here)?.[key], to);
      return value === undefined ? `no ${path.join('.')}` : `${path.join('.')}: ${plain(value)}`;
    })
    .join(', ');
}

/** The whole object as it should be, as a YAML document under lines of comment. */
export function proposalText({ live, wanted }: Proposal, comment: readonly string[]): string {
  const { name, namespace, labels, annotations } = { ...live.metadata, ...wanted.metadata };
  const kept = without(annotations ?? {}, lastApplied);
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    ...(Object.keys(kept).length > 0 && { annotations: kept }),
  };
  const { apiVersion, kind } = wanted;
  const fields = without(without(wanted, 'status'), 'metadata');
  const body = manifestYaml({ apiVersion, kind, metadata, ...fields });
  return `${comment.map((line) => `# ${line}\n`).join('')}${body}`;
}

/** kubectl's own copy of what it applied last: kubectl writes it anew. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function without<T>(fields: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
}

interface Difference {
  readonly from: unknown;
  readonly to: unknown;
}

/** The parts of both states that the proposal speaks of. */
function differing({ live, wanted }: Proposal): Difference {
  const named = (['labels', 'annotations'] as const).filter((key) => key in wanted.metadata);
  const part = (manifest: Manifest): unknown => ({
    metadata: Object.fromEntries(named.map((key) => [key, manifest.metadata[key] ?? {}])),
    ...('spec' in wanted && { spec: manifest['spec'] }),
  });
  return { from: part(live), to: part(wanted) };
}

/** `mine` with the same difference made in it; what the difference does not touch stays, whatever it is. */
function withDifference(mine: unknown, { from, to }: Difference): unknown {
  const [was, becomes] = [asRecord(from ?? {}), asRecord(to)];
  if (was === undefined || becomes === undefined) return same(from, to) ? mine : to;
  const result: Record<string, unknown> = { ...asRecord(mine) };
  for (const key of new Set([...Object.keys(was), ...Object.keys(becomes)])) {
    const value = withDifference(result[key], { from: was[key], to: becomes[key] });
    if (value === undefined || (key in was && !(key in becomes)))
      Reflect.deleteProperty(result, key);
    else result[key] = value;
  }
  return mine === undefined && Object.keys(result).length === 0 ? undefined : result;
}

function changedPaths({ from, to }: Difference, path: YamlPath = []): readonly YamlPath[] {
  const [was, becomes] = [asRecord(from ?? {}), asRecord(to ?? {})];
  if (was === undefined || becomes === undefined) return same(from, to) ? [] : [path];
  return [...new Set([...Object.keys(was), ...Object.keys(becomes)])].flatMap((key) =>
    changedPaths({ from: was[key], to: becomes[key] }, [...path, key]),
  );
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
