import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { workloadsIn, type Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../../../src/mesh/model/objects.ts';
import type { Origin } from '../../../../src/mesh/model/reference.ts';
import { namespaceMtls } from '../../../../src/mesh/server/namespaceMtls.ts';
import type { MeshSnapshot } from '../../../../src/sources/meshSource.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import {
  describeBasis,
  meshOfDocument,
  type Basis,
} from '../../../../src/surfaces/yamlContext/documentMesh.ts';

const policy = (name: string, mode: string, createdAt?: string): object => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name, namespace: 'foo', ...(createdAt && { creationTimestamp: createdAt }) },
  spec: { mtls: { mode } },
});

function decoded(values: readonly object[], origin: Origin): readonly MeshObject[] {
  return values.flatMap((value) => decodeObject(value, origin).object ?? []);
}

function cluster(
  values: readonly object[],
  status: MeshSnapshot['status'] = { kind: 'synced' },
): MeshSnapshot {
  const mesh = buildMesh({ objects: decoded(values, { kind: 'cluster' }) });
  return { mesh, status, context: 'demo', istioInstalled: true };
}

function fileOf(...values: readonly object[]) {
  const text = values.map((value) => JSON.stringify(value)).join('\n---\n');
  return readManifestFile('file:///a.yaml', text);
}

function modeOf(mesh: Mesh): string {
  return namespaceMtls(mesh, 'foo').mode;
}

test('a policy of the file replaces the one of the cluster and keeps its age (R10)', () => {
  const snapshot = cluster([
    policy('default', 'PERMISSIVE', '2020-01-01T00:00:00Z'),
    policy('another', 'DISABLE', '2021-01-01T00:00:00Z'),
  ]);
  const judged = meshOfDocument(fileOf(policy('default', 'STRICT')), {
    cluster: snapshot,
    workspace: undefined,
  });
  assert.ok(judged);
  assert.equal(modeOf(judged.mesh), 'STRICT');
  assert.equal(modeOf(snapshot.mesh), 'PERMISSIVE', 'the mesh of the cluster stays as it is');
});

test('a policy that only the file has is younger than all of the cluster (R10)', () => {
  const snapshot = cluster([policy('default', 'PERMISSIVE', '2020-01-01T00:00:00Z')]);
  const judged = meshOfDocument(fileOf(policy('a-new-one', 'STRICT')), {
    cluster: snapshot,
    workspace: undefined,
  });
  assert.equal(judged && modeOf(judged.mesh), 'PERMISSIVE');
});

test('labels that the cluster set on a namespace are not lost by a file that does not know them', () => {
  const namespace = (labels: object): object => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'foo', labels },
  });
  const snapshot = cluster([namespace({ 'istio-injection': 'enabled' })]);
  const judged = meshOfDocument(fileOf(namespace({ team: 'web' })), {
    cluster: snapshot,
    workspace: undefined,
  });
  assert.equal(judged && namespaceMtls(judged.mesh, 'foo').dataPlane, 'sidecar');
});

test('a pod that runs with a sidecar is not judged without it because its manifest has none', () => {
  const pod = (containers: readonly object[]): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'sleep', namespace: 'foo', labels: { app: 'sleep' } },
    spec: { containers },
    status: { phase: 'Running' },
  });
  const proxy = { name: 'istio-proxy', args: ['proxy', 'sidecar'] };
  const snapshot = cluster([pod([{ name: 'sleep' }, proxy])]);
  const judged = meshOfDocument(fileOf(pod([{ name: 'sleep' }])), {
    cluster: snapshot,
    workspace: undefined,
  });
  assert.deepEqual(judged && workloadsIn(judged.mesh, 'foo').map(({ dataPlane }) => dataPlane), [
    'sidecar',
  ]);
});

test('without a cluster the other files of the workspace count, and the open text instead of the saved one', () => {
  const origin = (uri: string): Origin => ({ kind: 'file', uri, document: 0 });
  const objects = [
    ...decoded([policy('other', 'DISABLE')], origin('file:///b.yaml')),
    ...decoded([policy('default', 'PERMISSIVE')], origin('file:///a.yaml')),
  ];
  const workspace = { objects, files: 2, truncated: false };
  const file = fileOf(policy('default', 'STRICT'));
  const judged = meshOfDocument(file, { cluster: undefined, workspace });
  assert.equal(judged && modeOf(judged.mesh), 'STRICT');
  const removed = meshOfDocument(fileOf({ kind: 'List' }), { cluster: undefined, workspace });
  assert.equal(removed && modeOf(removed.mesh), 'DISABLE');
  assert.equal(manifestsOf(file).length, 1);
});

