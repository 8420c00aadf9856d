import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { asObject, wrongMeshConfigField } from '../mesh/index.ts';
import { lineAndColumn } from '../sources/yaml/textRange.ts';
import { rangeOfPath } from '../sources/yaml/yamlPath.ts';
import { decodeText } from './decodeText.ts';
import { badInput } from './inputFile.ts';

/** Aliases that one mesh config may expand; real ones have none. */
const MAX_ALIASES = 100;

/**
 * A MeshConfig by itself, or the whole ConfigMap `istio` that carries one under `data.mesh`. Fails with one sentence
 * that names the file.
 */
export async function readMeshConfigFile(path: string): Promise<unknown> {
  const bytes = await readFile(path).catch(() => {
    throw badInput(`${path}: the mesh config cannot be read.`);
  });
  const text = decodeText(bytes);
  if (text === undefined) throw badInput(`${path}: this is no text in UTF-8 or UTF-16.`);
  const value = parseOrFail(path, text);
  const data =
    typeof value === 'object' && value !== null && 'data' in value ? value.data : undefined;
  const inner = typeof data === 'object' && data !== null && 'mesh' in data ? data.mesh : undefined;
  return typeof inner === 'string' ? parseOrFail(`${path} (data.mesh)`, inner) : value;
}

function parseOrFail(name: string, text: string): unknown {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
  const failAt = (offset: number, message: string): never => {
    const { line, column } = lineAndColumn(text, offset);
    throw badInput(`${name}:${line}:${column}: ${message}`);
  };
  const [problem] = document.errors;
  if (problem !== undefined) return failAt(problem.pos[0], problem.message);
  const value = asObject(plainValue(name, document));
  if (value === undefined)
    throw badInput(`${name}: this is no MeshConfig: it should be a mapping of fields.`);
  const wrong = wrongMeshConfigField(value);
  if (wrong === undefined) return value;
  const { start } = rangeOfPath(document.contents, [wrong.field], 'value');
  return failAt(start, `${wrong.field} is not ${wrong.words}.`);
}

/** Aliases that expand without end or that name no anchor surface only here. */
function plainValue(name: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw badInput(`${name}: ${error instanceof Error ? error.message : 'it cannot be read'}`);
  }
}
