import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  appendManifests,
  deleteField,
  renameKey,
  setField,
} from '../../../../src/sources/yaml/edits.ts';
import { readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import type { ManifestDocument } from '../../../../src/sources/yaml/manifestFile.ts';
import { applyEdits, type TextEdit } from '../../../../src/sources/yaml/textRange.ts';

interface Case {
  readonly name: string;
  readonly before: string;
  readonly edit: (document: ManifestDocument) => readonly TextEdit[];
  readonly after: string;
}

const head =
  'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n';
const set = (path: readonly string[], value: unknown) => (document: ManifestDocument) =>
  setField(document, path, value);
const remove = (path: readonly string[]) => (document: ManifestDocument) =>
  deleteField(document, path);

const cases: readonly Case[] = [
  {
    name: 'a mode is replaced and the comment beside it stays',
    before: `${head}spec:\n  mtls:\n    mode: PERMISSIVE # until payments moved\n`,
    edit: set(['spec', 'mtls', 'mode'], 'STRICT'),
    after: `${head}spec:\n  mtls:\n    mode: STRICT # until payments moved\n`,
  },
  {
    name: 'a quoted mode stays quoted',
    before: `${head}spec:\n  mtls:\n    mode: "PERMISSIVE"\n`,
    edit: set(['spec', 'mtls', 'mode'], 'STRICT'),
    after: `${head}spec:\n  mtls:\n    mode: "STRICT"\n`,
  },
  {
    name: 'a policy without spec gets one, in the indentation of the file',
    before: 'kind: PeerAuthentication\nmetadata:\n    name: default\n# end\n',
    edit: set(['spec', 'mtls', 'mode'], 'STRICT'),
    after:
      'kind: PeerAuthentication\nmetadata:\n    name: default\nspec:\n    mtls:\n        mode: STRICT\n# end\n',
  },
  {
    name: 'an empty spec is filled below its key',
    before: `${head}spec:\n`,
    edit: set(['spec', 'mtls', 'mode'], 'STRICT'),
    after: `${head}spec:\n  mtls:\n    mode: STRICT\n`,
  },
  {
    name: 'a mode without value is filled beside its key',
    before: `${head}spec:\n  mtls:\n    mode: # which?\n`,
    edit: set(['spec', 'mtls', 'mode'], 'STRICT'),
    after: `${head}spec:\n  mtls:\n    mode: STRICT # which?\n`,
  },
  {
    name: 'empty braces are filled in place',
    before: `${head}spec:\n  mtls: {}\n`,
    edit: set(['spec', 'mtls', 'mode'], 'STRICT'),
    after: `${head}spec:\n  mtls: { mode: STRICT }\n`,
  },
  {
    name: 'a port is added after the last port of the map',
    before: `${head}spec:\n  portLevelMtls:\n    8080:\n      mode: STRICT # web\n  # after\n  mtls:\n    mode: STRICT\n`,
    edit: set(['spec', 'portLevelMtls', '9090'], { mode: 'PERMISSIVE' }),
    after: `${head}spec:\n  portLevelMtls:\n    8080:\n      mode: STRICT # web\n    9090:\n      mode: PERMISSIVE\n  # after\n  mtls:\n    mode: STRICT\n`,
  },
  {
    name: 'a port map is added with its port as a number',
    before: `${head}spec:\n  selector:\n    matchLabels:\n      app: web\n  mtls:\n    mode: STRICT`,
    edit: set(['spec', 'portLevelMtls', '9090', 'mode'], 'PERMISSIVE'),
    after: `${head}spec:\n  selector:\n    matchLabels:\n      app: web\n  mtls:\n    mode: STRICT\n  portLevelMtls:\n    9090:\n      mode: PERMISSIVE`,
  },
  {
    name: 'a JSON manifest stays JSON',
    before:
      '{\n  "kind": "PeerAuthentication",\n  "spec": {\n    "mtls": { "mode": "PERMISSIVE" }\n  }\n}\n',
    edit: set(['spec', 'portLevelMtls'], { 8080: { mode: 'STRICT' } }),
    after:
      '{\n  "kind": "PeerAuthentication",\n  "spec": {\n    "mtls": { "mode": "PERMISSIVE" },\n    "portLevelMtls": {\n      "8080": {\n        "mode": "STRICT"\n      }\n    }\n  }\n}\n',
  },
  {
    name: 'Windows line ends stay',
    before: 'kind: PeerAuthentication\r\nspec:\r\n  mtls:\r\n    mode: STRICT\r\n',
    edit: set(['spec', 'portLevelMtls', '9090', 'mode'], 'DISABLE'),
    after:
      'kind: PeerAuthentication\r\nspec:\r\n  mtls:\r\n    mode: STRICT\r\n  portLevelMtls:\r\n    9090:\r\n      mode: DISABLE\r\n',
  },
  {
    name: 'a removed mode takes the empty block around it along',
    before: `${head}spec:\n  selector:\n    matchLabels:\n      app: web\n  # why\n  mtls:\n    mode: STRICT\n`,
    edit: remove(['spec', 'mtls', 'mode']),
    after: `${head}spec:\n  selector:\n    matchLabels:\n      app: web\n  # why\n`,
  },
  {
    name: 'one port is removed and its neighbours stay',
    before: `${head}spec:\n  portLevelMtls:\n    80: { mode: STRICT } # a\n    81:\n      mode: STRICT\n    82: { mode: STRICT }\n`,
    edit: remove(['spec', 'portLevelMtls', '81']),
    after: `${head}spec:\n  portLevelMtls:\n    80: { mode: STRICT } # a\n    82: { mode: STRICT }\n`,
  },
  {
    name: 'the last entry inside braces is removed with the comma before it',
    before: `${head}spec:\n  portLevelMtls: { 80: { mode: STRICT }, 81: { mode: STRICT } }\n`,
    edit: remove(['spec', 'portLevelMtls', '81']),
    after: `${head}spec:\n  portLevelMtls: { 80: { mode: STRICT } }\n`,
  },
  {
    name: 'a port key is renamed and its mode stays as written',
    before: `${head}spec:\n  portLevelMtls:\n    "80": # http\n      mode: STRICT\n`,
    edit: (document) => renameKey(document, ['spec', 'portLevelMtls', '80'], '8080'),
    after: `${head}spec:\n  portLevelMtls:\n    "8080": # http\n      mode: STRICT\n`,
  },
];

for (const { name, before, edit, after } of cases) {
  test(name, () => {
    const file = readManifestFile('file:///policy.yaml', before);
    const [document] = file.documents;
    assert.ok(document);
    assert.equal(applyEdits(before, edit(document)), after);
  });
}

test('an edit of a later document leaves the documents before it alone', () => {
  const first = 'kind: Namespace\nmetadata: {name: foo}\n';
  const text = `${first}---\n${head}spec:\n  mtls:\n    mode: DISABLE\n`;
  const document = readManifestFile('file:///policy.yaml', text).documents[1];
  assert.ok(document);
  const after = applyEdits(text, setField(document, ['spec', 'mtls', 'mode'], 'STRICT'));
  assert.equal(after, text.replace('DISABLE', 'STRICT'));
});

const policy = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: 'foo' },
  spec: { mtls: { mode: 'STRICT' } },
};
const policyText =
  'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  namespace: foo\nspec:\n  mtls:\n    mode: STRICT\n';

const appended: readonly {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}[] = [
  { name: 'an empty file becomes the policy', before: '', after: policyText },
  {
    name: 'a policy is appended after a separator',
    before: 'kind: Namespace\n',
    after: `kind: Namespace\n---\n${policyText}`,
  },
  {
    name: 'a missing final newline is added first',
    before: 'kind: Namespace',
    after: `kind: Namespace\n---\n${policyText}`,
  },
  {
    name: 'a separator that is already there is used',
    before: 'kind: Namespace\n---\n',
    after: `kind: Namespace\n---\n${policyText}`,
  },
];

for (const { name, before, after } of appended) {
  test(name, () => {
    assert.equal(applyEdits(before, [appendManifests(before, [policy])]), after);
  });
}
