import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parse, parseAllDocuments } from 'yaml';

import { accessRole } from '../../../../src/sources/cluster/accessRole.ts';

describe('the role that would let a user read the mesh', () => {
  it('names each forbidden kind once, by its group', () => {
    const role = accessRole([
      { kind: 'Pod', namespace: 'foo', why: 'forbidden' },
      { kind: 'Pod', namespace: 'bar', why: 'forbidden' },
      { kind: 'Namespace', namespace: '', why: 'forbidden' },
      { kind: 'PeerAuthentication', namespace: 'istio-system', why: 'forbidden' },
      { kind: 'Gateway', namespace: '', why: 'not-installed' },
    ]);
    assert.deepEqual(parse(role ?? ''), {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'istio-mtls-reader' },
      rules: [
        { apiGroups: [''], resources: ['namespaces', 'pods'], verbs: ['get', 'list', 'watch'] },
        {
          apiGroups: ['security.istio.io'],
          resources: ['peerauthentications'],
          verbs: ['get', 'list', 'watch'],
        },
      ],
    });
  });

  it('grants config maps only beside the control planes, in a Role of its own for each', () => {
    const text = accessRole([
      { kind: 'ConfigMap', namespace: 'istio-system', why: 'forbidden' },
      { kind: 'ConfigMap', namespace: 'istio-canary', why: 'forbidden' },
      { kind: 'Pod', namespace: '', why: 'forbidden' },
    ]);
    const roles = parseAllDocuments(text ?? '').map((document) => document.toJS() as unknown);
    const role = (namespace: string): unknown => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'istio-mtls-reader', namespace },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
    });
    assert.deepEqual(roles, [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'istio-mtls-reader' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
      },
      role('istio-system'),
      role('istio-canary'),
    ]);
  });

  it('lets who is given it in one namespace read that Namespace, which takes get', () => {
    const text = accessRole([{ kind: 'Namespace', namespace: '', why: 'forbidden' }]);
    assert.match(text ?? '', /- namespaces\n {4}verbs:\n {6}- get\n/);
  });

  it('is none when nothing is forbidden', () => {
    assert.equal(accessRole([{ kind: 'Gateway', namespace: '', why: 'not-installed' }]), undefined);
  });
});
