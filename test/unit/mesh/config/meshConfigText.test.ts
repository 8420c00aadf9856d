import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { connect } from '../../../../src/mesh/connection/connection.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { describeMissing } from '../../../../src/mesh/words/describe.ts';
import { meshOf, namespace, pod, service, type Json } from '../../../support/meshNotation.ts';

function configMap(name: string, data: Readonly<Record<string, unknown>>): Json {
  const metadata = { namespace: 'istio-system', name };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

const world: readonly Json[] = [
  namespace('shop', 'istio-injection=enabled'),
  pod('shop/cart', 'sidecar'),
  pod('shop/web', 'sidecar'),
  service('shop/cart'),
];

function meshWith(text: string): Mesh {
  return meshOf([...world, configMap('istio', { mesh: text })]);
}

/** What becomes of a call between two sidecars. */
function call(mesh: Mesh): string {
  const client = {
    kind: 'workload',
    workload: { kind: 'Pod', namespace: 'shop', name: 'web' },
  } as const;
  const server = { host: 'cart.shop.svc.cluster.local', port: 8080 };
  return connect(mesh, client, server)[0].outcome.kind;
}

const off = ['false', 'no', 'off', 'False', 'NO', 'n', 'Off'];
const on = ['true', 'yes', 'on', 'True', '~'];

describe('the mesh config of a ConfigMap', () => {
  for (const word of off) {
    it(`turns auto mutual TLS off with ${word}, as Istio’s own reader does`, () => {
      assert.equal(call(meshWith(`enableAutoMtls: ${word}\n`)), 'plaintext');
    });
  }

  for (const word of on) {
    it(`leaves auto mutual TLS on with ${word}`, () => {
      assert.equal(call(meshWith(`enableAutoMtls: ${word}\n`)), 'mutual-tls');
    });
  }

  const readable: Readonly<Record<string, string>> = {
    'a quoted text over two lines':
      "accessLogFormat: 'ACC chain=%X%\n  flags=%Y%'\nenableAutoMtls: false\n",
    'a folded text': 'accessLogFormat: >-\n  one\n  two\nenableAutoMtls: false\n',
    'a text with indented lines': 'x: |\n  a:\n    b: c\nenableAutoMtls: false\n',
    'anchors and aliases': 'x: &a [b]\ny: *a\nenableAutoMtls: false\n',
    JSON: '{"enableAutoMtls":false}',
    'a flow mapping over lines': '{enableAutoMtls:\n  false}',
    'a key that is given twice, the last of which counts':
      'enableAutoMtls: true\nenableAutoMtls: false\n',
  };
  for (const [what, text] of Object.entries(readable)) {
    it(`is read with ${what}`, () => {
      assert.equal(call(meshWith(text)), 'plaintext');
    });
  }

  const unreadable: Readonly<Record<string, readonly [text: string, why: string]>> = {
    'a switch that is text': ['enableAutoMtls: "false"', 'enableAutoMtls is not true or false'],
    'a root namespace that is a number': [
      'rootNamespace: 7',
      'rootNamespace is not the name of a namespace',
    ],
    'a trust domain that is a map': [
      'trustDomain: {a: b}',
      'trustDomain is not text that is not empty',
    ],
    'aliases that are no list': [
      'trustDomainAliases: a',
      'trustDomainAliases is not a list of texts',
    ],
    'selectors with a number in them': [
      'discoverySelectors: [{matchLabels: {a: 1}}]',
      'discoverySelectors is not a list of label selectors',
    ],
    'a mode that does not exist': [
      'outboundTrafficPolicy: {mode: ANY}',
      'outboundTrafficPolicy is not { "mode"',
    ],
    'text that is no mapping': ['hello', 'it is no mapping of fields'],
    'text that is no YAML': ['a: [', 'it is not valid YAML'],
    'an alias without an anchor': ['a: *b', 'Unresolved alias'],
    'two thousand brackets': ['['.repeat(2000), 'it is nested more than 100 levels deep'],
    'a hundred thousand items': [`a:\n${'- b\n'.repeat(100_000)}`, 'it is too large to be read'],
    'aliases that expand without end': [
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n`,
      'Excessive alias count',
    ],
  };
  for (const [what, [text, why]] of Object.entries(unreadable)) {
    it(`leaves unknown what depends on it, and says why: ${what}`, () => {
      const mesh = meshWith(text);
      const said = mesh.missing.map(describeMissing).join(' ');
      assert.ok(said.startsWith(`ConfigMap istio in istio-system is invalid (${why}`), said);
      assert.equal(call(mesh), 'unknown');
    });
  }

  it('is ignored where a setting gives another one', () => {
    const mesh = meshOf([...world, configMap('istio', { mesh: 'a: [' })], {
      overrides: { meshConfig: { enableAutoMtls: false } },
    });
    assert.deepEqual(mesh.missing, []);
    assert.equal(call(mesh), 'plaintext');
  });

  it('never throws, whatever the text', () => {
    const unit = fc.constantFrom(
      'a',
      ':',
      ' ',
      '-',
      '\n',
      '"',
      "'",
      '[',
      ']',
      '{',
      '#',
      '|',
      '&',
      '*',
      '!',
      '\r',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        meshOf([
          configMap('istio', { mesh: text }),
          configMap('istio-sidecar-injector', { config: text, values: text }),
        ]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the injector’s ConfigMap', () => {
  const template = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'next' },
    spec: {
      template: { metadata: { labels: { app: 'next' } }, spec: { containers: [{ name: 'app' }] } },
    },
  };

  it('that cannot be read leaves unknown what new pods become, but not what the mesh config says', () => {
    const mesh = meshOf([
      ...world,
      template,
      configMap('istio', { mesh: 'enableAutoMtls: false' }),
      configMap('istio-sidecar-injector', { config: 'policy: [enabled]' }),
    ]);
    assert.deepEqual(mesh.missing.map(describeMissing), [
      'ConfigMap istio-sidecar-injector in istio-system is invalid (policy is not text).',
    ]);
    assert.equal(call(mesh), 'plaintext');
  });
});
