import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cursorPath } from '../../../../src/sources/yaml/cursorPath.ts';
import { unfinishedDocument } from '../../../../src/sources/yaml/unfinishedManifest.ts';
import { completionsAt } from '../../../../src/surfaces/completion/completions.ts';
import { destinationRule, meshOf, namespace, pod, service } from '../../../support/meshNotation.ts';

const mesh = meshOf([
  namespace('shop'),
  pod('shop/cart-v1', 'sidecar', { labels: 'app=cart,version=v1', ports: [8080, 9090] }),
  pod('shop/cart-v2', 'sidecar', { labels: 'app=cart,version=v2', ports: [8080] }),
  pod('shop/web', 'sidecar', { labels: 'app=web,pod-template-hash=1', ports: [80] }),
  service('shop/cart', { ports: ['http 80:8080'] }),
  namespace('bank'),
  service('bank/cash', { ports: ['tcp 5432:5432'] }),
  destinationRule('shop/cart', {
    host: 'cart',
    subsets: [{ name: 'v1', labels: { version: 'v1' } }],
  }),
]);

const policy = (spec: string): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: a\n  namespace: shop\nspec:\n${spec}`;
const rule = (spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: a\n  namespace: shop\nspec:\n${spec}`;
const route = (spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: a\n  namespace: shop\nspec:\n${spec}`;

interface Case {
  readonly name: string;
  readonly text: string;
  /** False where another extension knows the schema. */
  readonly fields?: boolean;
  readonly offers: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'the namespaces of the mesh',
    text: policy('  mtls: {}').replace('namespace: shop', 'namespace: ¦'),
    offers: ['bank (0 workloads)', 'shop (3 workloads)'],
  },
  {
    name: 'labels, with how many workloads have them, and none that the next roll-out changes',
    text: policy('  selector:\n    matchLabels:\n      ¦'),
    offers: ['app (on 3 workloads)', 'version (on 2 workloads)'],
  },
  {
    name: 'values of a label, with how many workloads each selects',
    text: policy('  selector:\n    matchLabels:\n      app: c¦'),
    offers: ['cart (selects 2 workloads)', 'web (selects 1 workload)'],
  },
  {
    name: 'values beside the labels that are there already',
    text: policy('  selector:\n    matchLabels:\n      app: cart\n      version: ¦'),
    offers: ['v1 (selects 1 workload)', 'v2 (selects 1 workload)'],
  },
  {
    name: 'container ports of exactly the selected workloads, and not one that is listed',
    text: policy(
      '  selector:\n    matchLabels:\n      app: cart\n  portLevelMtls:\n    9090:\n      mode: STRICT\n    ¦',
    ),
    offers: ['8080 (container port of 2 workloads, named p-8080, called as cart:80)'],
  },
  {
    name: 'no port where nothing is selected',
    text: policy('  portLevelMtls:\n    ¦'),
    fields: false,
    offers: [],
  },
  {
    name: 'modes',
    text: policy('  mtls:\n    mode: ¦'),
    offers: [
      'UNSET (inherit)',
      'DISABLE ()',
      'PERMISSIVE (accept mutual TLS and plaintext)',
      'STRICT (accept only mutual TLS)',
    ],
  },
  {
    name: 'modes of a port whose key is a number',
    text: policy('  portLevelMtls:\n    8080:\n      mode: ST¦'),
    offers: [
      'UNSET (inherit)',
      'DISABLE ()',
      'PERMISSIVE (accept mutual TLS and plaintext)',
      'STRICT (accept only mutual TLS)',
    ],
  },
  {
    name: 'no mode where another extension offers it',
    text: policy('  mtls:\n    mode: ¦'),
    fields: false,
    offers: [],
  },
  {
    name: 'labels also where another extension knows the schema',
    text: policy('  selector:\n    matchLabels:\n      app: ¦'),
    fields: false,
    offers: ['cart (selects 2 workloads)', 'web (selects 1 workload)'],
  },
  {
    name: 'fields that are not there yet',
    text: policy('  mtls:\n    mode: STRICT\n  s¦'),
    offers: ['portLevelMtls (object)', 'selector (object)'],
  },
  {
    name: 'hosts, those of the own namespace first',
    text: rule('  host: ¦'),
    offers: [
      'cart.shop.svc.cluster.local (Service in shop, port 80)',
      'cash.bank.svc.cluster.local (Service in bank, port 5432)',
    ],
  },
  {
    name: 'Service ports of the host of a rule',
    text: rule(
      '  host: cart\n  trafficPolicy:\n    portLevelSettings:\n      - port:\n          number: ¦',
    ),
    offers: ['80 (port http of Service cart)'],
  },
  {
    name: 'labels that tell apart the pods behind the host, for a subset',
    text: rule('  host: cart\n  subsets:\n    - name: v1\n      labels:\n        version: ¦'),
    offers: ['v1 (selects 1 workload)', 'v2 (selects 1 workload)'],
  },
  {
    name: 'subsets of the host of a route',
    text: route(
      '  http:\n    - route:\n        - destination:\n            host: cart\n            subset: ¦',
    ),
    offers: ['v1 (version=v1)'],
  },
  {
    name: 'kinds of the group that is written',
    text: 'apiVersion: security.istio.io/v1\nkind: ¦\n',
    offers: [
      'AuthorizationPolicy (Istio)',
      'PeerAuthentication (Istio)',
      'RequestAuthentication (Istio)',
    ],
  },
  { name: 'nothing in a kind of somebody else', text: 'kind: Foo\nspec:\n  ¦', offers: [] },
];

for (const { name, text, fields = true, offers } of cases) {
  test(`completion offers ${name}`, () => {
    const plain = text.replace('¦', '');
    const cursor = cursorPath(plain, text.indexOf('¦'));
    assert.ok(cursor);
    const manifest = unfinishedDocument(plain, cursor);
    const found = completionsAt(mesh, { manifest, path: cursor.path, on: cursor.on, fields });
    assert.deepEqual(
      found.map(({ label, detail }) => `${label} (${detail})`),
      offers,
    );
  });
}
