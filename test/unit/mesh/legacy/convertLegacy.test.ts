import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { convertLegacyPolicies } from '../../../../src/mesh/legacy/convertLegacy.ts';
import { describeConversionNote } from '../../../../src/mesh/words/describeConversion.ts';
import { decodeLegacyPolicy } from '../../../../src/mesh/decode/legacyPolicy.ts';
import type { MissingFact } from '../../../../src/mesh/model/explanation.ts';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import {
  destinationRule,
  meshOf,
  peerAuthentications,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface ConversionRow extends Row {
  readonly policies: readonly Json[];
  readonly given?: readonly Json[];
  readonly missing?: readonly MissingFact[];
  /** `namespace/name` of each new object and its spec. */
  readonly made: Readonly<Record<string, unknown>>;
  readonly notes?: readonly string[];
}

function legacy(at: string, spec: Json): Json {
  const [namespace, name] = at.split('/');
  const apiVersion = 'authentication.istio.io/v1alpha1';
  return name === undefined
    ? { apiVersion, kind: 'MeshPolicy', metadata: { name: namespace }, spec }
    : { apiVersion, kind: 'Policy', metadata: { namespace, name }, spec };
}

const STRICT = { peers: [{ mtls: {} }] };
const PERMISSIVE = { peers: [{ mtls: { mode: 'PERMISSIVE' } }] };
const cart = [service('shop/cart', { ports: ['http 80:8080', 'named 81:p-9090'] })];
const strictFor = (...targets: readonly Json[]): Json => ({ ...STRICT, targets });
const selector = { matchLabels: { app: 'cart' } };

const table: readonly ConversionRow[] = [
  {
    says: 'the MeshPolicy default becomes the policy of the root namespace',
    rules: ['R200', 'R207', 'R212'],
    policies: [legacy('default', STRICT)],
    made: { 'istio-system/default': { mtls: { mode: 'STRICT' } } },
  },
  {
    says: 'a Policy default without targets becomes the policy of its namespace',
    rules: ['R207'],
    policies: [legacy('shop/default', PERMISSIVE)],
    made: { 'shop/default': { mtls: { mode: 'PERMISSIVE' } } },
  },
  {
    says: 'other names without targets had no effect and make nothing',
    rules: ['R200', 'R201', 'R207'],
    policies: [legacy('shop/other', STRICT), legacy('other', STRICT)],
    made: {},
    notes: ['no-effect', 'no-effect'],
  },
  {
    says: 'a target becomes a selector: that of its Service',
    rules: ['R202', 'R207'],
    given: cart,
    policies: [legacy('shop/p', strictFor({ name: 'cart' }))],
    made: { 'shop/p': { selector, mtls: { mode: 'STRICT' } } },
  },
  {
    says: 'a port of a target becomes its workload port, and leaves the rest to wider policies',
    rules: ['R201', 'R202', 'R207', 'R208'],
    given: [...cart, pod('shop/cart', 'sidecar', { ports: [9090] })],
    policies: [
      legacy('shop/p', strictFor({ name: 'cart', ports: [{ number: 80 }, { name: 'named' }] })),
    ],
    made: {
      'shop/p': { selector, portLevelMtls: { 8080: { mode: 'STRICT' }, 9090: { mode: 'STRICT' } } },
    },
  },
  {
    says: 'several targets become several policies',
    rules: ['R207'],
    given: [...cart, service('shop/web')],
    policies: [legacy('shop/p', strictFor({ name: 'cart' }, { name: 'web' }))],
    made: {
      'shop/p-cart': { selector, mtls: { mode: 'STRICT' } },
      'shop/p-web': { selector: { matchLabels: { app: 'web' } }, mtls: { mode: 'STRICT' } },
    },
  },
  {
    says: 'a policy for a Service and one for its port become one',
    rules: ['R11', 'R207'],
    given: cart,
    policies: [
      legacy('shop/port', { ...PERMISSIVE, targets: [{ name: 'cart', ports: [{ number: 80 }] }] }),
      legacy('shop/all', strictFor({ name: 'cart' })),
    ],
    made: {
      'shop/port': {
        selector,
        mtls: { mode: 'STRICT' },
        portLevelMtls: { 8080: { mode: 'PERMISSIVE' } },
      },
    },
  },
  {
    says: 'two that say different modes for one Service are reported, and the first is taken',
    rules: ['R207'],
    given: cart,
    policies: [
      legacy('shop/a', strictFor({ name: 'cart' })),
      legacy('shop/b', { ...PERMISSIVE, targets: [{ name: 'cart' }] }),
    ],
    made: { 'shop/a': { selector, mtls: { mode: 'STRICT' } } },
    notes: ['contradiction'],
  },
  {
    says: 'policies for two Services over the same pods must be put together by hand',
    rules: ['R11', 'R207', 'R209'],
    given: [
      pod('shop/cart', 'sidecar', { labels: 'app=cart,tier=back' }),
      ...cart,
      service('shop/back', { selector: 'tier=back' }),
    ],
    policies: [legacy('shop/p', strictFor({ name: 'cart' }, { name: 'back' }))],
    made: {
      'shop/p-cart': { selector, mtls: { mode: 'STRICT' } },
      'shop/p-back': { selector: { matchLabels: { tier: 'back' } }, mtls: { mode: 'STRICT' } },
    },
    notes: ['merge-by-hand'],
  },
  {
    says: 'another Service over at least the same pods is pointed out',
    rules: ['R209'],
    given: [...cart, service('shop/alias', { selector: 'app=cart' })],
    policies: [legacy('shop/p', strictFor({ name: 'cart' }))],
    made: { 'shop/p': { selector, mtls: { mode: 'STRICT' } } },
    notes: ['pods-shared'],
  },
  {
    says: 'silence about mutual TLS becomes DISABLE, with a question mark',
    rules: ['R203', 'R207'],
    policies: [legacy('shop/default', {})],
    made: { 'shop/default': { mtls: { mode: 'DISABLE' } } },
    notes: ['disable-by-silence'],
  },
  {
    says: 'what is about end users is handed back to be done by hand',
    rules: ['R210'],
    policies: [legacy('shop/default', { ...STRICT, origins: [{ jwt: { issuer: 'x' } }] })],
    made: { 'shop/default': { mtls: { mode: 'STRICT' } } },
    notes: ['to-do-by-hand'],
  },
  {
    says: 'leniency that nobody obeyed is to be reviewed',
    rules: ['R204'],
    policies: [legacy('shop/default', { ...STRICT, peerIsOptional: true })],
    made: { 'shop/default': { mtls: { mode: 'STRICT' } } },
    notes: ['review-leniency'],
  },
  {
    says: 'Services that lead to no pods by labels cannot be mapped',
    rules: ['R209'],
    given: [
      service('shop/manual', { selector: '' }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace: 'shop', name: 'away' },
        spec: { type: 'ExternalName', externalName: 'example.com' },
      },
    ],
    policies: [
      legacy('shop/p', strictFor({ name: 'manual' }, { name: 'away' }, { name: 'nobody' })),
    ],
    made: {},
    notes: ['service-without-pods', 'service-without-pods', 'no-such-service'],
  },
  {
    says: 'a headless Service maps like any other',
    rules: ['R209'],
    given: [service('shop/cart', { headless: true })],
    policies: [legacy('shop/p', strictFor({ name: 'cart' }))],
    made: { 'shop/p': { selector, mtls: { mode: 'STRICT' } } },
  },
  {
    says: 'a Service that may not be read is not taken for one that does not exist',
    rules: ['R209'],
    missing: [{ kind: 'Service', namespace: 'shop', why: 'forbidden' }],
    policies: [legacy('shop/p', strictFor({ name: 'cart' }))],
    made: {},
    notes: ['service-unknown'],
  },
  {
    says: 'ports that do not exist, are not TCP or lead nowhere are left out',
    rules: ['R208'],
    given: [
      {
        ...service('shop/cart'),
        spec: {
          selector: { app: 'cart' },
          ports: [
            { name: 'dns', port: 53, protocol: 'UDP' },
            { name: 'named', port: 81, targetPort: 'nowhere' },
            { name: 'plain', port: 82 },
          ],
        },
      },
    ],
    policies: [
      legacy(
        'shop/p',
        strictFor({
          name: 'cart',
          ports: [{ number: 1 }, { number: 53 }, { number: 81 }, { number: 82 }],
        }),
      ),
    ],
    made: { 'shop/p': { selector, portLevelMtls: { 82: { mode: 'STRICT' } } } },
    notes: ['no-such-port', 'not-tcp', 'port-unresolved'],
  },
  {
    says: 'a named port that pods resolve differently is left out',
    rules: ['R208'],
    given: [
      service('shop/cart', { ports: ['http 80:web'] }),
      ...[8080, 9090].map((port) => ({
        ...pod(`shop/cart-${port}`, 'sidecar', { labels: 'app=cart' }),
        spec: { containers: [{ name: 'app', ports: [{ name: 'web', containerPort: port }] }] },
      })),
    ],
    policies: [legacy('shop/p', strictFor({ name: 'cart', ports: [{ number: 80 }] }))],
    made: {},
    notes: ['port-unresolved'],
  },
  {
    says: 'where a PeerAuthentication applies already, nothing is made of what it replaced',
    rules: ['R206'],
    given: [...cart, ...peerAuthentications(['istio-system/default STRICT'])],
    policies: [legacy('default', STRICT), legacy('shop/p', strictFor({ name: 'cart' }))],
    made: {},
    notes: ['already-replaced', 'already-replaced'],
  },
  {
    says: 'rules that legacy clients needed are superfluous with auto mTLS',
    rules: ['R211'],
    given: [destinationRule('istio-system/default', { host: '*.local', tls: 'ISTIO_MUTUAL' })],
    policies: [legacy('default', STRICT)],
    made: { 'istio-system/default': { mtls: { mode: 'STRICT' } } },
    notes: ['superfluous-rule'],
  },
];

