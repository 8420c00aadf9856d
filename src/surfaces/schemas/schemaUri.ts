import { splitDocuments } from '../../sources/yaml/splitDocuments.ts';
import { kindSchema } from './kindSchemas.ts';

/** Name of our schemas among those of the YAML extension, which is the scheme of their addresses, too. */
export const SCHEMA_SCHEME = 'istio-mtls-schema';

const PREFIX = `${SCHEMA_SCHEME}:/`;
const BLANK = '-';

/**
 * The address of the schema of a file; undefined unless every document of it is one of Istio's kinds. The YAML extension
 * takes what we answer for the whole file, so that an answer for a mixed one would hide the user's own mapping of the rest.
 */
export function schemaUriOf(text: string): string | undefined {
  const parts = splitDocuments(text).map(({ start, end }) => kindOf(text.slice(start, end)));
  if (parts.includes(undefined) || parts.every((part) => part === BLANK)) return undefined;
  return PREFIX + parts.map((part) => encodeURIComponent(part ?? '')).join('/');
}

/** `group/version/Kind`, a mark for a document without content, or undefined for a kind of others. */
function kindOf(document: string): string | undefined {
  if (!/^(?!---\s|---$)[ \t]*[^\s#]/m.test(document)) return BLANK;
  const apiVersion = fieldOf(document, 'apiVersion');
  const kind = fieldOf(document, 'kind');
  return kindSchema(apiVersion, kind) === undefined ? undefined : `${apiVersion}/${kind}`;
}

function fieldOf(document: string, field: string): string {
  return new RegExp(`^${field}:\\s*["']?([\\w./-]+)`, 'm').exec(document)?.[1] ?? '';
}

/** The schema behind such an address, as JSON text; undefined for an address of others. */
export function schemaContent(uri: string): string | undefined {
  if (!uri.startsWith(PREFIX)) return undefined;
  const parts = uri.slice(PREFIX.length).split('/').map(decodeURIComponent);
  const schemas = parts.map((part) => {
    const [group = '', version = '', kind = ''] = part.split('/');
    return kindSchema(`${group}/${version}`, kind) ?? {};
  });
  const [only, ...others] = schemas;
  // One for each document, in their order: the YAML extension chooses by position.
  return JSON.stringify(others.length === 0 ? only : { schemaSequence: schemas });
}

/** The file patterns that a user's `yaml.schemas` maps. */
export function mappedPatterns(setting: unknown): readonly string[] {
  if (typeof setting !== 'object' || setting === null) return [];
  return Object.values(setting)
    .flat()
    .filter((pattern): pattern is string => typeof pattern === 'string');
}

/** Whether a file says itself which schema it has. */
export function namesSchema(text: string): boolean {
  return /^\s*#\s*yaml-language-server\s*:\s*\$schema=/m.test(text);
}
