import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  kialiMeshLabel,
  kialiNamespaceLabel,
  kialiWorkloadLabel,
} from '../../../../src/mesh/connection/kialiLabel.ts';
import { oldestTlsVersion } from '../../../../src/mesh/server/tlsVersion.ts';
import { decodeMeshConfig } from '../../../../src/mesh/snapshot/meshConfig.ts';
import {
  destinationRule,
  istiod,
  meshConfig,
  meshOf,
  namespace,
  peerAuthentications,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows, type Row, type Rule } from '../../../support/meshRules.ts';

const POLICIES = ['none', 'STRICT', 'PERMISSIVE', 'DISABLE'] as const;
const auto = (on: boolean): Json => meshConfig(`enableAutoMtls: ${on}`);
const injected = namespace('shop', 'istio-injection=enabled');

interface MatrixRow {
  readonly auto: boolean;
  readonly rule: string;
  /** For no policy, STRICT, PERMISSIVE, DISABLE: E enabled, P partly, N not enabled, D disabled. */
  readonly namespace: string;
  readonly mesh: string;
}

const matrix: readonly MatrixRow[] = [
  { auto: true, rule: 'none', namespace: 'N E P D', mesh: 'N E P D' },
  { auto: true, rule: 'ISTIO_MUTUAL', namespace: 'P E P P', mesh: 'E E P P' },
  { auto: true, rule: 'MUTUAL', namespace: 'P E P P', mesh: 'E E P P' },
  { auto: true, rule: 'SIMPLE', namespace: 'P P P P', mesh: 'P P P P' },
  { auto: true, rule: 'DISABLE', namespace: 'P P P D', mesh: 'D P P D' },
  { auto: false, rule: 'none', namespace: 'N P P P', mesh: 'N P P D' },
  { auto: false, rule: 'ISTIO_MUTUAL', namespace: 'P E P P', mesh: 'P E P P' },
  { auto: false, rule: 'DISABLE', namespace: 'P P P D', mesh: 'D P P D' },
];

const LETTERS: Readonly<Record<string, string>> = {
  ENABLED: 'E',
  PARTIALLY_ENABLED: 'P',
  NOT_ENABLED: 'N',
  DISABLED: 'D',
};

function cells(row: MatrixRow, label: (policy: string, rules: readonly Json[]) => string): string {
  const rules = row.rule === 'none' ? [] : [row.rule];
  return POLICIES.map((policy) => {
    const hosts = { mesh: '*.local', namespace: '*.shop.svc.cluster.local' };
    const made = Object.entries(hosts).map(([name, host]) =>
      rules.map((tls) => destinationRule(`shop/${name}`, { host, tls })),
    );
    return LETTERS[label(policy, [injected, auto(row.auto), ...made.flat()])];
  }).join(' ');
}

describe('the label that Kiali would show', () => {
  for (const row of matrix) {
    const title = `rule ${row.rule} with auto mTLS ${row.auto ? 'on' : 'off'}`;
    it(`of a mesh: ${title} [R230 R232 R234]`, () => {
      const label = (policy: string, given: readonly Json[]): string =>
        kialiMeshLabel(
          meshOf([
            ...given,
            ...peerAuthentications(policy === 'none' ? [] : [`istio-system/default ${policy}`]),
          ]),
        ).label;
      assert.equal(cells(row, label), row.mesh);
    });
    it(`of a namespace: ${title} [R230 R231 R234]`, () => {
      const label = (policy: string, given: readonly Json[]): string => {
        // Without any policy a namespace is UNSET (R233): only an unread one leads to this column (R235).
        const written = policy === 'none' ? '{} STRICT' : policy;
        const mesh = meshOf([...given, ...peerAuthentications([`shop/default ${written}`])]);
        return kialiNamespaceLabel(mesh, 'shop');
      };
      assert.equal(cells(row, label), row.namespace);
    });
  }
});

interface LabelRow extends Row {
  readonly given: readonly Json[];
  readonly label: string;
}

const ofNamespace: readonly LabelRow[] = [
  { says: 'says nothing', rules: ['R233'], given: [], label: 'UNSET' },
  {
    says: 'inherits from a STRICT mesh',
    rules: ['R233'],
    given: peerAuthentications(['istio-system/default STRICT', 'shop/default UNSET']),
    label: 'UNSET_INHERITED_STRICT',
  },
  {
    says: 'inherits from a DISABLE mesh',
    rules: ['R233'],
    given: peerAuthentications(['istio-system/default DISABLE']),
    label: 'UNSET_INHERITED_DISABLED',
  },
  {
    says: 'has a policy that is refused',
    rules: ['R233'],
    given: peerAuthentications(['shop/default STRICT 8080:STRICT']),
    label: 'VALIDATION_ERROR',
  },
  {
    says: 'has two policies, of which the first by name counts and not the older',
    rules: ['R234', 'R238'],
    given: peerAuthentications(['shop/z STRICT', 'shop/a DISABLE']),
    label: 'DISABLED',
  },
  {
    says: 'has a policy with an empty selector, which is not read',
    rules: ['R235'],
    given: peerAuthentications(['shop/default {} STRICT']),
    label: 'NOT_ENABLED',
  },
  {
    says: 'has a rule of its own host, in any namespace',
    rules: ['R231', 'R234'],
    given: [
      ...peerAuthentications(['shop/default STRICT']),
      destinationRule('web/x', { host: '*.shop.svc.cluster.local', tls: 'SIMPLE' }),
    ],
    label: 'PARTIALLY_ENABLED',
  },
];

