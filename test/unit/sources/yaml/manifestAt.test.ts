import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  manifestAround,
  manifestAt,
  rangeInFile,
  rangeOfField,
} from '../../../../src/sources/yaml/manifestAt.ts';
import { readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';

const policy = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: httpbin
spec:
  selector:
    matchLabels:
      app: httpbin
  portLevelMtls:
    8080:
      mode: STRICT
`;
const list = `kind: List
apiVersion: v1
items:
- kind: Namespace
  apiVersion: v1
  metadata:
    name: foo
- kind: Namespace
  apiVersion: v1
  metadata:
    name: bar
`;

/** Reads a text in which `¦` marks the cursor. */
function read(marked: string) {
  const offset = marked.indexOf('¦');
  return { file: readManifestFile('file:///a.yaml', marked.replace('¦', '')), offset };
}

const places: readonly { readonly name: string; readonly text: string; readonly found: string }[] =
  [
    {
      name: 'a key is found by any of its characters',
      text: policy.replace('portLevelMtls', 'port¦LevelMtls'),
      found: 'key spec.portLevelMtls',
    },
    {
      name: 'a port key is found as text',
      text: policy.replace('8080', '80¦80'),
      found: 'key spec.portLevelMtls.8080',
    },
    {
      name: 'a value is found up to its end',
      text: policy.replace('STRICT', 'STRICT¦'),
      found: 'value spec.portLevelMtls.8080.mode',
    },
    {
      name: 'a later document is found by its own fields',
      text: `${policy}---\n${policy.replace('name: httpbin', 'na¦me: httpbin')}`,
      found: 'key metadata.name',
    },
    {
      name: 'an item of a List has paths of its own',
      text: list.replace('bar', 'ba¦r'),
      found: 'value metadata.name',
    },
    {
      name: 'indentation is no field',
      text: policy.replace('    matchLabels', '  ¦  matchLabels'),
      found: 'nothing',
    },
  ];

for (const { name, text, found } of places) {
  test(name, () => {
    const { file, offset } = read(text);
    const place = manifestAt(file, offset);
    assert.equal(place === undefined ? 'nothing' : `${place.on} ${place.path.join('.')}`, found);
  });
}

test('between its fields a cursor is still inside a manifest of a List', () => {
  const { file, offset } = read(
    list.replace(
      '  apiVersion: v1\n  metadata:\n    name: bar',
      ' ¦ apiVersion: v1\n  metadata:\n    name: bar',
    ),
  );
  assert.equal(manifestAround(file, offset)?.manifest.object?.name, 'bar');
});

test('a field that is missing is pointed at by the nearest block that could hold it', () => {
  const { file } = read(policy);
  const around = manifestAround(file, 5);
  assert.ok(around);
  const range = rangeInFile(around.document, around.manifest, ['spec', 'mtls', 'mode']);
  assert.equal(file.text.slice(range.start, range.end), 'spec');
});

test('a field is pointed at by its value', () => {
  const { file } = read(`${policy}---\n${policy}`);
  const around = manifestAround(file, policy.length + 20);
  assert.ok(around);
  const range = rangeInFile(around.document, around.manifest, [
    'spec',
    'portLevelMtls',
    '8080',
    'mode',
  ]);
  assert.equal(file.text.slice(range.start, range.end), 'STRICT');
  assert.ok(range.start > policy.length);
});

test('a field is meant by whoever points at its name or at its value', () => {
  const text =
    'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: a}\nspec:\n  portLevelMtls:\n    8000:\n      mode: STRICT\n';
  const [document] = readManifestFile('file:///a.yaml', text).documents;
  assert.equal(document?.content.kind, 'manifests');
  const [manifest] = document.content.manifests;
  assert.ok(manifest);
  const { start, end } = rangeOfField(document, manifest, ['spec', 'portLevelMtls', '8000']);
  assert.match(text.slice(start, end), /^8000:\n {6}mode: STRICT\n?$/);
});
