import { isCollection, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { Manifest } from '../../mesh/index.ts';
import type { ManifestDocument, ManifestFile } from './manifestFile.ts';
import { manifestsYaml, yamlOf, type YamlLayout } from './manifestYaml.ts';
import type { TextEdit, TextRange } from './textRange.ts';
import { nodeAt, pairAt, rangeOfNode, type YamlPath } from './yamlPath.ts';

/**
 * Minimal edits that give a field a value: only the field's own characters change, so that comments,
 * order and layout of the rest stay. Missing blocks on the way are added. Paths count from the root
 * of the document. Empty when the document holds no mapping to edit.
 */
export function setField(
  document: ManifestDocument,
  path: YamlPath,
  value: unknown,
): readonly TextEdit[] {
  const place = editable(document);
  if (place === undefined) return [];
  const edit = editFor(place, path, value);
  return edit === undefined ? [] : [shifted(edit, place)];
}

/** Removes a field, and the blocks around it that it leaves empty. */
export function deleteField(document: ManifestDocument, path: YamlPath): readonly TextEdit[] {
  const place = editable(document);
  const last = place === undefined ? undefined : parentOf(place, path);
  if (place === undefined || last === undefined) return [];
  const grandparentIsMap = path.length > 1 && isMap(nodeAt(place.root, path.slice(0, -2)));
  if (last.map.items.length === 1 && grandparentIsMap) {
    return deleteField(document, path.slice(0, -1));
  }
  const range = last.map.flow === true ? flowPairRange(last) : blockPairRange(place, last);
  return [shifted({ range, newText: '' }, place)];
}

/** Gives a field another name; its value stays as it is written. */
export function renameKey(
  document: ManifestDocument,
  path: YamlPath,
  key: string,
): readonly TextEdit[] {
  const place = editable(document);
  const found = place === undefined ? undefined : parentOf(place, path);
  const range = rangeOfNode(found?.pair.key);
  if (place === undefined || found === undefined || range === undefined) return [];
  const quote = quoteOf(found.pair.key);
  return [shifted({ range, newText: `${quote}${key}${quote}` }, place)];
}

/** Adds objects as new YAML documents at the end of a file. */
export function appendManifests(text: string, manifests: readonly Manifest[]): TextEdit {
  const range = { start: text.length, end: text.length };
  const eol = endOfLine(text);
  const yaml = manifestsYaml(manifests).replaceAll('\n', eol);
  if (text.trim() === '') return { range, newText: yaml };
  const newline = text.endsWith('\n') ? '' : eol;
  const separator = /(?:^|\n)---[ \t]*\s*$/.test(text) ? '' : `---${eol}`;
  return { range, newText: `${newline}${separator}${yaml}` };
}

/** Whether a file is YAML that can take another document; a JSON file holds one object. */
export function canAppend(file: ManifestFile): boolean {
  return !/^\s*[[{]/.test(file.text);
}

interface EditedDocument {
  readonly root: unknown;
  readonly source: string;
  readonly start: number;
}

interface Field {
  readonly map: YAMLMap;
  readonly pair: Pair;
  readonly index: number;
}

function editable({ content, source, start }: ManifestDocument): EditedDocument | undefined {
  return content.kind === 'manifests' ? { root: content.root.contents, source, start } : undefined;
}

/** An edit of the document as an edit of its file, with the file's line ends. */
function shifted({ range, newText }: TextEdit, { start, source }: EditedDocument): TextEdit {
  return {
    range: { start: range.start + start, end: range.end + start },
    newText: newText.replace(/\r?\n/g, endOfLine(source)),
  };
}

function parentOf(document: EditedDocument, path: YamlPath): Field | undefined {
  const map = nodeAt(document.root, path.slice(0, -1));
  const step = path.at(-1);
  const pair = step === undefined ? undefined : pairAt(map, step);
  if (!isMap(map) || pair === undefined) return undefined;
  return { map, pair, index: map.items.indexOf(pair) };
}

function editFor(document: EditedDocument, path: YamlPath, value: unknown): TextEdit | undefined {
  const field = parentOf(document, path);
  if (field !== undefined) return replaceValue(document, field, value);
  const parentPath = path.slice(0, -1);
  const step = path.at(-1);
  if (step === undefined) return undefined;
  const parent = nodeAt(document.root, parentPath);
  if (isMap(parent)) return insertPair(document, parent, String(step), value);
  return editFor(document, parentPath, { [step]: value });
}

function replaceValue(document: EditedDocument, { map, pair }: Field, value: unknown): TextEdit {
  const old = rangeOfNode(pair.value);
  const column = columnOf(document.source, startOf(pair.key));
  const layout = layoutOf(document, map, column + stepOf(document));
  if (old === undefined || old.end === old.start)
    return fillEmptyValue(document, pair, value, layout);
  const quote = typeof value === 'string' && /^[\w.-]+$/.test(value) ? quoteOf(pair.value) : '';
  if (quote !== '') return { range: old, newText: `${quote}${String(value)}${quote}` };
  const isBlock = isCollection(pair.value) && pair.value.flow !== true;
  const end = isBlock ? contentEnd(pair) : old.end;
  const range = { start: old.start, end: withoutLineBreak(document.source, end) };
  const isBeside = !isBlock && isNested(value);
  return {
    range,
    newText: yamlOf(value, isBeside ? { ...layout, style: inline(layout) } : layout),
  };
}

/** `key:` with nothing after it: nested values go below it, single values beside it. */
function fillEmptyValue(
  document: EditedDocument,
  pair: Pair,
  value: unknown,
  layout: YamlLayout,
): TextEdit {
  const colon = document.source.indexOf(':', rangeOfNode(pair.key)?.end ?? 0) + 1;
  if (!isNested(value) || layout.style !== 'block') {
    return { range: { start: colon, end: colon }, newText: ` ${yamlOf(value, layout)}` };
  }
  const at = lineEnd(document.source, colon);
  const newText = `\n${' '.repeat(layout.indent)}${yamlOf(value, layout)}`;
  return { range: { start: at, end: at }, newText };
}

function insertPair(document: EditedDocument, map: YAMLMap, key: string, value: unknown): TextEdit {
  const last = map.items.at(-1);
  if (map.flow === true || last === undefined) return insertIntoFlow(document, map, key, value);
  const indent = columnOf(document.source, startOf(map.items[0]?.key));
  const at = lineEnd(document.source, contentEnd(last));
  const text = yamlOf({ [key]: value }, { indent, step: stepOf(document), style: 'block' });
  const newText = `\n${' '.repeat(indent)}${text}`;
  return { range: { start: at, end: at }, newText };
}

function insertIntoFlow(
  document: EditedDocument,
  map: YAMLMap,
  key: string,
  value: unknown,
): TextEdit {
  const range = rangeOfNode(map) ?? { start: 0, end: 0 };
  const last = map.items.at(-1);
  const style = isJson(document) ? 'json' : 'flow';
  if (last === undefined) {
    const layout = {
      indent: columnOf(document.source, lineIndent(document.source, range.start)),
      step: stepOf(document),
      style,
    } as const;
    return { range, newText: yamlOf({ [key]: value }, layout) };
  }
  const at = contentEnd(last);
  const keyStart = startOf(last.key);
  const onOwnLine = keyStart === lineIndent(document.source, keyStart);
  const indent = columnOf(document.source, keyStart);
  const layout = { indent, step: stepOf(document), style } as const;
  const separator = onOwnLine ? `,\n${' '.repeat(indent)}` : ', ';
  const keySource = style === 'json' ? JSON.stringify(key) : key;
  return {
    range: { start: at, end: at },
    newText: `${separator}${keySource}: ${yamlOf(value, layout)}`,
  };
}

function blockPairRange({ source }: EditedDocument, { map, pair, index }: Field): TextRange {
  const start = startOf(pair.key);
  const next = map.items[index + 1];
  const ownLine = start === lineIndent(source, start);
  if (!ownLine && next !== undefined) return { start, end: startOf(next.key) };
  const end = lineEnd(source, contentEnd(pair));
  const newline = /^\r?\n/.exec(source.slice(end))?.[0].length ?? 0;
  return { start: ownLine ? lineStart(source, start) : start, end: end + newline };
}

function flowPairRange({ map, pair, index }: Field): TextRange {
  const next = map.items[index + 1];
  const previous = map.items[index - 1];
  if (next !== undefined) return { start: startOf(pair.key), end: startOf(next.key) };
  return {
    start: previous === undefined ? startOf(pair.key) : contentEnd(previous),
    end: contentEnd(pair),
  };
}

function layoutOf(document: EditedDocument, map: YAMLMap, indent: number): YamlLayout {
  const style = map.flow !== true ? 'block' : isJson(document) ? 'json' : 'flow';
  return { indent, step: stepOf(document), style };
}

function inline({ style }: YamlLayout): YamlLayout['style'] {
  return style === 'block' ? 'flow' : style;
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isJson({ root }: EditedDocument): boolean {
  return isMap(root) && root.flow === true;
}

/** Columns that the document itself indents by: of its first nested block, else two. */
function stepOf({ root, source }: EditedDocument): number {
  const outer = isMap(root) ? root.items : [];
  for (const { key, value } of outer) {
    if (!isMap(value)) continue;
    const inner = columnOf(source, startOf(value.items[0]?.key)) - columnOf(source, startOf(key));
    if (inner > 0 && inner <= 8) return inner;
  }
  return 2;
}

/** Where the last character of a pair's own text ends, comments after it excluded. */
function contentEnd(pair: Pair): number {
  const value: unknown = pair.value;
  if (isCollection(value) && value.flow !== true) {
    const last: unknown = value.items.at(-1);
    if (isSeq(value))
      return isMap(last) && last.flow !== true
        ? mapEnd(last)
        : (rangeOfNode(last)?.end ?? startOf(pair.key));
    if (isMap(value)) return mapEnd(value);
  }
  const range = rangeOfNode(value);
  return range !== undefined && range.end > range.start
    ? range.end
    : (rangeOfNode(pair.key)?.end ?? 0);
}

function mapEnd(map: YAMLMap): number {
  const last = map.items.at(-1);
  return last === undefined ? (rangeOfNode(map)?.end ?? 0) : contentEnd(last);
}

function startOf(node: unknown): number {
  return rangeOfNode(node)?.start ?? 0;
}

function quoteOf(node: unknown): '"' | "'" | '' {
  if (!isScalar(node)) return '';
  if (node.type === 'QUOTE_DOUBLE') return '"';
  return node.type === 'QUOTE_SINGLE' ? "'" : '';
}

function endOfLine(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset of the first character of a line that is not a space. */
function lineIndent(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return start + (/^ */.exec(text.slice(start))?.[0].length ?? 0);
}

/** Offset of the line break that ends the line. */
function lineEnd(text: string, offset: number): number {
  const found = text.indexOf('\n', withoutLineBreak(text, offset));
  const end = found < 0 ? text.length : found;
  return text[end - 1] === '\r' ? end - 1 : end;
}

/** Block scalars end behind their last line break, everything else before it. */
function withoutLineBreak(text: string, end: number): number {
  if (text[end - 1] !== '\n') return end;
  return text[end - 2] === '\r' ? end - 2 : end - 1;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}