test('the root namespace of the settings counts where no cluster tells one', () => {
  const value = { ...policy('default', 'STRICT') };
  const workspace = { objects: [], files: 0, truncated: false };
  const settings = {
    kind: 'usable',
    overrides: { rootNamespace: 'foo' },
    assumed: [],
  } as const;
  const sources = { cluster: undefined, workspace, settings };
  assert.equal(meshOfDocument(fileOf(value), sources)?.mesh.rootNamespace, 'foo');
});

test('settings of no use leave the modes of the workspace unknown', () => {
  const workspace = { objects: [], files: 0, truncated: false };
  const settings = { kind: 'unusable', cause: 'It is wrong.' } as const;
  const sources = { cluster: undefined, workspace, settings };
  const judged = meshOfDocument(fileOf(policy('default', 'STRICT')), sources);
  assert.ok(judged && namespaceMtls(judged.mesh, 'foo').unknown);
  assert.match(describeBasis(judged.basis, 0), /no cluster is connected\. It is wrong\.$/);
});

test('a cluster that cannot be read at all gives way to the workspace', () => {
  const failed = cluster([policy('default', 'DISABLE')], {
    kind: 'failed',
    cause: 'connection refused',
  });
  const workspace = { objects: [], files: 0, truncated: false };
  const judged = meshOfDocument(fileOf(policy('default', 'STRICT')), {
    cluster: failed,
    workspace,
  });
  assert.equal(judged && modeOf(judged.mesh), 'STRICT');
  assert.equal(judged?.basis.kind, 'cluster-failed');
});

test('before anything was read there is no answer', () => {
  assert.equal(meshOfDocument(fileOf(), { cluster: undefined, workspace: undefined }), undefined);
});

test('another open file that is not saved is laid over the cluster, too, and below the file itself', () => {
  const unsaved = [
    readManifestFile('file:///b.yaml', JSON.stringify(policy('other', 'STRICT'))),
    readManifestFile('file:///c.yaml', JSON.stringify(policy('default', 'DISABLE'))),
    readManifestFile('file:///d.yaml', 'nothing: here'),
  ];
  const judged = meshOfDocument(fileOf(policy('default', 'STRICT')), {
    cluster: cluster([]),
    workspace: undefined,
    unsaved,
  });
  const policies = judged?.mesh.namespaces.get('foo')?.peerAuthentications;
  assert.equal(policies?.get('other')?.mode, 'STRICT');
  assert.equal(policies.get('default')?.mode, 'STRICT');
  assert.match(
    describeBasis(judged?.basis ?? { kind: 'cluster', context: '' }, 0),
    /with this file and 2 others that are not saved laid over it\.$/,
  );
});

const sentences: readonly { readonly basis: Basis; readonly says: string }[] = [
  {
    basis: { kind: 'cluster', context: 'demo' },
    says: 'Cluster demo, with this file laid over it.',
  },
  {
    basis: { kind: 'cluster-loading', context: 'demo' },
    says: 'Cluster demo is still being read; this file is laid over what is known of it.',
  },
  {
    basis: { kind: 'cluster-stale', context: 'demo', since: 10_000 },
    says: 'Cluster demo as it was 5 min ago, with this file laid over it; the connection is lost.',
  },
  {
    basis: { kind: 'cluster-paused', context: 'demo', since: 10_000 },
    says: 'Cluster demo as it was 5 min ago, with this file laid over it; it is being read again.',
  },
  {
    basis: { kind: 'cluster-failed', context: 'demo', cause: 'connection refused' },
    says: "This workspace's manifests only: cluster demo cannot be read (connection refused).",
  },
  {
    basis: { kind: 'workspace', files: 3, truncated: false },
    says: "This workspace's manifests only; no cluster is connected.",
  },
];

for (const { basis, says } of sentences) {
  test(`a hover judged by ${basis.kind} says so`, () => {
    assert.equal(describeBasis(basis, 310_000), says);
  });
}
