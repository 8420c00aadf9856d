import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDesired } from '../../../../src/mesh/change/change.ts';
import {
  ownModeOf,
  planPolicyChange,
  workloadsOfPolicy,
  type PolicyChange,
} from '../../../../src/mesh/change/policyChange.ts';
import type { ObjectKind } from '../../../../src/mesh/model/reference.ts';
import { hasContradictions } from '../../../../src/mesh/server/contradictions.ts';
import {
  destinationRule,
  meshOf,
  namespace,
  peerAuthentication,
  pod,
  service,
} from '../../../support/meshNotation.ts';

const ref = (kind: ObjectKind, at: string) => {
  const [place = '', name = ''] = at.split('/');
  return { kind, namespace: place, name };
};

const mesh = meshOf([
  namespace('foo', 'istio-injection=enabled'),
  pod('foo/web', 'sidecar'),
  pod('foo/cart', 'sidecar'),
  pod('bar/web', 'none'),
  service('foo/web'),
  peerAuthentication('istio-system/default PERMISSIVE', 0),
  peerAuthentication('foo/default STRICT', 1),
  peerAuthentication('foo/younger DISABLE', 2),
  peerAuthentication('foo/web app=web STRICT 8080:DISABLE', 3),
  peerAuthentication('foo/wrong app=web WRONG', 4),
  destinationRule('foo/web', { host: 'web' }),
]);

describe('the workloads of a policy are', () => {
  const table: readonly (readonly [string, ObjectKind, string, readonly string[]])[] = [
    [
      'all of the mesh, in the root namespace (R4)',
      'PeerAuthentication',
      'istio-system/default',
      ['bar/web', 'foo/cart', 'foo/web'],
    ],
    ['all of its namespace (R5)', 'PeerAuthentication', 'foo/default', ['foo/cart', 'foo/web']],
    ['those that it selects (R7)', 'PeerAuthentication', 'foo/web', ['foo/web']],
    ['none, if it is gone', 'PeerAuthentication', 'foo/gone', []],
    ['those behind the host of a rule (R150)', 'DestinationRule', 'foo/web', ['foo/web']],
  ];
  for (const [name, kind, at, expected] of table) {
    it(name, () => {
      const found = workloadsOfPolicy(mesh, ref(kind, at)).map(
        (workload) => `${workload.namespace}/${workload.name}`,
      );
      assert.deepEqual(found.toSorted(), expected);
    });
  }
});

describe('a policy that is changed by itself', () => {
  const plan = (at: string, change: PolicyChange) =>
    planPolicyChange(mesh, ref('PeerAuthentication', at), change);

  it('keeps its selector and its ports', () => {
    const planned = plan('foo/web', 'PERMISSIVE');
    assert.equal(planned.kind, 'plan');
    assert.deepEqual(planned.desired.after?.['spec'], {
      selector: { matchLabels: { app: 'web' } },
      mtls: { mode: 'PERMISSIVE' },
      portLevelMtls: { '8080': { mode: 'DISABLE' } },
    });
  });

  it('says its new mode, or none', () => {
    for (const change of ['PERMISSIVE', 'DISABLE', 'UNSET'] as const) {
      const planned = plan('foo/default', change);
      assert.equal(planned.kind, 'plan');
      const after = withDesired(mesh, [planned.desired]);
      assert.equal(ownModeOf(after, ref('PeerAuthentication', 'foo/default')), change);
    }
  });

  it('is gone when it is deleted, also where Istio refuses it', () => {
    for (const at of ['foo/default', 'foo/wrong']) {
      const planned = plan(at, 'deleted');
      assert.equal(planned.kind, 'plan');
      assert.equal(planned.desired.after, undefined);
    }
  });

  it('is not written where nothing would change, where it is gone, and where Istio refuses it', () => {
    assert.equal(plan('foo/default', 'STRICT').kind, 'nothing-to-do');
    assert.equal(plan('foo/gone', 'STRICT').kind, 'gone');
    assert.equal(plan('foo/wrong', 'STRICT').kind, 'invalid');
  });
});

it('two policies of one scope contradict each other, and one of a narrower scope does not (R10, R11)', () => {
  assert.equal(hasContradictions(mesh, 'foo'), true);
  assert.equal(hasContradictions(mesh, 'istio-system'), false);
  assert.equal(hasContradictions(mesh, 'bar'), false);
});
