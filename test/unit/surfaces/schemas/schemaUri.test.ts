import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindSchema, schemaAt, schemaKinds } from '../../../../src/surfaces/schemas/kindSchemas.ts';
import {
  mappedPatterns,
  namesSchema,
  schemaContent,
  schemaUriOf,
} from '../../../../src/surfaces/schemas/schemaUri.ts';

const policy = 'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nspec: {}\n';
const rule = 'apiVersion: "networking.istio.io/v1beta1"\nkind: DestinationRule\n';
const service = 'apiVersion: v1\nkind: Service\n';

/** What the schemas of a file say that `kind` is, document by document; `any` where they say nothing. */
function kindsOf(text: string): readonly string[] | undefined {
  const uri = schemaUriOf(text);
  const content = uri === undefined ? undefined : schemaContent(uri);
  if (content === undefined) return undefined;
  interface Part {
    readonly properties?: { readonly kind: { readonly enum: readonly string[] } };
  }
  const read = JSON.parse(content) as Part & { readonly schemaSequence?: readonly Part[] };
  return (read.schemaSequence ?? [read]).map(({ properties }) => properties?.kind.enum[0] ?? 'any');
}

const files: readonly {
  readonly name: string;
  readonly text: string;
  readonly kinds: readonly string[] | undefined;
}[] = [
  { name: 'one policy', text: policy, kinds: ['PeerAuthentication'] },
  {
    name: 'several, in their order',
    text: `${policy}---\n${rule}`,
    kinds: ['PeerAuthentication', 'DestinationRule'],
  },
  {
    name: 'documents with nothing between',
    text: `${policy}---\n# nothing\n---\n${rule}---\n`,
    kinds: ['PeerAuthentication', 'any', 'DestinationRule', 'any'],
  },
  { name: 'a kind of others among them', text: `${policy}---\n${service}`, kinds: undefined },
  { name: 'a kind of others', text: service, kinds: undefined },
  {
    name: 'a kind of that name in another group',
    text: policy.replace('security.istio.io', 'example.org'),
    kinds: undefined,
  },
  { name: 'a version that is not served', text: policy.replace('/v1', '/v7'), kinds: undefined },
  { name: 'nothing', text: '# nothing yet\n', kinds: undefined },
];

for (const { name, text, kinds } of files) {
  test(`the schema of a file with ${name}`, () => {
    assert.deepEqual(kindsOf(text), kinds);
  });
}

test('the schemas say what Istio’s definitions say', () => {
  const mode = ['spec', 'mtls', 'mode'];
  const schema = kindSchema('security.istio.io/v1', 'PeerAuthentication');
  assert.deepEqual(schemaAt(schema, mode)?.enum, ['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT']);
  const ports = schemaAt(schema, ['spec', 'portLevelMtls', '8080', 'mode']);
  assert.deepEqual(ports?.enum, ['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT']);
  const rules = kindSchema('networking.istio.io/v1', 'DestinationRule');
  const tls = schemaAt(rules, ['spec', 'trafficPolicy', 'portLevelSettings', 0, 'tls', 'mode']);
  assert.deepEqual(tls?.enum, ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']);
  assert.deepEqual(rules?.properties?.['spec']?.required, ['host']);
  assert.equal(schemaAt(schema, ['spec', 'nonsense']), undefined);
});

test('there is a schema of every security and networking kind', () => {
  const kinds = schemaKinds().map(({ kind }) => kind);
  for (const kind of [
    'AuthorizationPolicy',
    'Gateway',
    'ServiceEntry',
    'Sidecar',
    'VirtualService',
  ])
    assert.ok(kinds.includes(kind), kind);
});

test('what the user maps is found, whether one pattern or several', () => {
  const setting = { 'https://a/schema.json': ['*.k8s.yaml', '/x.yaml'], kubernetes: 'deploy/**' };
  assert.deepEqual(mappedPatterns(setting), ['*.k8s.yaml', '/x.yaml', 'deploy/**']);
  for (const odd of [undefined, null, 'x', { a: 5 }]) assert.deepEqual(mappedPatterns(odd), []);
});

test('a file that names its schema is left to it', () => {
  assert.ok(namesSchema(`# yaml-language-server: $schema=https://a/b.json\n${policy}`));
  assert.ok(!namesSchema(policy));
});