describe('the label that Kiali would show of a namespace that', () => {
  rows(ofNamespace, ({ given, label }) => {
    assert.equal(kialiNamespaceLabel(meshOf(given), 'shop'), label);
  });

  it('is the root namespace: the mesh’s own [R233]', () => {
    const mesh = meshOf(peerAuthentications(['istio-system/default STRICT']));
    assert.equal(kialiNamespaceLabel(mesh, 'istio-system'), 'ENABLED');
  });
});

const ofMesh: readonly LabelRow[] = [
  {
    says: 'an mtls block without a mode counts',
    rules: ['R232'],
    given: peerAuthentications(['istio-system/default UNSET']),
    label: 'PARTIALLY_ENABLED',
  },
  {
    says: 'no mtls block does not',
    rules: ['R232'],
    given: peerAuthentications(['istio-system/default']),
    label: 'NOT_ENABLED',
  },
  {
    says: 'the namespace of istiod counts, not the root namespace',
    rules: ['R234'],
    given: [
      istiod({}),
      meshConfig('rootNamespace: mesh-policies'),
      ...peerAuthentications(['mesh-policies/default STRICT']),
    ],
    label: 'NOT_ENABLED',
  },
  {
    says: 'a rule for *.local counts only where sidecars are injected',
    rules: ['R234'],
    given: [namespace('web'), destinationRule('web/x', { host: '*.local', tls: 'ISTIO_MUTUAL' })],
    label: 'NOT_ENABLED',
  },
];

describe('the label that Kiali would show of a mesh:', () => {
  rows(ofMesh, ({ given, label }) => {
    assert.equal(kialiMeshLabel(meshOf(given)).label, label);
  });
});

const rule = (tls: string): Json => destinationRule('shop/cart', { host: 'cart', tls });
const cart = [pod('shop/cart', 'none'), service('shop/cart')];

const ofWorkload: readonly LabelRow[] = [
  { says: 'no policy', rules: ['R236'], given: cart, label: 'NOT_ENABLED' },
  {
    says: 'STRICT, although nothing enforces it',
    rules: ['R236', 'R238'],
    given: [...cart, ...peerAuthentications(['shop/c app=cart STRICT'])],
    label: 'ENABLED',
  },
  {
    says: 'DISABLE, and an unset one before it',
    rules: ['R236'],
    given: [...cart, ...peerAuthentications(['shop/a app=cart', 'shop/b app=cart DISABLE'])],
    label: 'DISABLED',
  },
  ...(['ISTIO_MUTUAL ENABLED', 'DISABLE DISABLED', 'SIMPLE NOT_ENABLED'] as const).map((words) => {
    const [tls = '', label = ''] = words.split(' ');
    const rules: readonly Rule[] = ['R236'];
    const policies = peerAuthentications(['shop/c app=cart PERMISSIVE']);
    return {
      says: `PERMISSIVE with a rule ${tls}`,
      rules,
      given: [...cart, rule(tls), ...policies],
      label,
    };
  }),
];

describe('the label that Kiali would show of a workload:', () => {
  rows(ofWorkload, ({ given, label }) => {
    const ref = { kind: 'Pod', namespace: 'shop', name: 'cart' } as const;
    assert.equal(kialiWorkloadLabel(meshOf(given), ref), label);
  });
});

describe('the oldest TLS version that is taken', () => {
  it('is 1.2 unless the mesh config asks for 1.3, as Kiali shows it [R26 R237]', () => {
    assert.equal(kialiMeshLabel(meshOf([])).minTls, 'TLSV1_2');
    const strict = meshOf([meshConfig('meshMTLS:\n  minProtocolVersion: TLSV1_3')]);
    assert.equal(kialiMeshLabel(strict).minTls, 'TLSV1_3');
  });

  it('is always 1.3 inside HBONE [R26]', () => {
    const config = decodeMeshConfig({ meshMTLS: { minProtocolVersion: 'TLSV1_2' } });
    assert.equal(oldestTlsVersion(config, 'hbone'), 'TLSV1_3');
    assert.equal(oldestTlsVersion(config, 'istio'), 'TLSV1_2');
  });
});
