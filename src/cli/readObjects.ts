import type { Document } from 'yaml';
import type { Decoded, LegacyPolicy, MeshObject, Problem } from '../mesh/index.ts';
import { decodeLegacyPolicy } from '../mesh/index.ts';
import { decodeDeployed } from '../sources/yaml/decodeObject.ts';
import { commentsIn } from '../sources/yaml/commentsIn.ts';
import {
  readManifestFile,
  type ManifestDocument,
  type ManifestLimits,
  type ManifestText,
  type SyntaxProblem,
} from '../sources/yaml/manifestFile.ts';
import { quickValue } from '../sources/yaml/quickValue.ts';
import { splitDocuments } from '../sources/yaml/splitDocuments.ts';
import { lineAndColumn } from '../sources/yaml/textRange.ts';
import { rangeOfPath } from '../sources/yaml/yamlPath.ts';
import type { InputText } from './inputFile.ts';

/** Something in an input that keeps it from being read as meant. */
export interface InputProblem {
  /** `FILE:LINE:COLUMN`, or the file and the object where a position is not known. */
  readonly place: string;
  readonly message: string;
  /**
   * `syntax`: its file tells nothing. `unknown`: a value with no meaning, so that the answer is without it.
   * `error`: an API server would refuse the object, but the rules say what it would mean. `skipped`: a template, whose
   * objects exist only once it is rendered.
   */
  readonly severity: 'syntax' | 'unknown' | 'error' | 'skipped' | 'warning';
}

export interface ReadObjects {
  readonly objects: readonly MeshObject[];
  /** Policies of the API that Istio gave up in 1.6 (R200): no part of a mesh, but they can be converted. */
  readonly legacy: readonly LegacyPolicy[];
  /** The comments of the documents in which those policies stand. */
  readonly comments: readonly string[];
  readonly problems: readonly InputProblem[];
}

/** Reads the objects of one text: YAML or JSON, one or many documents, `List` kinds unpacked. */
export function readObjects(file: InputText): ReadObjects {
  const json = parseJson(file.text);
  return json === undefined ? readYaml(file) : readJsonValue(file, json.value);
}

/**
 * JSON is read by the platform's parser, which is many times faster: what kubectl prints for a large
 * cluster is JSON. Text that is not JSON goes to the YAML reader, which also tells where it is broken.
 */
