import { Composer, isScalar, Lexer, Parser, visit, type Document, type ParsedNode } from 'yaml';
import type { CST, DocumentOptions, ParseOptions, ScalarTag, SchemaOptions, Tags } from 'yaml';

/**
 * YAML as kubectl and Istio read it: version 1.1, in which `no` and `off` are booleans, without its dates and
 * base-60 numbers.
 */
const KUBERNETES_YAML: DocumentOptions & SchemaOptions & ParseOptions = {
  version: '1.1',
  logLevel: 'silent',
  prettyErrors: false,
  // The library compares each key with each other one; `repeatedKeys` does the same in one pass.
  uniqueKeys: false,
  customTags: (tags) =>
    tags
      .filter((tag) => !['timestamp', 'intTime', 'floatTime'].includes(tagName(tag)))
      .map(withDigits),
};

const DECIMAL = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/;

/** A lone dot, as in `exportTo: [.]`, is text to Kubernetes, and a number that is none to the library. */
function withDigits(tag: Tags[number]): Tags[number] {
  return isScalarTag(tag) && tag.test?.test('.') === true ? { ...tag, test: DECIMAL } : tag;
}

function isScalarTag(tag: Tags[number]): tag is ScalarTag {
  return typeof tag !== 'string' && tag.collection === undefined;
}

function tagName(tag: Tags[number]): string {
  if (typeof tag === 'string') return tag;
  const last = tag.tag.slice(tag.tag.lastIndexOf(':') + 1);
  return tag.format === 'TIME' ? `${last}Time` : last;
}

/** A mistake in a text; offsets in it. */
export interface YamlMistake {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export type ComposedYaml =
  | {
      readonly kind: 'composed';
      readonly root: Document<ParsedNode>;
      readonly mistakes: readonly YamlMistake[];
      /** What it cost to read, in the unit of the limit. */
      readonly lexemes: number;
    }
  | { readonly kind: 'too-large'; readonly lexemes: number }
  /** One clause. */
  | { readonly kind: 'refused'; readonly why: string; readonly lexemes: number };

/** Each alias costs a search through the whole document. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 100;

/**
 * Reads the first YAML document of a text. Never throws. What a text costs goes by its lexemes (words,
 * indicators, line ends), not by its length, so it is read up to `maxLexemes` of them and no further.
 */
export function composeYaml(source: string, maxLexemes: number): ComposedYaml {
  try {
    return compose(source, maxLexemes);
  } catch {
    // Only a stack that overflows gets here: block collections nest without brackets to count.
    return { kind: 'refused', why: TOO_DEEP, lexemes: maxLexemes };
  }
}

const TOO_DEEP = `it is nested more than ${MAX_DEPTH} levels deep`;

function compose(source: string, maxLexemes: number): ComposedYaml {
  // A line may end in a bare CR, which the library takes for text. The length stays the same.
  const text = source.replace(/\r(?!\n)/g, '\n');
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  let aliases = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > maxLexemes) return { kind: 'too-large', lexemes };
    if (lexeme.startsWith('*')) aliases += 1;
    if (aliases > MAX_ALIASES) {
      return { kind: 'refused', why: `it has more than ${MAX_ALIASES} aliases`, lexemes };
    }
    if (parser.stack.length > MAX_DEPTH) return { kind: 'refused', why: TOO_DEEP, lexemes };
    for (const token of parser.next(lexeme)) tokens.push(token);
  }
  for (const token of parser.end()) tokens.push(token);
  const [root] = [...new Composer(KUBERNETES_YAML).compose(tokens, true, text.length)];
  if (root === undefined) return { kind: 'refused', why: 'it holds no document', lexemes };
  return { kind: 'composed', root, mistakes: mistakesOf(root), lexemes };
}

function mistakesOf(root: Document<ParsedNode>): readonly YamlMistake[] {
  const found = root.errors.map(({ message, pos }) => ({ start: pos[0], end: pos[1], message }));
  return found.length > 0 ? found : repeatedKeys(root);
}

function repeatedKeys(root: Document<ParsedNode>): readonly YamlMistake[] {
  const found: YamlMistake[] = [];
  visit(root, {
    Map: (_key, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === '<<') continue;
        if (seen.has(key.value) && key.range) {
          const [start, end] = key.range;
          found.push({ start, end, message: 'Map keys must be unique' });
        }
        seen.add(key.value);
      }
    },
  });
  return found;
}

export type PlainValue =
  | { readonly kind: 'value'; readonly value: unknown }
  /** One clause. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** A document as JSON would have it. Aliases that expand without end or that name no anchor make it unreadable. */
export function plainValue(root: Document<ParsedNode>): PlainValue {
  try {
    return { kind: 'value', value: root.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    return {
      kind: 'unreadable',
      why: error instanceof Error ? error.message : 'it cannot be read',
    };
  }
}
