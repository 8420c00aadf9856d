import { parseAllDocuments, type Document, type ParsedNode } from 'yaml';
import type { Decoded, NonEmpty } from '../../mesh/index.ts';
import { decode } from '../../mesh/index.ts';
import { isTemplate } from './isTemplate.ts';
import { splitDocuments } from './splitDocuments.ts';
import type { TextRange } from './textRange.ts';
import type { YamlPath } from './yamlPath.ts';

/** Larger files are not analyzed on their own: parsing them would take longer than a keystroke may. */
export const MAX_CHARACTERS = 1_000_000;
export const MAX_LINES = 20_000;

/** One Kubernetes object as a file spells it: a whole document, or one item of a `List`. */
export interface ManifestText extends Decoded {
  /** Path of the object inside its document: empty, or such as `['items', n]` of a `List` kind. */
  readonly at: YamlPath;
  /** As written; empty when the field is missing. */
  readonly kind: string;
  /** The plain value, as JSON would have it. */
  readonly value: unknown;
}

/** A place where a document is not YAML; offsets count from the start of the file. */
export interface SyntaxProblem extends TextRange {
  readonly message: string;
}

/** What became of one YAML document of a file. */
export type DocumentContent =
  /** Names no kind that takes part in mutual TLS, so it was not even parsed. */
  | { readonly kind: 'irrelevant' }
  /** Contains Helm or Go template braces: its values exist only after rendering. */
  | { readonly kind: 'template' }
  | { readonly kind: 'broken'; readonly problems: NonEmpty<SyntaxProblem> }
  | {
      readonly kind: 'manifests';
      readonly root: Document<ParsedNode>;
      readonly manifests: readonly ManifestText[];
    };

/** One YAML document of a file. Ranges inside `root` count from `start`. */
export interface ManifestDocument extends TextRange {
  /** Position among the documents of the file, from 0. */
  readonly index: number;
  readonly source: string;
  readonly content: DocumentContent;
}

/** A file of manifests. `documents` is empty when it is too large to be read on its own. */
export interface ManifestFile {
  readonly uri: string;
  readonly text: string;
  readonly tooLarge: boolean;
  readonly documents: readonly ManifestDocument[];
}

const READ_KINDS =
  'Namespace|Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Job|CronJob|Service|EndpointSlice' +
  '|PeerAuthentication|DestinationRule|Sidecar|ServiceEntry|WorkloadEntry|ConfigMap|MutatingWebhookConfiguration|Gateway|\\w*List';

const kindLine = new RegExp(`\\bkind["']?\\s*:\\s*["']?(?:${READ_KINDS})\\b`);

/** The API of policies that Istio no longer reads (R200); their kinds have too common names to look for. */
const FORMER_API = 'authentication.istio.io/';

/** Whether a text names any kind that the engine reads, or read once; far cheaper than parsing it. */
export function mentionsMeshKinds(text: string): boolean {
  return kindLine.test(text) || text.includes(FORMER_API);
}

/**
 * Reads the manifests of a file. Never throws: broken YAML, template braces and conflict markers
 * become the content of the document they are in. Documents whose text and place are unchanged since
 * `previous` are taken from it.
 */
export function readManifestFile(uri: string, text: string, previous?: ManifestFile): ManifestFile {
  if (isTooLarge(text)) return { uri, text, tooLarge: true, documents: [] };
  const documents: ManifestDocument[] = [];
  for (const range of splitDocuments(text)) {
    const source = text.slice(range.start, range.end);
    if (isBlank(source)) continue;
    const index = documents.length;
    documents.push(
      reuse(previous, index, source, range) ?? readDocument(uri, index, source, range),
    );
  }
  return { uri, text, tooLarge: false, documents };
}

/** The objects of all documents that could be read, in the order of the file. */
export function manifestsOf(file: ManifestFile): readonly ManifestText[] {
  return file.documents.flatMap(({ content }) =>
    content.kind === 'manifests' ? content.manifests : [],
  );
}

function isTooLarge(text: string): boolean {
  if (text.length > MAX_CHARACTERS) return true;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines > MAX_LINES;
}

/** Nothing but comments, separators and empty lines. Stops at the first line that is more. */
function isBlank(source: string): boolean {
  return !/^(?!---\s|---$|\.\.\.)[ \t]*[^\s#]/m.test(source);
}

function reuse(
  previous: ManifestFile | undefined,
  index: number,
  source: string,
  range: TextRange,
): ManifestDocument | undefined {
  const before = previous?.documents[index];
  if (before?.source !== source) return undefined;
  if (before.start === range.start) return before;
  return before.content.kind === 'broken' ? undefined : { ...before, ...range };
}

function readDocument(
  uri: string,
  index: number,
  source: string,
  range: TextRange,
): ManifestDocument {
  return { index, ...range, source, content: readContent(uri, index, source, range.start) };
}

function readContent(uri: string, index: number, source: string, start: number): DocumentContent {
  if (!mentionsMeshKinds(source)) return { kind: 'irrelevant' };
  const [root] = [...parseAllDocuments(source, { merge: true, logLevel: 'silent' })];
  if (root === undefined) return { kind: 'irrelevant' };
  if (isTemplate(source, root)) return { kind: 'template' };
  const problems = root.errors.map(({ message, pos }) => ({
    start: start + pos[0],
    end: start + pos[1],
    message: firstSentence(message),
  }));
  const [first, ...rest] = problems;
  if (first !== undefined) return { kind: 'broken', problems: [first, ...rest] };
  return readValue(uri, index, root, { start, end: start + source.length });
}

function readValue(
  uri: string,
  index: number,
  root: Document<ParsedNode>,
  range: TextRange,
): DocumentContent {
  try {
    const value: unknown = root.toJS({ maxAliasCount: 100 });
    const origin = { kind: 'file', uri, document: index } as const;
    const manifests = objectsIn(value).map(({ at, object }) => {
      const { object: decoded, problems } = decode(object, origin);
      return { at, kind: kindOf(object), value: object, object: decoded, problems };
    });
    return { kind: 'manifests', root, manifests };
  } catch (error) {
    // Aliases that expand without end or that name no anchor surface only here.
    const message = error instanceof Error ? firstSentence(error.message) : 'cannot be read';
    return { kind: 'broken', problems: [{ ...range, message }] };
  }
}

interface PlacedObject {
  readonly at: YamlPath;
  readonly object: unknown;
}

/** The objects of a document: itself, or the items of a `List`, which may be lists in turn. */
function objectsIn(value: unknown, at: YamlPath = []): readonly PlacedObject[] {
  if (kindOf(value).endsWith('List') && isRecord(value) && Array.isArray(value['items'])) {
    return value['items'].flatMap((item: unknown, index) =>
      objectsIn(item, [...at, 'items', index]),
    );
  }
  return [{ at, object: value }];
}

function kindOf(value: unknown): string {
  return isRecord(value) && typeof value['kind'] === 'string' ? value['kind'] : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstSentence(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}