function parseJson(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function readJsonValue(file: InputText, value: unknown): ReadObjects {
  const items = itemsOf(value);
  const decoded = items.map((item, document) =>
    decodeDeployed(item, { kind: 'file', uri: file.name, document }, file.namespace),
  );
  const problems = decoded.flatMap(({ object, problems }) =>
    problems.map((problem) => ({
      place: placeInJson(file, object, problem),
      message: problem.message,
      severity: severityOf(problem, object),
    })),
  );
  return {
    objects: objectsOf(decoded),
    legacy: legacyOf(items),
    comments: [],
    problems: withPositions(file, problems),
  };
}

function legacyOf(values: readonly unknown[]): readonly LegacyPolicy[] {
  return values.flatMap((value) => decodeLegacyPolicy(value).policy ?? []);
}

/** The same problems with line and column: JSON is YAML, whose reader knows them, if the text is not too large for it. */
function withPositions(
  file: InputText,
  problems: readonly InputProblem[],
): readonly InputProblem[] {
  if (problems.length === 0) return problems;
  const placed = readYaml(file).problems;
  const same =
    placed.length === problems.length &&
    placed.every(({ message }, index) => message === problems[index]?.message);
  return same ? placed : problems;
}

/** The objects of a value: itself, or the items of a list, which may be lists in turn, however deep. */
function itemsOf(value: unknown): readonly unknown[] {
  const items: unknown[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    const list = listIn(next);
    if (list === undefined) items.push(next);
    else for (const item of list.toReversed()) open.push(item);
  }
  return items;
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (typeof value !== 'object' || value === null || !('items' in value)) return undefined;
  return Array.isArray(value.items) ? (value.items as readonly unknown[]) : undefined;
}

function objectsOf(decoded: readonly Decoded[]): readonly MeshObject[] {
  return decoded.flatMap(({ object }) => (object === undefined ? [] : [object]));
}

function placeInJson(file: InputText, object: MeshObject | undefined, problem: Problem): string {
  const named = object === undefined ? '' : ` ${object.kind} ${object.namespace}/${object.name}`;
  return `${file.name}:${named} ${problem.path.join('.')}`;
}

function readYaml(file: InputText): ReadObjects {
  const options = { limits: LIMITS, namespace: file.namespace, quickly: quickValue };
  const whole = readManifestFile(file.name, file.text, options);
  if (!whole.tooLarge) return readDocuments(file, whole.documents, 0);
  const parts = splitDocuments(file.text).map(({ start, end }) => {
    const part = readManifestFile(file.name, file.text.slice(start, end), options);
    return part.tooLarge ? tooLarge(file, start) : readDocuments(file, part.documents, start);
  });
  return joined(parts);
}

/** A person who waits for one answer waits longer than an editor may: a list of a thousand objects is read. */
const LIMITS: ManifestLimits = {
  characters: 1_000_000,
  lines: 20_000,
  lexemesPerDocument: 400_000,
  lexemes: 400_000,
};

function tooLarge(file: InputText, start: number): ReadObjects {
  return withProblem(tooLargeProblem(file, start));
}

function tooLargeProblem(file: InputText, start: number): InputProblem {
  const message =
    'this document is too large to be read as YAML: give it as JSON (kubectl -o json).';
  return { place: placeAt(file, start), message, severity: 'syntax' };
}

/** `shift` is where the part that holds these documents begins in the file. */
function readDocuments(
  file: InputText,
  documents: readonly ManifestDocument[],
  shift: number,
): ReadObjects {
  return joined(documents.map((document) => readDocument(file, document, shift)));
}

function joined(parts: readonly ReadObjects[]): ReadObjects {
  return {
    objects: parts.flatMap(({ objects }) => objects),
    legacy: parts.flatMap(({ legacy }) => legacy),
    comments: parts.flatMap(({ comments }) => comments),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

function withProblem(problem: InputProblem): ReadObjects {
  return { ...nothing, problems: [problem] };
}

const nothing: ReadObjects = { objects: [], legacy: [], comments: [], problems: [] };

function readDocument(
  file: InputText,
  { content, source, start }: ManifestDocument,
  shift: number,
): ReadObjects {
  const at = shift + start;
  switch (content.kind) {
    case 'irrelevant':
      return nothing;
    case 'template':
      return withProblem({
        place: placeAt(file, at),
        message: 'this document has template braces and was skipped: render it first.',
        severity: 'skipped',
      });
    case 'too-large':
      return withProblem(tooLargeProblem(file, at));
    case 'broken':
      return withProblem(brokenAt(file, shift, content.problems[0]));
    case 'manifests': {
      const legacy = legacyOf(content.manifests.map(({ value }) => value));
      return {
        objects: objectsOf(content.manifests),
        legacy,
        comments: legacy.length === 0 ? [] : commentsIn(source),
        problems: decodeProblems(file, content, at),
      };
    }
  }
}

/** The first problem of a document; those after it are mostly its consequences. */
function brokenAt(file: InputText, shift: number, { start, message }: SyntaxProblem): InputProblem {
  return { place: placeAt(file, shift + start), message, severity: 'syntax' };
}

function decodeProblems(
  file: InputText,
  content: { readonly root: Document; readonly manifests: readonly ManifestText[] },
  start: number,
): readonly InputProblem[] {
  return content.manifests.flatMap(({ at, object, problems }) =>
    problems.map((problem) => {
      const range = rangeOfPath(content.root.contents, [...at, ...problem.path], 'value');
      const place = placeAt(file, start + range.start);
      return { place, message: problem.message, severity: severityOf(problem, object) };
    }),
  );
}

/** A mode that nobody knows, or an object without a name, cannot be taken as it was meant. */
function severityOf(
  { severity, path }: Problem,
  object: MeshObject | undefined,
): InputProblem['severity'] {
  const isLost = object === undefined || object.refused !== undefined || path.at(-1) === 'mode';
  return severity === 'error' && isLost ? 'unknown' : severity;
}

function placeAt(file: InputText, offset: number): string {
  const { line, column } = lineAndColumn(file.text, offset);
  return `${file.name}:${line}:${column}`;
}
