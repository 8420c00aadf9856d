import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { deleteField, setField } from '../../src/sources/yaml/edits.ts';
import { readManifestFile, type ManifestDocument } from '../../src/sources/yaml/manifestFile.ts';
import { applyEdits, type TextEdit } from '../../src/sources/yaml/textRange.ts';

type Tree = { readonly [key: string]: Tree | string | number | readonly string[] };

const key = fc.constantFrom('a', 'spec', 'mtls', 'mode', '8080', 'x-y', 'labels');
const word = fc.constantFrom(
  'STRICT',
  'two words',
  'on',
  '',
  '#no',
  '- x',
  'a: b',
  'long\nlines\n',
);
const { tree } = fc.letrec<{ tree: Tree; value: Tree[string] }>((tie) => ({
  tree: fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    word,
    fc.nat(70_000),
    fc.array(word, { minLength: 1, maxLength: 3 }),
    tie('tree'),
  ),
}));

const layout = fc.record({
  indent: fc.constantFrom(2, 4),
  flow: fc.boolean(),
  json: fc.boolean(),
  windows: fc.boolean(),
  comments: fc.boolean(),
});
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

/** A manifest with the tree as its spec, written in some layout. */
function written(spec: Tree, { indent, flow, json, windows, comments }: Layout): string {
  const manifest = { kind: 'PeerAuthentication', spec, zz: 'last' };
  if (json) return `${JSON.stringify(manifest, undefined, indent)}\n`;
  const text = stringify(manifest, {
    indent,
    lineWidth: 0,
    ...(flow && { collectionStyle: 'flow' as const }),
  });
  const commented = comments && !flow ? `# first\n${text}# last\n` : text;
  return windows ? commented.replaceAll('\n', '\r\n') : commented;
}

function edited(text: string, edit: (document: ManifestDocument) => readonly TextEdit[]): unknown {
  const [document] = readManifestFile('file:///a.yaml', text).documents;
  assert.ok(document);
  assert.equal(document.content.kind, 'manifests');
  const after = applyEdits(text, edit(document));
  if (text.includes('# first')) assert.match(after, /^# first\r?\n[^]*# last\r?\n$/);
  return parse(after);
}

/** The paths of all fields of a tree, inner ones included. */
function pathsOf(spec: Tree): readonly (readonly string[])[] {
  return Object.entries(spec).flatMap(([name, value]) => {
    const inner = typeof value === 'object' && !Array.isArray(value) ? pathsOf(value as Tree) : [];
    return [[name], ...inner.map((path) => [name, ...path])];
  });
}

function withValue(spec: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const fields = typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? spec : {};
  const before: unknown = (fields as Readonly<Record<string, unknown>>)[name];
  return { ...fields, [name]: withValue(before, rest, value) };
}

test('setting an existing field changes this field and no other, in any layout', () => {
  fc.assert(
    fc.property(tree, layout, fc.nat(), fc.oneof(word, tree), (spec, style, pick, value) => {
      const paths = pathsOf(spec);
      const path = paths[pick % paths.length] ?? [];
      const after = edited(written(spec, style), (document) =>
        setField(document, ['spec', ...path], value),
      );
      const expected = {
        kind: 'PeerAuthentication',
        spec: withValue(spec, path, value),
        zz: 'last',
      };
      assert.deepEqual(after, parse(stringify(expected)));
    }),
    { numRuns: 400 },
  );
});

test('adding a field with its missing blocks leaves all other fields as they are', () => {
  fc.assert(
    fc.property(tree, layout, fc.nat(), fc.oneof(word, tree), (spec, style, pick, value) => {
      const blocks = [[], ...pathsOf(spec)].filter((path) => isBlock(spec, path));
      const path = [...(blocks[pick % blocks.length] ?? []), 'new', 'inner'];
      const after = edited(written(spec, style), (document) =>
        setField(document, ['spec', ...path], value),
      );
      const expected = {
        kind: 'PeerAuthentication',
        spec: withValue(spec, path, value),
        zz: 'last',
      };
      assert.deepEqual(after, parse(stringify(expected)));
    }),
    { numRuns: 400 },
  );
});

test('removing a field removes it, with the blocks that it leaves empty, and nothing else', () => {
  fc.assert(
    fc.property(tree, layout, fc.nat(), (spec, style, pick) => {
      const paths = pathsOf(spec);
      const path = paths[pick % paths.length] ?? [];
      const after = edited(written(spec, style), (document) =>
        deleteField(document, ['spec', ...path]),
      );
      const without = removed({ kind: 'PeerAuthentication', spec, zz: 'last' }, ['spec', ...path]);
      assert.deepEqual(after, parse(stringify(without)));
    }),
    { numRuns: 400 },
  );
});

function isBlock(spec: Tree, path: readonly string[]): boolean {
  let current: Tree[string] = spec;
  for (const name of path) current = (current as Tree)[name] ?? '';
  return typeof current === 'object' && !Array.isArray(current);
}

function removed(
  fields: Readonly<Record<string, unknown>>,
  path: readonly string[],
): object | undefined {
  const [name = '', ...rest] = path;
  const { [name]: value, ...others } = fields;
  const inner =
    rest.length === 0 ? undefined : removed(value as Readonly<Record<string, unknown>>, rest);
  if (inner !== undefined) return { ...fields, [name]: inner };
  return Object.keys(others).length === 0 ? undefined : others;
}
