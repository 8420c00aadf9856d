import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Manifest } from '../../../../src/mesh/model/manifest.ts';
import type { ObjectRef } from '../../../../src/mesh/model/reference.ts';
import type { Files } from '../../../../src/sources/yaml/files.ts';
import { readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import {
  declarationsOf,
  editsOf,
  placeOf,
  proposalText,
  wordsOf,
  type Proposal,
} from '../../../../src/surfaces/documents/manifestProposal.ts';

const ref: ObjectRef = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' };

function policy(spec: object, metadata: object = {}): Manifest {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace: 'foo', ...metadata },
    spec,
  };
}

const permissive = { mtls: { mode: 'PERMISSIVE' } };
const strict = { mtls: { mode: 'STRICT' } };
const toStrict: Proposal = { ref, live: policy(permissive), wanted: policy(strict) };

const header = (namespace = '\n  namespace: foo') =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default${namespace}\n`;

/** The text of a file with the proposal in it, and what stands at the place that is shown. */
function proposed(text: string, proposal: Proposal, declared = ref): readonly [string, string] {
  const edits = editsOf(readManifestFile('file:///a.yaml', text), declared, proposal);
  const after = edits
    .toSorted((left, right) => right.range.start - left.range.start)
    .reduce((all, { range, newText }) => {
      return all.slice(0, range.start) + newText + all.slice(range.end);
    }, text);
  const { start, end } = placeOf(readManifestFile('file:///a.yaml', after), declared, proposal);
  return [after, after.slice(start, end)];
}

describe('a change of an object that others keep, in the file that declares it', () => {
  interface Row {
    readonly name: string;
    readonly text: string;
    readonly proposal?: Proposal;
    readonly expected: string;
    readonly place: string;
  }
  const rows: readonly Row[] = [
    {
      name: 'changes the mode and keeps comments, order and the document beside it',
      text: `kind: ConfigMap\n---\n# ours\n${header()}spec:\n  mtls:\n    mode: PERMISSIVE # for now\n`,
      expected: `kind: ConfigMap\n---\n# ours\n${header()}spec:\n  mtls:\n    mode: STRICT # for now\n`,
      place: 'STRICT',
    },
    {
      name: 'adds what the file does not say',
      text: header(),
      expected: `${header()}spec:\n  mtls:\n    mode: STRICT\n`,
      place: 'STRICT',
    },
    {
      name: 'leaves alone what differs from the cluster for another reason',
      text: `${header()}spec:\n  selector:\n    matchLabels:\n      app: new\n  mtls:\n    mode: PERMISSIVE\n`,
      expected: `${header()}spec:\n  selector:\n    matchLabels:\n      app: new\n  mtls:\n    mode: STRICT\n`,
      place: 'STRICT',
    },
    {
      name: 'is empty where the file says so already, and shows the field',
      text: `${header()}spec:\n  mtls:\n    mode: STRICT\n`,
      expected: `${header()}spec:\n  mtls:\n    mode: STRICT\n`,
      place: 'STRICT',
    },
    {
      name: 'takes away what is to go',
      text: `${header()}spec:\n  mtls:\n    mode: STRICT\n  portLevelMtls:\n    8080:\n      mode: DISABLE\n`,
      proposal: {
        ref,
        live: policy({ ...strict, portLevelMtls: { 8080: { mode: 'DISABLE' } } }),
        wanted: policy(strict),
      },
      expected: `${header()}spec:\n  mtls:\n    mode: STRICT\n`,
      place: 'spec',
    },
    {
      name: 'finds its object among the items of a List',
      text: `apiVersion: v1\nkind: List\nitems:\n- apiVersion: security.istio.io/v1\n  kind: PeerAuthentication\n  metadata:\n    name: default\n    namespace: foo\n  spec:\n    mtls:\n      mode: PERMISSIVE\n`,
      expected: `apiVersion: v1\nkind: List\nitems:\n- apiVersion: security.istio.io/v1\n  kind: PeerAuthentication\n  metadata:\n    name: default\n    namespace: foo\n  spec:\n    mtls:\n      mode: STRICT\n`,
      place: 'STRICT',
    },
    {
      name: 'adds a label and keeps those that the file has',
      text: `${header()}  labels:\n    team: a\n`,
      proposal: {
        ref,
        live: policy({}, { labels: { team: 'a' } }),
        wanted: policy({}, { labels: { team: 'a', inject: 'yes' } }),
      },
      expected: `${header()}  labels:\n    team: a\n    inject: "yes"\n`,
      place: '"yes"',
    },
  ];
  for (const { name, text, proposal = toStrict, expected, place } of rows) {
    it(name, () => {
      assert.deepEqual(proposed(text, proposal), [expected, place]);
      const windows = text.replaceAll('\n', '\r\n');
      assert.deepEqual(proposed(windows, proposal)[0], expected.replaceAll('\n', '\r\n'));
    });
  }

  it('is called by the fields that it changes', () => {
    assert.equal(wordsOf(toStrict), 'spec.mtls.mode: STRICT');
    assert.equal(wordsOf({ ref, live: policy(strict), wanted: policy({}) }), 'no spec.mtls.mode');
  });
});

describe('the files that declare an object', () => {
  const files = (texts: Readonly<Record<string, string>>): Files => ({
    list: () => Promise.resolve(Object.keys(texts)),
    read: (uri) => Promise.resolve(texts[uri]),
    onDidChange: () => ({ dispose: () => undefined }),
  });
  const find = async (texts: Readonly<Record<string, string>>) =>
    (await declarationsOf(ref, files(texts), AbortSignal.timeout(5000))).map((one) => [
      one.uri,
      one.namesNamespace,
    ]);

  it('are those of its kind, namespace and name; those without a namespace come last', async () => {
    const texts = {
      'bare.yaml': header(''),
      'exact.yaml': header(),
      'other-namespace.yaml': header('\n  namespace: bar'),
      'other-kind.yaml': header().replace('PeerAuthentication', 'DestinationRule'),
      'other-name.yaml': header().replace('default', 'default-2'),
      'broken.yaml': `${header()}spec: {`,
      'template.yaml': `${header()}spec: {{ .Values.spec }}`,
    };
    assert.deepEqual(await find(texts), [
      ['exact.yaml', true],
      ['bare.yaml', false],
    ]);
  });

  it('are none where nothing declares it', async () => {
    assert.deepEqual(await find({ 'a.yaml': 'kind: ConfigMap' }), []);
  });
});

describe('a new document for the change', () => {
  it('holds the whole object under comments, without what servers and kubectl keep for themselves', () => {
    const live = policy(permissive, {
      uid: 'u1',
      resourceVersion: '7',
      managedFields: [],
      labels: { team: 'a' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    });
    const text = proposalText({ ref, live, wanted: policy(strict) }, ['one', 'two']);
    assert.equal(
      text,
      `# one\n# two\n${header()}  labels:\n    team: a\nspec:\n  mtls:\n    mode: STRICT\n`,
    );
  });
});
