import { Document, type ParsedNode } from 'yaml';
import type { Decoded, NonEmpty } from '../../mesh/index.ts';
import { ALL_KINDS, writtenKind } from '../../mesh/index.ts';
import { composeYaml, plainValue } from './composeYaml.ts';
import { decodeDeployed } from './decodeObject.ts';
import { isTemplate } from './isTemplate.ts';
import { MAX_LEXEMES } from './parseYaml.ts';
import { splitDocuments } from './splitDocuments.ts';
import type { TextRange } from './textRange.ts';
import type { YamlPath } from './yamlPath.ts';

/** How much is read of a file. What lies beyond is said to be too large. */
export interface ManifestLimits {
  readonly characters: number;
  readonly lines: number;
  /** Of one document that names a kind of a mesh: words, indicators, line ends. */
  readonly lexemesPerDocument: number;
  /** Of all such documents that are not known from before. */
  readonly lexemes: number;
}

/** Of an editor: a keystroke waits for the document that it changes, and opening a file for all of it. */
export const EDITOR_LIMITS: ManifestLimits = {
  characters: 400 * 1024,
  lines: 10_000,
  lexemesPerDocument: MAX_LEXEMES,
  lexemes: 6 * MAX_LEXEMES,
};

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
  /** Reading it would take longer than the limits allow. */
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken'; readonly problems: NonEmpty<SyntaxProblem> }
  | {
      readonly kind: 'manifests';
      readonly root: Document;
      readonly manifests: readonly ManifestText[];
    };

/** One YAML document of a file. Ranges inside `root` count from `start`. */
export interface ManifestDocument extends TextRange {
  /** Position among the documents of the file, from 0. */
  readonly index: number;
  readonly source: string;
  readonly content: DocumentContent;
}

/** A file of manifests. `documents` is empty when the whole file is too large to be read. */
export interface ManifestFile {
  readonly uri: string;
  readonly text: string;
  /** The namespace that kustomize puts its objects into; undefined where each keeps its own. */
  readonly namespace: string | undefined;
  readonly tooLarge: boolean;
  readonly documents: readonly ManifestDocument[];
}

const kindLine = new RegExp(
  `\\bkind["']?\\s*:\\s*["']?(?:${ALL_KINDS.map(writtenKind).join('|')}|\\w*List)\\b`,
);

/** The API of policies that Istio no longer reads (R200); their kinds have too common names to look for. */
const FORMER_API = 'authentication.istio.io/';

/** Whether a text names any kind that the engine reads, or read once; far cheaper than parsing it. */
export function mentionsMeshKinds(text: string): boolean {
  return kindLine.test(text) || text.includes(FORMER_API);
}

export interface ReadOptions {
  /** The file as it was read last: documents whose text is unchanged are taken from it. */
  readonly previous?: ManifestFile | undefined;
  readonly limits?: ManifestLimits;
  /** The namespace that kustomize puts the objects of the file into. */
  readonly namespace?: string | undefined;
  /** Reads values where they can be told without places, which are then found when they are asked for. */
  readonly quickly?: (source: string) => { readonly value: unknown } | undefined;
}

/**
 * Reads the manifests of a file. Never throws: broken YAML, template braces and conflict markers
 * become the content of the document they are in.
 */
export function readManifestFile(
  uri: string,
  text: string,
  { previous, limits = EDITOR_LIMITS, namespace, quickly }: ReadOptions = {},
): ManifestFile {
  if (isTooLarge(text, limits)) return { uri, text, namespace, tooLarge: true, documents: [] };
  const before = previous?.namespace === namespace ? previous : undefined;
  const documents: ManifestDocument[] = [];
  let left = limits.lexemes;
  for (const range of splitDocuments(text)) {
    const source = text.slice(range.start, range.end);
    if (isBlank(source)) continue;
    const place = { uri, namespace, index: documents.length, ...range };
    const known = reuse(before, place, source);
    if (known === undefined) {
      const maxLexemes = Math.min(left, limits.lexemesPerDocument);
      const read = readQuickly(place, source, quickly) ?? readContent(place, source, maxLexemes);
      left -= read.lexemes;
      documents.push({ index: place.index, ...range, source, content: read.content });
    } else documents.push(known);
  }
  return { uri, text, namespace, tooLarge: false, documents };
}

