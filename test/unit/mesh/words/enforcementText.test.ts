import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDesired } from '../../../../src/mesh/change/change.ts';
import { planEnforcement } from '../../../../src/mesh/change/enforce.ts';
import type { EnforceTarget } from '../../../../src/mesh/change/enforce.ts';
import { staysDifferent, staysUnknown } from '../../../../src/mesh/change/staysDifferent.ts';
import {
  describeWarning,
  doneSentence,
  nothingToDoSentence,
} from '../../../../src/mesh/words/enforcementText.ts';
import { policy, tutorialMesh } from '../../surfaces/tree/tutorialMesh.ts';

const wholeMesh: EnforceTarget = { scope: 'mesh' };
const foo: EnforceTarget = { scope: 'namespace', namespace: 'foo' };
const fooPermissive = policy('foo/default', '{ mtls: { mode: PERMISSIVE } }');
const fooStrict = policy('foo/default', '{ mtls: { mode: STRICT } }');
const sleepDisabled = policy(
  'foo/sleep',
  '{ selector: { matchLabels: { app: sleep } }, mtls: { mode: DISABLE } }',
);

interface Row {
  readonly name: string;
  readonly policies: readonly string[];
  readonly target: EnforceTarget;
  readonly except: string;
}

const rows: readonly Row[] = [
  { name: 'nothing where everything is STRICT', policies: [], target: wholeMesh, except: '' },
  {
    name: 'the namespace whose policy stays PERMISSIVE',
    policies: [fooPermissive],
    target: wholeMesh,
    except: 'namespace foo (PERMISSIVE by PeerAuthentication foo/default)',
  },
  {
    name: 'the workload whose policy stays DISABLE',
    policies: [sleepDisabled],
    target: foo,
    except: 'foo/sleep (DISABLE by PeerAuthentication foo/sleep)',
  },
];

describe('"is STRICT now" excepts, and the dialog names before', () => {
  for (const { name, policies, target, except } of rows) {
    it(name, () => {
      const mesh = tutorialMesh(...policies);
      const plan = planEnforcement(mesh, target, 'STRICT');
      assert.ok(plan.kind === 'plan');
      const different = staysDifferent(withDesired(mesh, plan.desired), target);
      const where = target.scope === 'mesh' ? 'The mesh' : 'Namespace foo';
      const tail = except === '' ? '' : `, except ${except}`;
      assert.equal(
        doneSentence(target, 'STRICT', { different, unknown: [] }),
        `${where} is STRICT now${tail}.`,
      );
      const warning = plan.warnings.find(({ kind }) => kind === 'stays-different');
      assert.equal(
        warning && describeWarning(warning),
        except === '' ? undefined : `Narrower policies keep another mode: ${except}.`,
      );
    });
  }

  it('in "says STRICT already", too', () => {
    const mesh = tutorialMesh(fooStrict, sleepDisabled);
    assert.equal(planEnforcement(mesh, foo, 'STRICT').kind, 'nothing-to-do');
    assert.equal(
      nothingToDoSentence(foo, 'STRICT', { different: staysDifferent(mesh, foo), unknown: [] }),
      'Namespace foo says STRICT already, except foo/sleep (DISABLE by PeerAuthentication foo/sleep).',
    );
  });

  it('after the name of a workload as it is spelled', () => {
    const workload = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' } as const;
    const rest = { different: [], unknown: [] };
    assert.equal(
      doneSentence({ scope: 'workload', workload }, 'STRICT', rest),
      'foo/httpbin is STRICT now.',
    );
    assert.equal(
      nothingToDoSentence({ scope: 'port', workload, port: 80 }, 'STRICT', rest),
      'foo/httpbin, port 80 says STRICT already.',
    );
  });

  it('nothing that could not be read: that is called unknown', () => {
    const unread = ['bar', 'foo', 'wave'].map(
      (namespace) => ({ kind: 'PeerAuthentication', namespace, why: 'forbidden' }) as const,
    );
    const mesh = { ...tutorialMesh(), missing: unread };
    const plan = planEnforcement(mesh, wholeMesh, 'STRICT');
    assert.ok(plan.kind === 'plan');
    const after = withDesired(mesh, plan.desired);
    const unknown = staysUnknown(after, wholeMesh);
    assert.equal(
      doneSentence(wholeMesh, 'STRICT', { different: staysDifferent(after, wholeMesh), unknown }),
      'The mesh is STRICT now. Whether narrower policies say otherwise is unknown: you may not read PeerAuthentication objects in bar; you may not read PeerAuthentication objects in foo. 1 more fact could not be read.',
    );
    assert.deepEqual(staysUnknown(after, foo), [unread[1]]);
    assert.deepEqual(staysUnknown(tutorialMesh(), wholeMesh), []);
  });

  it('an exception that was asked for, without a warning', () => {
    const httpbin = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' } as const;
    const mesh = tutorialMesh();
    const plan = planEnforcement(mesh, foo, 'STRICT', [httpbin]);
    assert.ok(plan.kind === 'plan');
    assert.ok(plan.warnings.every(({ kind }) => kind !== 'stays-different'));
    const different = staysDifferent(withDesired(mesh, plan.desired), foo);
    assert.equal(
      doneSentence(foo, 'STRICT', { different, unknown: [] }),
      'Namespace foo is STRICT now, except foo/httpbin (PERMISSIVE by PeerAuthentication foo/httpbin).',
    );
  });
});
