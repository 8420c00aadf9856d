import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shows } from '../../../../src/mesh/change/shows.ts';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Manifest } from '../../../../src/mesh/model/manifest.ts';
import type { ObjectRef } from '../../../../src/mesh/model/reference.ts';

const policyRef: ObjectRef = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' };
const namespaceRef: ObjectRef = { kind: 'Namespace', namespace: '', name: 'foo' };
const deploymentRef: ObjectRef = { kind: 'Deployment', namespace: 'foo', name: 'sleep' };

function policy(mode: string, uid = 'u1', annotations = {}): Manifest {
  const metadata = { name: 'default', namespace: 'foo', uid, annotations };
  const spec = { mtls: { mode } };
  return { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata, spec };
}

function namespace(labels: Record<string, string>): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'foo', uid: 'n', labels } };
}

function deployment(inject: string, more: { revision?: string; ready?: number } = {}): Manifest {
  const annotations = { 'deployment.kubernetes.io/revision': more.revision ?? '1' };
  const metadata = { name: 'sleep', namespace: 'foo', uid: 'd', annotations };
  const labels = { app: 'sleep', 'sidecar.istio.io/inject': inject };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'sleep' }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 1, selector: { matchLabels: { app: 'sleep' } }, template },
    status: { readyReplicas: more.ready ?? 0 },
  };
}

interface Row {
  readonly name: string;
  readonly mesh: readonly Manifest[];
  readonly ref: ObjectRef;
  readonly after: Manifest | undefined;
  readonly expected: boolean;
}

const rows: readonly Row[] = [
  ['a policy with the written mode', [policy('STRICT')], policyRef, policy('STRICT'), true],
  ['a policy with the mode before', [policy('PERMISSIVE')], policyRef, policy('STRICT'), false],
  ['another policy of that name', [policy('STRICT', 'u0')], policyRef, policy('STRICT'), false],
  [
    'a policy whose annotations were not kept',
    [policy('STRICT')],
    policyRef,
    policy('STRICT', 'u1', { large: 'x' }),
    true,
  ],
  ['no policy where one was created', [], policyRef, policy('STRICT'), false],
  ['no policy where one was deleted', [], policyRef, undefined, true],
  ['a policy where one was deleted', [policy('STRICT')], policyRef, undefined, false],
  [
    'a namespace with the label',
    [namespace({ a: '1' })],
    namespaceRef,
    namespace({ a: '1' }),
    true,
  ],
  ['a namespace without the label', [namespace({})], namespaceRef, namespace({ a: '1' }), false],
  [
    'a Deployment whose pods started meanwhile',
    [deployment('true', { revision: '2', ready: 1 })],
    deploymentRef,
    deployment('true'),
    true,
  ],
  [
    'a Deployment with the old template',
    [deployment('false')],
    deploymentRef,
    deployment('true'),
    false,
  ],
].map(([name, mesh, ref, after, expected]) => ({ name, mesh, ref, after, expected }) as Row);

describe('whether a mesh shows a change that was written:', () => {
  for (const { name, mesh, ref, after, expected } of rows) {
    it(`${expected ? 'yes' : 'no'} with ${name}`, () => {
      const objects = mesh.flatMap((one) => decodeObject(one, { kind: 'cluster' }).object ?? []);
      const built = buildMesh({ objects });
      assert.equal(shows(built, { ref, before: undefined, after }), expected);
    });
  }
});