function converted(
  row: ConversionRow,
  apiVersion?: string,
): ReturnType<typeof convertLegacyPolicies> {
  const options = row.missing === undefined ? {} : { missing: row.missing };
  const policies = row.policies.flatMap((each) => decodeLegacyPolicy(each).policy ?? []);
  return convertLegacyPolicies(meshOf(row.given ?? [], options), policies, apiVersion);
}

describe('legacy policies as PeerAuthentications', () => {
  rows(table, (row) => {
    const { manifests, notes } = converted(row);
    const made = manifests.map(({ metadata, spec }) => [
      `${metadata.namespace ?? ''}/${metadata.name}`,
      spec,
    ]);
    assert.deepEqual(Object.fromEntries(made), row.made);
    assert.deepEqual(
      notes.map(({ kind }) => kind),
      row.notes ?? [],
    );
  });

  it('are such that Istio takes them [R207 R281]', () => {
    const manifests = table.flatMap((row) => converted(row).manifests);
    const problems = manifests.flatMap((each) => decodeObject(each, { kind: 'cluster' }).problems);
    assert.deepEqual(problems, []);
  });

  it('are written in the version that the cluster serves [R212]', () => {
    const versions = table.flatMap((row) =>
      converted(row, 'security.istio.io/v1beta1').manifests.map(({ apiVersion }) => apiVersion),
    );
    assert.deepEqual(new Set(versions), new Set(['security.istio.io/v1beta1']));
  });

  it('come with notes that name the policy or the object [R210]', () => {
    for (const note of table.flatMap((row) => converted(row).notes)) {
      assert.match(describeConversionNote(note), /^(MeshPolicy|Policy|DestinationRule) .+\.$/);
    }
  });
});
