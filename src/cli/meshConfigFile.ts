import { readFile } from 'node:fs/promises';
import { asObject, wrongMeshConfigField } from '../mesh/index.ts';
import { composeYaml, plainValue } from '../sources/yaml/composeYaml.ts';
import { lineAndColumn } from '../sources/yaml/textRange.ts';
import { rangeOfPath } from '../sources/yaml/yamlPath.ts';
import { decodeText } from './decodeText.ts';
import { badInput } from './inputFile.ts';

/** No mesh config comes near it. */
const MAX_LEXEMES = 100_000;

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
  const composed = composeYaml(text, MAX_LEXEMES);
  if (composed.kind === 'too-large') throw badInput(`${name}: it is too large to be read.`);
  if (composed.kind === 'refused') throw badInput(`${name}: ${composed.why}.`);
  const failAt = (offset: number, message: string): never => {
    const { line, column } = lineAndColumn(text, offset);
    throw badInput(`${name}:${line}:${column}: ${message}`);
  };
  const { root, mistakes } = composed;
  const [mistake] = mistakes;
  if (mistake !== undefined) return failAt(mistake.start, mistake.message);
  const plain = plainValue(root);
  if (plain.kind === 'unreadable') throw badInput(`${name}: ${plain.why}`);
  const value = asObject(plain.value);
  if (value === undefined)
    throw badInput(`${name}: this is no MeshConfig: it should be a mapping of fields.`);
  const wrong = wrongMeshConfigField(value);
  if (wrong === undefined) return value;
  const { start } = rangeOfPath(root.contents, [wrong.field], 'value');
  return failAt(start, `${wrong.field} is not ${wrong.words}.`);
}
