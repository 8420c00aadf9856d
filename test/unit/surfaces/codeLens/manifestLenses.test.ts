import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lensTitle, lensesOf } from '../../../../src/surfaces/codeLens/manifestLenses.ts';
import { driftBetween, type Drift } from '../../../../src/surfaces/drift/drift.ts';
import { findObject } from '../../../../src/mesh/snapshot/findObject.ts';
import { finish } from '../../../../src/mesh/connection/steps.ts';
import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { Manifest } from '../../../../src/mesh/model/manifest.ts';
import {
  manifestsOf,
  readManifestFile,
  type ManifestText,
} from '../../../../src/sources/yaml/manifestFile.ts';
import {
  meshOf,
  namespace,
  peerAuthentication,
  pod,
  service,
} from '../../../support/meshNotation.ts';

const live = peerAuthentication('shop/default PERMISSIVE', 0);
const cluster = meshOf([
  namespace('shop', 'istio-injection=enabled'),
  pod('shop/cart', 'sidecar'),
  pod('shop/batch', 'none'),
  service('shop/cart', { ports: ['p-8080 80:8080'] }),
  live,
]);

const policy = (mode: string, name = 'default'): string =>
  `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: ${name}, namespace: shop}
spec: {mtls: {mode: ${mode}}}
`;
const serviceText = (port: number): string =>
  `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: p-8080, port: ${port}, targetPort: 8080}]}
`;

/** As a cluster that was read answers for an object. */
function drift(mesh: Mesh | undefined, manifest: ManifestText, read: boolean): Drift {
  const { object, value } = manifest;
  if (mesh === undefined || object === undefined) return { kind: 'no-cluster' };
  const inCluster = findObject(mesh, object);
  if (inCluster === undefined) return { kind: 'absent' };
  const present = { kind: 'present', manifest: live as unknown as Manifest } as const;
  const known = read && object.kind === 'PeerAuthentication' ? present : undefined;
  return driftBetween({ value, object, inCluster, live: known });
}

interface Case {
  readonly name: string;
  readonly text: string;
  readonly cluster?: Mesh;
  /** Whether live objects have been read. */
  readonly read?: boolean;
  readonly says: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'without a cluster say what a policy does in the workspace',
    text: policy('STRICT'),
    says: ['STRICT on 2 workloads (nothing enforces it on 1)'],
  },
  {
    name: 'say what applying the text would change, and offer it',
    text: policy('STRICT'),
    cluster,
    read: true,
    says: [
      'STRICT on 2 workloads (nothing enforces it on 1)',
      '2 connections would be refused · Show',
      'Diff with Cluster (spec.mtls.mode)',
      'Apply…',
      'Probe…',
    ],
  },
  {
    name: 'say the same before the live object has been read, but for the field',
    text: policy('STRICT'),
    cluster,
    says: [
      'STRICT on 2 workloads (nothing enforces it on 1)',
      '2 connections would be refused · Show',
      'Diff with Cluster',
      'Apply…',
      'Probe…',
    ],
  },
  {
    name: 'of what the cluster has already offer nothing to apply',
    text: policy('PERMISSIVE'),
    cluster,
    read: true,
    says: ['PERMISSIVE on 2 workloads (nothing enforces it on 1)', 'As in the cluster', 'Probe…'],
  },
  {
    name: 'of what the cluster does not have say so',
    text: policy('STRICT', 'zz').replace(
      'spec: {',
      'spec: {selector: {matchLabels: {app: cart}}, ',
    ),
    cluster,
    says: [
      'STRICT on 1 workload',
      'Not in the cluster: 2 connections would be refused · Show',
      'Apply…',
      'Probe…',
    ],
  },
  {
    name: 'above another manifest say where it differs and what that changes',
    text: serviceText(81),
    cluster,
    says: ['Diff with Cluster', 'No mode and no connection would change · Show'],
  },
  {
    name: 'leave other manifests alone that are as in the cluster',
    text: serviceText(80),
    cluster,
    says: [],
  },
  {
    name: 'leave templates alone',
    text: policy('{{ .Values.mode }}'),
    cluster,
    says: [],
  },
];

for (const { name, text, cluster: mesh, read = false, says } of cases) {
  test(`lenses ${name}`, () => {
    const file = readManifestFile('file:///a.yaml', text);
    const own = manifestsOf(file).flatMap(({ object }) => object ?? []);
    const judged = updateMesh(cluster, { upsert: own });
    const lenses = lensesOf(file, (manifest) => drift(mesh, manifest, read));
    assert.deepEqual(
      lenses.map((lens) => finish(lensTitle(lens, { judged, cluster: mesh }))),
      says,
    );
  });
}
