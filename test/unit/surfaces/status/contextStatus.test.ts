import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { Connection } from '../../../../src/surfaces/session/openContext.ts';
import { contextStatus, judgedBySentence } from '../../../../src/surfaces/status/contextStatus.ts';
import type { ActiveContext } from '../../../../src/surfaces/status/contextStatus.ts';
import { policy, tutorialMesh } from '../tree/tutorialMesh.ts';

const strict = '{ mtls: { mode: STRICT } }';
const connecting: Connection = { kind: 'connecting' };

function shows(mesh: Mesh, istioInstalled = true): ActiveContext {
  const status = { kind: 'synced' } as const;
  return {
    name: 'prod',
    connection: connecting,
    mesh: { mesh, status, context: 'prod', istioInstalled },
  };
}

const onlyStrict = updateMesh(tutorialMesh(policy('istio-system/default', strict)), {
  remove: [
    { kind: 'Deployment', namespace: 'legacy', name: 'sleep' },
    { kind: 'ReplicaSet', namespace: 'legacy', name: 'sleep-1' },
    { kind: 'Pod', namespace: 'legacy', name: 'sleep-1-a' },
    { kind: 'Service', namespace: 'legacy', name: 'sleep' },
    { kind: 'Namespace', namespace: '', name: 'legacy' },
  ],
});
const blind = [{ kind: 'PeerAuthentication', namespace: '', why: 'forbidden' }] as const;

const table: readonly (readonly [string, ActiveContext, string, string])[] = [
  ['plaintext', shows(tutorialMesh()), 'unlock', 'prod: plaintext in 3 of 3 namespaces'],
  [
    'what nothing enforces as plaintext [R24]',
    shows(tutorialMesh(policy('istio-system/default', strict))),
    'unlock',
    'prod: plaintext in 1 of 4 namespaces',
  ],
  ['that all is STRICT', shows(onlyStrict), 'lock', 'prod: STRICT'],
  [
    'refused policies before plaintext',
    shows(tutorialMesh(policy('foo/default', '{ mtls: { mode: WRONG } }'))),
    'error',
    'prod: invalid policies in 1 namespace',
  ],
  [
    'contradictory policies before plaintext',
    shows(tutorialMesh(policy('foo/default', strict), policy('foo/other', strict))),
    'git-compare',
    'prod: contradictory policies in 1 namespace',
  ],
  [
    'that nothing is known',
    shows(updateMesh(tutorialMesh(), { missing: blind })),
    'question',
    'prod: unknown',
  ],
  ['a cluster without Istio', shows(tutorialMesh(), false), 'circle-slash', 'prod: no Istio'],
  [
    'that it is being read',
    { name: 'prod', connection: connecting, mesh: undefined },
    'loading~spin',
    'prod',
  ],
  [
    'that it cannot be reached',
    { name: 'prod', connection: { kind: 'failed', cause: 'Nobody is there.' }, mesh: undefined },
    'error',
    'prod: not connected',
  ],
];

describe('the status bar names the active context and', () => {
  for (const [name, active, icon, text] of table) {
    it(name, () => {
      const status = contextStatus(active);
      assert.deepEqual([status.icon, status.text], [icon, text]);
    });
  }
});

describe('manifests are said to be judged', () => {
  it('by the active context once it has been read', () => {
    assert.equal(judgedBySentence(shows(tutorialMesh())), 'Manifests are judged by context prod.');
  });

  it('by those of the workspace without one', () => {
    const alone = 'Manifests are judged by those of the workspace alone.';
    assert.equal(judgedBySentence(undefined), alone);
    const unread = { name: 'prod', connection: connecting, mesh: undefined };
    assert.equal(judgedBySentence(unread), alone);
  });
});
