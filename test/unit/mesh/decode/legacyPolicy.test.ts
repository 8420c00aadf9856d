import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { legacyMode, type LegacyQuestion } from '../../../../src/mesh/legacy/legacyMode.ts';
import { decodeLegacyPolicy, type LegacyPolicy } from '../../../../src/mesh/decode/legacyPolicy.ts';
import { manifestsOf } from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

/** Policies in one line each: `shop/name {spec in YAML}`; without a namespace a MeshPolicy. */
function policiesOf(lines: readonly string[]): readonly LegacyPolicy[] {
  return lines.map((line) => {
    const [at = '', ...spec] = line.split(' ');
    const [namespace, name] = at.includes('/') ? at.split('/') : [undefined, at];
    const kind = namespace === undefined ? 'MeshPolicy' : 'Policy';
    const place = namespace === undefined ? '' : `namespace: ${namespace}, `;
    const yaml = `apiVersion: authentication.istio.io/v1alpha1\nkind: ${kind}\nmetadata: { ${place}name: ${name} }\nspec: ${spec.join(' ')}`;
    const { policy, problems } = decodeLegacyPolicy(manifestsOf(yaml)[0]);
    assert.deepEqual(problems, []);
    assert.ok(policy);
    return policy;
  });
}

const STRICT = '{ peers: [{ mtls: null }] }';
const PERMISSIVE = '{ peers: [{ mtls: { mode: PERMISSIVE } }] }';
const forTarget = (target: string, mode: string): string =>
  `{ targets: [${target}], peers: [{ mtls: { mode: ${mode} } }] }`;

interface ModeRow extends Row {
  readonly spec: string;
  readonly mode: string;
  readonly lenient?: readonly string[];
  readonly aboutUsers?: readonly string[];
}

const modes: readonly ModeRow[] = [
  { says: 'mtls: null means STRICT', rules: ['R203'], spec: STRICT, mode: 'STRICT' },
  {
    says: 'mtls: {} means STRICT',
    rules: ['R203'],
    spec: '{ peers: [{ mtls: {} }] }',
    mode: 'STRICT',
  },
  { says: 'a mode is taken as it is', rules: ['R203'], spec: PERMISSIVE, mode: 'PERMISSIVE' },
  { says: 'no peers mean DISABLE', rules: ['R203'], spec: '{}', mode: 'DISABLE' },
  { says: 'an empty list means DISABLE', rules: ['R203'], spec: '{ peers: [] }', mode: 'DISABLE' },
  {
    says: 'a policy that only knows end users means DISABLE, and says what is about them',
    rules: ['R203', 'R210'],
    spec: '{ peers: [{ jwt: {} }], origins: [{ jwt: { triggerRules: [] } }], originIsOptional: true, principalBinding: USE_ORIGIN }',
    mode: 'DISABLE',
    aboutUsers: [
      'origins',
      'originIsOptional',
      'principalBinding',
      'peers[].jwt',
      'jwt.triggerRules',
    ],
  },
  {
    says: 'allowTls and peerIsOptional change nothing and are kept for review',
    rules: ['R204'],
    spec: '{ peers: [{ mtls: { allowTls: true } }], peerIsOptional: true }',
    mode: 'STRICT',
    lenient: ['mtls.allowTls', 'peerIsOptional'],
  },
];

describe('what a legacy policy says', () => {
  rows(modes, (row) => {
    const [policy] = policiesOf([`shop/default ${row.spec}`]);
    assert.equal(policy?.mode, row.mode);
    assert.deepEqual(policy.lenient, row.lenient ?? []);
    assert.deepEqual(policy.aboutUsers, row.aboutUsers ?? []);
  });

  it('is read of its own API group only [R200]', () => {
    const value = { apiVersion: 'policy/v1', kind: 'Policy', metadata: { name: 'x' } };
    assert.deepEqual(decodeLegacyPolicy(value), { policy: undefined, problems: [] });
  });

  it('names the place of an unknown mode [R203]', () => {
    const spec = { peers: [{ jwt: {} }, { mtls: { mode: 'ON' } }], targets: [{}] };
    const metadata = { name: 'x', namespace: 'shop' };
    const apiVersion = 'authentication.istio.io/v1alpha1';
    const { problems } = decodeLegacyPolicy({ apiVersion, kind: 'Policy', metadata, spec });
    assert.deepEqual(
      problems.map(({ path }) => path.join('.')),
      ['spec.targets.0.name', 'spec.peers.1.mtls.mode'],
    );
  });
});

interface LookupRow extends Row {
  readonly policies: readonly string[];
  readonly istio?: '1.4' | '1.5';
  readonly applies?: boolean;
  /** `MODE name`, `MODE` for the default, or nothing where legacy policies have no say. */
  readonly found: string;
}

const lookups: readonly LookupRow[] = [
  {
    says: 'a policy for the port goes before one for the service, the namespace and the mesh',
    rules: ['R201', 'R202'],
    policies: [
      `default ${STRICT}`,
      `shop/default ${STRICT}`,
      `shop/service ${forTarget('{ name: cart }', 'STRICT')}`,
      `shop/port ${forTarget('{ name: cart, ports: [{ number: 80 }] }', 'PERMISSIVE')}`,
    ],
    found: 'PERMISSIVE port',
  },
  {
    says: 'a target names a Service port by name too',
    rules: ['R202'],
    policies: [`shop/port ${forTarget('{ name: cart, ports: [{ name: http }] }', 'STRICT')}`],
    found: 'STRICT port',
  },
  {
    says: 'a target for another port or service does not count',
    rules: ['R202'],
    policies: [
      `shop/other ${forTarget('{ name: cart, ports: [{ number: 81 }] }, { name: web }', 'STRICT')}`,
    ],
    found: 'PERMISSIVE',
  },
  {
    says: 'the namespace’s policy replaces the mesh’s, and says DISABLE by saying nothing',
    rules: ['R201', 'R203'],
    policies: [`default ${STRICT}`, 'shop/default {}'],
    found: 'DISABLE default',
  },
  {
    says: 'a policy of the namespace without targets has no effect under another name',
    rules: ['R201'],
    policies: [`shop/other ${STRICT}`],
    found: 'PERMISSIVE',
  },
  {
    says: 'a MeshPolicy has no effect under another name than default',
    rules: ['R200'],
    policies: [`other ${STRICT}`],
    found: 'PERMISSIVE',
  },
  { says: 'nothing means PERMISSIVE to 1.5', rules: ['R205'], policies: [], found: 'PERMISSIVE' },
  {
    says: 'nothing means plaintext to 1.4',
    rules: ['R205'],
    policies: [],
    istio: '1.4',
    found: 'DISABLE',
  },
  {
    says: 'a PeerAuthentication that applies leaves legacy policies no say in 1.5',
    rules: ['R206'],
    policies: [`default ${STRICT}`],
    applies: true,
    found: '',
  },
  {
    says: 'to 1.4 a PeerAuthentication means nothing',
    rules: ['R200', 'R206'],
    policies: [`default ${STRICT}`],
    applies: true,
    istio: '1.4',
    found: 'STRICT default',
  },
];

describe('which legacy policy decides', () => {
  rows(lookups, (row) => {
    const question: LegacyQuestion = {
      namespace: 'shop',
      service: 'cart',
      port: { number: 80, name: 'http' },
      istio: row.istio ?? '1.5',
      peerAuthenticationApplies: row.applies ?? false,
    };
    const found = legacyMode(policiesOf(row.policies), question);
    assert.equal([found?.mode, found?.from?.name].filter(Boolean).join(' '), row.found);
  });
});
