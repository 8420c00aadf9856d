import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestAt } from '../../../../src/sources/yaml/manifestAt.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import {
  definitionsAt,
  placeOf,
  referencesOf,
} from '../../../../src/surfaces/navigation/relations.ts';
import { meshOf, namespace, pod, service } from '../../../support/meshNotation.ts';

const cluster = meshOf([
  namespace('shop', 'istio-injection=enabled'),
  pod('shop/cart', 'sidecar'),
  pod('shop/web', 'sidecar'),
  service('shop/cart'),
]);

const policy = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: cart, namespace: shop}
spec: {selector: {matchLabels: {app: cart}}, mtls: {mode: STRICT}}
`;
const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec: {host: cart}
`;
const workload = `apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: app}]}
`;
const everything = [policy, rule, workload].join('---\n');

interface Case {
  readonly name: string;
  /** The text of the file in front of which the cursor stands. */
  readonly at: string;
  readonly ask: 'definition' | 'references';
  readonly leadsTo: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'a selector leads to its workloads',
    at: 'cart}}, mtls',
    ask: 'definition',
    leadsTo: ['Pod shop/cart in a file'],
  },
  {
    name: 'a host leads to its Service',
    at: 'cart}\n---\napiVersion: v1',
    ask: 'definition',
    leadsTo: ['Service shop/cart in the cluster'],
  },
  { name: 'a mode leads nowhere', at: 'STRICT', ask: 'definition', leadsTo: [] },
  {
    name: 'a workload is referred to by the policies that act on it, and by its Services',
    at: 'Pod',
    ask: 'references',
    leadsTo: [
      'PeerAuthentication shop/cart in a file',
      'DestinationRule shop/cart in a file',
      'Service shop/cart in the cluster',
    ],
  },
  {
    name: 'a rule is about a Service and the workloads behind it',
    at: 'DestinationRule',
    ask: 'references',
    leadsTo: ['Service shop/cart in the cluster', 'Pod shop/cart in a file'],
  },
];

for (const { name, at, ask, leadsTo } of cases) {
  test(name, () => {
    const file = readManifestFile('file:///a.yaml', everything);
    const own = manifestsOf(file).flatMap(({ object }) => object ?? []);
    const mesh = updateMesh(cluster, { upsert: own });
    const found = manifestAt(file, everything.indexOf(at));
    assert.ok(found?.manifest.object, 'the cursor is in a manifest');
    const refs =
      ask === 'definition'
        ? definitionsAt(mesh, found.manifest, found.path)
        : referencesOf(mesh, found.manifest.object);
    const said = refs.map((ref) => {
      const place = placeOf(mesh, ref, own);
      const where = place?.kind === 'file' ? 'in a file' : 'in the cluster';
      return `${ref.kind} ${ref.namespace}/${ref.name} ${where}`;
    });
    assert.deepEqual(said, leadsTo);
  });
}
