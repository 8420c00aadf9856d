import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import { fileFindings } from '../../../../src/sources/yaml/fileFindings.ts';

const head = 'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: a}\n';
const ruleHead = 'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a}\n';

const cases: readonly {
  readonly name: string;
  readonly text: string;
  /** Code, the text that is underlined, and words of the message. */
  readonly found: readonly (readonly [string, string, RegExp])[];
}[] = [
  {
    name: 'a valid policy has no problem',
    text: `${head}spec: {mtls: {mode: STRICT}}\n`,
    found: [],
  },
  {
    name: 'an unknown mode is underlined and the real ones are named (R281)',
    text: `${head}spec: {mtls: {mode: STRCT}}\n`,
    found: [['MTLS0101', 'STRCT', /STRICT, PERMISSIVE, DISABLE or UNSET/]],
  },
  {
    name: 'ports without a selector are refused (R281)',
    text: `${head}spec: {portLevelMtls: {8080: {mode: STRICT}}}\n`,
    found: [['MTLS0101', 'portLevelMtls', /needs a selector/]],
  },
  {
    name: 'a port that is none is underlined (R281)',
    text: `${head}spec: {selector: {matchLabels: {a: b}}, portLevelMtls: {http: {mode: STRICT}}}\n`,
    found: [['MTLS0101', 'http', /not a port from 1 to 65535/]],
  },
  {
    name: 'a rule without a host points at the block that lacks it (R282)',
    text: `${ruleHead}spec: {trafficPolicy: {tls: {mode: DISABLE}}}\n`,
    found: [['MTLS0201', 'spec', /needs a host/]],
  },
  {
    name: 'a manifest without a name points at its metadata',
    text: 'apiVersion: v1\nkind: Service\nmetadata: {namespace: foo}\n',
    found: [['MTLS0002', 'metadata', /no name/]],
  },
  {
    name: 'a problem of a later List item is underlined where it stands',
    text: `kind: Namespace\napiVersion: v1\nmetadata: {name: x}\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: security.istio.io/v1\n  kind: PeerAuthentication\n  metadata: {name: a}\n  spec: {mtls: {mode: on}}\n`,
    found: [['MTLS0101', 'on', /is not a mode/]],
  },
  {
    name: 'a policy that Istio no longer reads says so, however sound it is (R200)',
    text: 'apiVersion: authentication.istio.io/v1alpha1\nkind: MeshPolicy\nmetadata: {name: default}\nspec: {peers: [{mtls: {}}]}\n',
    found: [['MTLS0004', 'MeshPolicy', /^Istio has ignored MeshPolicy since 1\.6: Peer/]],
  },
  {
    name: 'a mode that the old API did not know is pointed out, too (R203)',
    text: 'apiVersion: authentication.istio.io/v1alpha1\nkind: Policy\nmetadata: {name: a}\nspec: {peers: [{mtls: {mode: DISABLE}}]}\n',
    found: [
      ['MTLS0004', 'Policy', /ignored/],
      ['MTLS0004', 'DISABLE', /knows STRICT and PERMISSIVE/],
    ],
  },
  {
    name: 'a Policy of another API is none of our business',
    text: 'apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {}\n',
    found: [],
  },
  {
    name: 'a Helm template is not judged',
    text: `${head}spec: {mtls: {mode: {{ .Values.mode }}}}\n`,
    found: [],
  },
  {
    name: 'text in place of a map is underlined, for without it the policy would be a wider one',
    text: `${head}spec: {selector: httpbin, portLevelMtls: [8080]}\n`,
    found: [
      ['MTLS0101', 'httpbin', /^Expected a map, found "httpbin"\.$/],
      ['MTLS0101', 'portLevelMtls', /^Expected a map/],
    ],
  },
  {
    name: 'a spec that is no map is underlined',
    text: `${head}spec: STRICT\n`,
    found: [['MTLS0101', 'STRICT', /^Expected a map, found "STRICT"\.$/]],
  },
  {
    name: 'a tab is underlined',
    text: `${head}spec:\n\tmtls: {mode: STRICT}\n`,
    found: [['MTLS0001', '\t', /cannot read this document: Tabs are not allowed/]],
  },
  {
    name: 'a key that stands twice is underlined',
    text: `${head}spec:\n  mtls: {mode: STRICT}\n  mtls: {mode: DISABLE}\n`,
    found: [['MTLS0001', 'mtls', /cannot read this document: Map keys must be unique\.$/]],
  },
  {
    name: 'an alias without an anchor is named',
    text: `${head}spec: {mtls: *nothing}\n`,
    found: [['MTLS0001', `${head}spec: {mtls: *nothing}\n`, /Unresolved alias .*: nothing\.$/]],
  },
  {
    name: 'anchors and aliases are read',
    text: `${head}spec:\n  selector: {matchLabels: {a: b}}\n  mtls: &own {mode: STRICT}\n  portLevelMtls: {80: *own}\n`,
    found: [],
  },
  {
    name: 'a byte order mark moves nothing',
    text: `\uFEFF${head}spec: {mtls: {mode: STRCT}}\n`,
    found: [['MTLS0101', 'STRCT', /is not a mode/]],
  },
  {
    name: 'nor do the line ends of Windows',
    text: `${head}spec:\n  mtls:\n    mode: STRCT\n`.replaceAll('\n', '\r\n'),
    found: [['MTLS0101', 'STRCT', /is not a mode/]],
  },
  {
    name: 'YAML of other kinds is none of our business, broken or not',
    text: 'kind: Secret\nmetadata: [\n',
    found: [],
  },
];

for (const { name, text, found } of cases) {
  test(name, () => {
    const problems = fileFindings(readManifestFile('file:///a.yaml', text));
    assert.equal(problems.length, found.length, JSON.stringify(problems));
    for (const [index, { range, message, code }] of problems.entries()) {
      const [expectedCode, underlined, words] = found[index] ?? ['', '', /^$/];
      assert.equal(code, expectedCode);
      assert.equal(text.slice(range.start, range.end), underlined);
      assert.match(message, words);
    }
  });
}

test('broken YAML gives one clear sentence for its document', () => {
  const text = `${head}spec: {mtls: {mode: STRICT}\n---\n${head}`;
  const [problem, ...others] = fileFindings(readManifestFile('file:///a.yaml', text));
  assert.deepEqual(others, []);
  assert.equal(problem?.code, 'MTLS0001');
  assert.match(problem.message, /^Istio mTLS cannot read this document: [^\n]+[^.]\.$/);
  assert.ok(problem.range.end > problem.range.start);
});
