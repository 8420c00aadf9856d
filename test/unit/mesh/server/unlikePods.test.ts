import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findWorkload } from '../../../../src/mesh/snapshot/mesh.ts';
import { namespaceMtls } from '../../../../src/mesh/server/namespaceMtls.ts';
import { workloadMtls } from '../../../../src/mesh/server/workloadMtls.ts';
import { describeUnlike } from '../../../../src/mesh/words/describe.ts';
import {
  meshConfig,
  meshOf,
  peerAuthentications,
  pod,
  type Json,
} from '../../../support/meshNotation.ts';

/** A pod of Deployment shop/web, served by a control plane. */
function podOfWeb(name: string, revision: string): Json {
  const made = pod(`shop/${name}`, 'sidecar', {
    labels: `app=web,pod-template-hash=${revision}`,
    annotations: { 'istio.io/rev': revision },
  });
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `web-${revision}`,
    controller: true,
  };
  return { ...made, metadata: { ...(made['metadata'] as Json), ownerReferences: [owner] } };
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: {} },
  },
};

const mesh = meshOf([
  deployment,
  meshConfig('rootNamespace: istio-system'),
  meshConfig('rootNamespace: istio-system', 'canary'),
  podOfWeb('web-default-1', 'default'),
  podOfWeb('web-default-2', 'default'),
  podOfWeb('web-canary-1', 'canary'),
  ...peerAuthentications(['shop/default STRICT rev=default']),
]);

describe('a workload whose pods two control planes govern differently [R2]', () => {
  const web = findWorkload(mesh, { kind: 'Deployment', namespace: 'shop', name: 'web' });
  assert.ok(web !== undefined);
  const mtls = workloadMtls(mesh, web);

  it('is not called STRICT while one of its pods lets plaintext in', () => {
    assert.equal(mtls.mode, 'PERMISSIVE');
    assert.deepEqual([...mtls.accepts].sort(), ['mutual-tls', 'plaintext']);
  });

  it('says how many pods have which mode, and by which policy', () => {
    assert.equal(
      describeUnlike(mtls.unlike ?? []),
      'Its pods are governed differently: 2 are STRICT by PeerAuthentication shop/default, 1 is PERMISSIVE by Istio’s default.',
    );
  });

  it('makes its namespace differ within itself', () => {
    assert.equal(namespaceMtls(mesh, 'shop').uniform, false);
  });
});
