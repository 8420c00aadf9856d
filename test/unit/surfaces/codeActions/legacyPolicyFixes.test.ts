import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import { applyEdits } from '../../../../src/sources/yaml/textRange.ts';
import { legacyPolicyFixes } from '../../../../src/surfaces/codeActions/legacyPolicyFixes.ts';

const services = readManifestFile(
  'services.yaml',
  `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80, targetPort: 8080}]}
`,
);
const mesh = buildMesh({ objects: manifestsOf(services).flatMap(({ object }) => object ?? []) });

const old = (kind: string, name: string, spec: string): string =>
  `apiVersion: authentication.istio.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}${kind === 'Policy' ? ', namespace: shop' : ''}}\nspec: ${spec}\n`;
const made = (name: string, spec: string): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n${spec}`;

const strict = '{peers: [{mtls: {}}]}';
const cart = '{targets: [{name: cart}], peers: [{mtls: {}}]}';
const cartPort =
  '{targets: [{name: cart, ports: [{number: 80}]}], peers: [{mtls: {mode: PERMISSIVE}}]}';
const selector = '  selector:\n    matchLabels:\n      app: cart\n';

interface Case {
  readonly name: string;
  readonly before: string;
  readonly title?: string;
  readonly after?: string;
}

const cases: readonly Case[] = [
  {
    name: 'a policy of a namespace is replaced where it stands; comments and neighbours stay',
    before: `# ours\n${old('Policy', 'default', strict)}---\nkind: Other\n`,
    title: 'Convert the old policy to a PeerAuthentication',
    after: `# ours\n${made('default', '  mtls:\n    mode: STRICT\n')}---\nkind: Other\n`,
  },
  {
    name: 'two policies for the same pods become one, because of two only the older would count (R11)',
    before: `${old('Policy', 'cart', cart)}---\n# the port\n${old('Policy', 'port', cartPort)}`,
    title: 'Convert the 2 old policies to a PeerAuthentication',
    after: `# the port\n${made(
      'cart',
      `${selector}  mtls:\n    mode: STRICT\n  portLevelMtls:\n    8080:\n      mode: PERMISSIVE\n`,
    )}`,
  },
  {
    name: 'what has to be done by hand stays as a comment (R210)',
    before: old('Policy', 'default', '{peers: [{mtls: {}}], principalBinding: USE_ORIGIN}'),
    title: 'Convert the old policy to a PeerAuthentication',
    after: `# Policy shop/default sets principalBinding: write a RequestAuthentication, and an AuthorizationPolicy that requires a request principal.
#   spec:
#     peers:
#       - mtls: {}
#     principalBinding: USE_ORIGIN
${made('default', '  mtls:\n    mode: STRICT\n')}`,
  },
  {
    name: 'the file keeps its line ends',
    before: old('Policy', 'default', strict).replaceAll('\n', '\r\n'),
    title: 'Convert the old policy to a PeerAuthentication',
    after: made('default', '  mtls:\n    mode: STRICT\n').replaceAll('\n', '\r\n'),
  },
  { name: 'a policy without effect has nothing to become', before: old('Policy', 'x', strict) },
  {
    name: 'a Policy of another API is left alone',
    before: 'apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: default}\nspec: {}\n',
  },
];

for (const { name, before, title, after } of cases) {
  test(name, () => {
    const file = readManifestFile('old.yaml', before);
    const [document] = file.documents;
    const manifest = manifestsOf(file)[0];
    const fixes =
      document === undefined || manifest === undefined
        ? []
        : legacyPolicyFixes(file, { document, manifest }, mesh);
    assert.deepEqual(
      fixes.map((fix) => fix.title),
      title === undefined ? [] : [title],
    );
    if (after !== undefined) assert.equal(applyEdits(before, fixes[0]?.edits ?? []), after);
  });
}