/** The objects of all documents that could be read, in the order of the file. */
export function manifestsOf(file: ManifestFile): readonly ManifestText[] {
  return file.documents.flatMap(({ content }) =>
    content.kind === 'manifests' ? content.manifests : [],
  );
}

/** Whether something of a file was not read because it is too large. */
export function isPartlyRead({ tooLarge, documents }: ManifestFile): boolean {
  return tooLarge || documents.some(({ content }) => content.kind === 'too-large');
}

function isTooLarge(text: string, { characters, lines }: ManifestLimits): boolean {
  if (text.length > characters) return true;
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count > lines;
}

/** Nothing but comments, separators and empty lines. Stops at the first line that is more. */
function isBlank(source: string): boolean {
  return !/^(?!---\s|---$|\.\.\.)[ \t]*[^\s#]/m.test(source);
}

/** Where a document stands: its file, the namespace of that, its position among the others, its offsets. */
interface Place extends TextRange {
  readonly uri: string;
  readonly namespace: string | undefined;
  readonly index: number;
}

function reuse(
  previous: ManifestFile | undefined,
  { index, start, end }: Place,
  source: string,
): ManifestDocument | undefined {
  const before = previous?.documents[index];
  if (before?.source !== source || before.content.kind === 'too-large') return undefined;
  if (before.start === start) return before;
  return before.content.kind === 'broken' ? undefined : { ...before, start, end };
}

interface ReadContent {
  readonly content: DocumentContent;
  readonly lexemes: number;
}

/** The values of a document at once, and the places of them when somebody asks. */
function readQuickly(
  place: Place,
  source: string,
  quickly: ReadOptions['quickly'],
): ReadContent | undefined {
  if (quickly === undefined || !mentionsMeshKinds(source)) return undefined;
  const quick = quickly(source);
  if (quick === undefined) return undefined;
  let root: Document | undefined;
  const content: DocumentContent = {
    kind: 'manifests',
    get root() {
      return (root ??= placesIn(source));
    },
    manifests: manifestsIn(place, quick.value),
  };
  return { content, lexemes: 0 };
}

/** Far more than a file has that somebody looks into. */
const MAX_LEXEMES_FOR_PLACES = 1_000_000;

/** The places of a text that has been read; none in one that is too large to look for them. */
function placesIn(source: string): Document {
  const composed = composeYaml(source, MAX_LEXEMES_FOR_PLACES);
  return composed.kind === 'composed' ? composed.root : new Document(null);
}

function readContent(place: Place, source: string, maxLexemes: number): ReadContent {
  if (!mentionsMeshKinds(source)) return { content: { kind: 'irrelevant' }, lexemes: 0 };
  const composed = composeYaml(source, maxLexemes);
  const { lexemes } = composed;
  switch (composed.kind) {
    case 'too-large':
      return { content: { kind: 'too-large' }, lexemes };
    case 'refused':
      return { content: broken(place, composed.why), lexemes };
    case 'composed': {
      const { root, mistakes } = composed;
      if (isTemplate(source, root)) return { content: { kind: 'template' }, lexemes };
      const [first, ...rest] = mistakes.map(({ start, end, message }) => ({
        start: place.start + start,
        end: place.start + end,
        message,
      }));
      if (first === undefined) return { content: readValue(place, root), lexemes };
      return { content: { kind: 'broken', problems: [first, ...rest] }, lexemes };
    }
  }
}

function broken({ start, end }: Place, message: string): DocumentContent {
  return { kind: 'broken', problems: [{ start, end, message }] };
}

function readValue(place: Place, root: Document<ParsedNode>): DocumentContent {
  const plain = plainValue(root);
  if (plain.kind === 'unreadable') return broken(place, plain.why);
  return { kind: 'manifests', root, manifests: manifestsIn(place, plain.value) };
}

function manifestsIn(place: Place, value: unknown): readonly ManifestText[] {
  const origin = { kind: 'file', uri: place.uri, document: place.index } as const;
  return objectsIn(value).map(({ at, object }) => {
    const { object: decoded, problems } = decodeDeployed(object, origin, place.namespace);
    return { at, kind: kindOf(object), value: object, object: decoded, problems };
  });
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
