import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { TextRange } from './textRange.ts';

/** Steps from the root of a value: field names as they are written, list positions from 0. */
export type YamlPath = readonly (string | number)[];

/** What an offset of a document lies on. */
export interface PathAtOffset {
  readonly path: YamlPath;
  readonly on: 'key' | 'value';
  readonly range: TextRange;
}

/** The innermost field or value that an offset lies on; undefined between them. */
export function pathAt(
  node: unknown,
  offset: number,
  path: YamlPath = [],
): PathAtOffset | undefined {
  if (isMap(node)) {
    for (const pair of node.items) {
      const found = pathInPair(pair, offset, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = pathAt(item, offset, [...path, index]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const range = rangeOfNode(node);
  return range !== undefined && covers(range, offset) ? { path, on: 'value', range } : undefined;
}

/** The node at a path; undefined when the document has no such field. Field names compare as text. */
export function nodeAt(node: unknown, path: YamlPath): Node | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return isYamlNode(node) ? node : undefined;
  if (isSeq(node)) return typeof step === 'number' ? nodeAt(node.items[step], rest) : undefined;
  const pair = pairAt(node, step);
  return pair === undefined ? undefined : nodeAt(pair.value, rest);
}

/** The key and value under one field name of a mapping. */
export function pairAt(node: unknown, step: string | number): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => keyText(key) === String(step));
}

/** A mapping's key as a field name. */
export function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

/**
 * Where a path stands: its key or its value. A path that is not there yields the nearest field above
 * it that is, so that a message about a missing field points at the block that lacks it.
 */
export function rangeOfPath(root: unknown, path: YamlPath, on: 'key' | 'value'): TextRange {
  for (let length = path.length; length > 0; length -= 1) {
    const range = rangeOfStep(root, path.slice(0, length), length === path.length ? on : 'key');
    if (range !== undefined) return range;
  }
  return rangeOfFirstKey(root) ?? { start: 0, end: 0 };
}

/** The text that a node covers, without the comments and blank lines after it. */
export function rangeOfNode(node: unknown): TextRange | undefined {
  if (!isYamlNode(node) || !node.range) return undefined;
  return { start: node.range[0], end: node.range[1] };
}

function rangeOfStep(root: unknown, path: YamlPath, on: 'key' | 'value'): TextRange | undefined {
  const parent = nodeAt(root, path.slice(0, -1));
  const step = path.at(-1);
  if (parent === undefined || step === undefined) return undefined;
  if (isSeq(parent)) return typeof step === 'number' ? rangeOfNode(parent.items[step]) : undefined;
  const pair = pairAt(parent, step);
  const value = rangeOfNode(pair?.value);
  const hasText = value !== undefined && value.end > value.start;
  return on === 'value' && hasText ? value : rangeOfNode(pair?.key);
}

function rangeOfFirstKey(root: unknown): TextRange | undefined {
  return isMap(root) ? rangeOfNode(root.items[0]?.key) : rangeOfNode(root);
}

function pathInPair(pair: Pair, offset: number, parent: YamlPath): PathAtOffset | undefined {
  const path = [...parent, keyText(pair.key)];
  const key = rangeOfNode(pair.key);
  if (key !== undefined && covers(key, offset)) return { path, on: 'key', range: key };
  return pathAt(pair.value, offset, path);
}

function covers(range: TextRange, offset: number): boolean {
  return range.start <= offset && offset <= range.end && range.end > range.start;
}

function isYamlNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}
