import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  manifestsOf,
  readManifestFile,
  type ManifestFile,
} from '../../../../src/sources/yaml/manifestFile.ts';

const uri = 'file:///mesh.yaml';
const policy = (namespace: string, mode: string): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  namespace: ${namespace}\nspec:\n  mtls:\n    mode: ${mode}\n`;

/** What became of each document: the objects it declares, or why it declares none. */
function contents(file: ManifestFile): readonly string[] {
  return file.documents.map(({ content }) =>
    content.kind === 'manifests'
      ? content.manifests
          .map(({ object }) => (object ? `${object.kind} ${object.namespace}/${object.name}` : '-'))
          .join(', ')
      : content.kind,
  );
}

const cases: readonly {
  readonly name: string;
  readonly text: string;
  readonly contents: readonly string[];
}[] = [
  { name: 'an empty file declares nothing', text: '', contents: [] },
  { name: 'a file of comments declares nothing', text: '# policies\n---\n# none\n', contents: [] },
  {
    name: 'each document between separators is one object',
    text: `${policy('foo', 'STRICT')}---\n${policy('bar', 'DISABLE')}`,
    contents: ['PeerAuthentication foo/default', 'PeerAuthentication bar/default'],
  },
  {
    name: 'a comment before the first separator is no document',
    text: `# Copyright\n---\n${policy('foo', 'STRICT')}---\n`,
    contents: ['PeerAuthentication foo/default'],
  },
  {
    name: 'a separator may carry a comment, a directive may stand before it',
    text: `%YAML 1.2\n--- # one\n${policy('foo', 'STRICT')}...\n--- # two\n${policy('bar', 'STRICT')}`,
    contents: ['PeerAuthentication foo/default', 'PeerAuthentication bar/default'],
  },
  {
    name: 'a List declares its items',
    text: `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: {name: foo}\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s}\n`,
    contents: ['Namespace /foo, -'],
  },
  {
    name: 'a file that holds nothing but a BackendTLSPolicy is read',
    text: 'apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: b, namespace: foo}\n',
    contents: ['BackendTLSPolicy foo/b'],
  },
  {
    name: 'kinds that take no part in mutual TLS are not read',
    text: 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n',
    contents: ['irrelevant'],
  },
  {
    name: 'broken YAML spoils its own document only',
    text: `kind: PeerAuthentication\nmetadata:\n name: [\n---\n${policy('foo', 'STRICT')}`,
    contents: ['broken', 'PeerAuthentication foo/default'],
  },
  {
    name: 'conflict markers make a document broken, not the program',
    text: `<<<<<<< HEAD\n${policy('foo', 'STRICT')}=======\n${policy('foo', 'PERMISSIVE')}>>>>>>> theirs\n`,
    contents: ['broken'],
  },
  {
    name: 'a Helm template with values is left alone',
    text: policy('{{ .Values.namespace }}', 'STRICT'),
    contents: ['template'],
  },
  {
    name: 'a Helm template with blocks is left alone',
    text: `{{- if .Values.strict }}\n${policy('foo', 'STRICT')}{{- end }}\n`,
    contents: ['template'],
  },
  {
    name: 'braces inside a block of text are text',
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: istio\n  namespace: istio-system\ndata:\n  mesh: |\n    format: {{ x }}\n',
    contents: ['ConfigMap istio-system/istio'],
  },
  {
    name: 'aliases that expand without end are refused',
    text: `kind: PeerAuthentication\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    contents: ['broken'],
  },
  {
    name: 'a document that is a list or a word declares nothing',
    text: '- kind: PeerAuthentication\n---\nkind PeerAuthentication\n',
    contents: ['-', 'irrelevant'],
  },
  {
    name: 'JSON is YAML',
    text: '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "foo"}}',
    contents: ['Namespace /foo'],
  },
  {
    name: 'a tab is a syntax problem, not an exception',
    text: 'kind: PeerAuthentication\nmetadata:\n\tname: x\n',
    contents: ['broken'],
  },
];

for (const { name, text, contents: expected } of cases) {
  test(name, () => {
    assert.deepEqual(contents(readManifestFile(uri, text)), expected);
  });
}

test('an object knows its file and the document it stands in', () => {
  const file = readManifestFile(uri, `${policy('foo', 'STRICT')}---\n${policy('bar', 'STRICT')}`);
  assert.deepEqual(
    manifestsOf(file).map(({ object }) => object?.origin),
    [
      { kind: 'file', uri, document: 0 },
      { kind: 'file', uri, document: 1 },
    ],
  );
});

test('a syntax problem says in a few words what is wrong and where', () => {
  const text = `${policy('foo', 'STRICT')}---\nkind: PeerAuthentication\nmetadata:\n  name: [\n`;
  const content = readManifestFile(uri, text).documents[1]?.content;
  assert.equal(content?.kind, 'broken');
  const [problem] = content.problems;
  assert.ok(problem.start > text.indexOf('---'));
  assert.doesNotMatch(problem.message, /\n|line \d/);
});

test('files that would keep the editor waiting are not read', () => {
  const long = readManifestFile(uri, policy('foo', 'STRICT') + '#\n'.repeat(20_001));
  const large = readManifestFile(uri, `${policy('foo', 'STRICT')}# ${'x'.repeat(1_000_001)}`);
  assert.deepEqual([long.tooLarge, large.tooLarge], [true, true]);
  assert.deepEqual([...long.documents, ...large.documents], []);
});

test('documents whose text did not change are not parsed again, also when they moved', () => {
  const before = readManifestFile(uri, `${policy('foo', 'STRICT')}---\n${policy('bar', 'STRICT')}`);
  const text = `${policy('foo', 'PERMISSIVE')}---\n${policy('bar', 'STRICT')}`;
  const after = readManifestFile(uri, text, { previous: before });
  assert.notEqual(after.documents[0]?.content, before.documents[0]?.content);
  assert.equal(after.documents[1]?.content, before.documents[1]?.content);
  assert.equal(after.documents[1]?.start, text.indexOf('---'));
});
