import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assumeInjected,
  namespacesInDoubt,
  withUndeclaredUnknown,
  type AssumedInjected,
} from '../../../../src/mesh/known/undeclaredNamespaces.ts';
import { namespaceMtls } from '../../../../src/mesh/server/namespaceMtls.ts';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { manifestsOf } from '../../../support/meshNotation.ts';

function meshOf(yaml: string): Mesh {
  const objects = manifestsOf(yaml).flatMap(
    (value, document) =>
      decodeObject(value, { kind: 'file', uri: 'a.yaml', document }).object ?? [],
  );
  return buildMesh({ objects });
}

const deployment = (namespace: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web }] } } }
---`;

const running = (namespace: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: ${namespace} }
spec: { containers: [{ name: web }, { name: istio-proxy, args: [proxy, sidecar] }] }
status: { phase: Running }
---`;

const declared = (name: string, labels = '{}'): string => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: ${labels} }
---`;

const byRevision = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: istio-sidecar-injector-canary, labels: { app: sidecar-injector, istio.io/rev: canary } }
webhooks:
  - name: rev.namespace.sidecar-injector.istio.io
    namespaceSelector: { matchLabels: { istio.io/rev: canary } }
---`;

interface Row {
  readonly name: string;
  readonly manifests: string;
  readonly assumed: AssumedInjected;
  readonly dataPlane: string;
  readonly inDoubt: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'what nobody declares is unknown',
    manifests: deployment('foo'),
    assumed: [],
    dataPlane: 'unknown',
    inDoubt: ['foo'],
  },
  {
    name: 'what is assumed to be injected has sidecars',
    manifests: deployment('foo'),
    assumed: ['foo'],
    dataPlane: 'sidecar',
    inDoubt: [],
  },
  {
    name: 'all is assumed to be injected',
    manifests: deployment('foo') + deployment('bar'),
    assumed: 'all',
    dataPlane: 'sidecar',
    inDoubt: [],
  },
  {
    name: 'others than the one that is assumed stay unknown',
    manifests: deployment('foo') + deployment('bar'),
    assumed: ['bar'],
    dataPlane: 'unknown',
    inDoubt: ['foo'],
  },
  {
    name: 'all is not the root namespace',
    manifests: deployment('foo') + deployment('istio-system'),
    assumed: 'all',
    dataPlane: 'sidecar',
    inDoubt: ['istio-system'],
  },
  {
    name: 'a Namespace that is declared says more than what is assumed',
    manifests: declared('foo') + deployment('foo'),
    assumed: 'all',
    dataPlane: 'none',
    inDoubt: [],
  },
  {
    name: 'pods that run tell themselves what they are',
    manifests: running('foo'),
    assumed: [],
    dataPlane: 'sidecar',
    inDoubt: [],
  },
  {
    name: 'a refused Namespace is not assumed: its manifest is there',
    manifests: declared('foo', '{ istio-injection: true }') + deployment('foo'),
    assumed: 'all',
    dataPlane: 'unknown',
    inDoubt: [],
  },
  {
    name: 'where only a revision injects, that one is assumed',
    manifests: byRevision + deployment('foo'),
    assumed: ['foo'],
    dataPlane: 'sidecar',
    inDoubt: [],
  },
  {
    name: 'policies alone do not tell that a namespace is empty',
    manifests: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: foo }
spec: { mtls: { mode: STRICT } }`,
    assumed: [],
    dataPlane: 'unknown',
    inDoubt: [],
  },
];

describe('a namespace without its Namespace', () => {
  for (const { name, manifests, assumed, dataPlane, inDoubt } of rows) {
    test(name, () => {
      const mesh = withUndeclaredUnknown(assumeInjected(meshOf(manifests), assumed));
      assert.equal(namespaceMtls(mesh, 'foo').dataPlane, dataPlane);
      assert.deepEqual(namespacesInDoubt(mesh), inDoubt);
    });
  }

  test('a policy alone is not said to be enforced', () => {
    const mesh = withUndeclaredUnknown(meshOf(rows.at(-1)?.manifests ?? ''));
    const { mode, enforcement } = namespaceMtls(mesh, 'foo');
    assert.deepEqual({ mode, enforced: enforcement.kind }, { mode: 'STRICT', enforced: 'unknown' });
  });
});
