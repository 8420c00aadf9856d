import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDesired } from '../../../../src/mesh/change/change.ts';
import { planEnforcement } from '../../../../src/mesh/change/enforce.ts';
import type { EnforceTarget } from '../../../../src/mesh/change/enforce.ts';
import { staysDifferent, staysUnknown } from '../../../../src/mesh/change/staysDifferent.ts';
import { remainderOf } from '../../../../src/mesh/change/remainder.ts';
import type { EnforcedOn } from '../../../../src/mesh/change/remainder.ts';
import { doneSentence, nothingToDoSentence } from '../../../../src/mesh/words/doneText.ts';
import { describeWarning } from '../../../../src/mesh/words/enforcementText.ts';
import { policy, tutorialMesh } from '../../surfaces/tree/tutorialMesh.ts';

const wholeMesh: EnforceTarget = { scope: 'mesh' };
const foo: EnforceTarget = { scope: 'namespace', namespace: 'foo' };
const fooPermissive = policy('foo/default', '{ mtls: { mode: PERMISSIVE } }');
const fooStrict = policy('foo/default', '{ mtls: { mode: STRICT } }');
const sleepDisabled = policy(
  'foo/sleep',
  '{ selector: { matchLabels: { app: sleep } }, mtls: { mode: DISABLE } }',
);

/** Something enforces the mode everywhere. */
const enforced: EnforcedOn = { all: 2, none: [], some: [], unknown: [] };

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
        doneSentence(target, 'STRICT', { different, unknown: [], enforced }),
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
      nothingToDoSentence(foo, 'STRICT', {
        different: staysDifferent(mesh, foo),
        unknown: [],
        enforced,
      }),
      'Namespace foo says STRICT already, except foo/sleep (DISABLE by PeerAuthentication foo/sleep).',
    );
  });

  it('after the name of a workload as it is spelled', () => {
    const workload = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' } as const;
    const rest = { different: [], unknown: [], enforced };
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
      doneSentence(wholeMesh, 'STRICT', {
        different: staysDifferent(after, wholeMesh),
        unknown,
        enforced,
      }),
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
      doneSentence(foo, 'STRICT', { different, unknown: [], enforced }),
      'Namespace foo is STRICT now, except foo/httpbin (PERMISSIVE by PeerAuthentication foo/httpbin).',
    );
  });
});

describe('"is STRICT now" is said only of what something enforces', () => {
  const inLegacy = (name: string) => ({ kind: 'Deployment', namespace: 'legacy', name }) as const;
  const rows: readonly (readonly [target: EnforceTarget, enforced: EnforcedOn, said: string])[] = [
    [
      { scope: 'namespace', namespace: 'legacy' },
      { all: 2, none: [inLegacy('httpbin'), inLegacy('sleep')], some: [], unknown: [] },
      'Namespace legacy says STRICT now. Nothing enforces it: none of its 2 workloads has a proxy that would.',
    ],
    [
      { scope: 'workload', workload: inLegacy('sleep') },
      { all: 1, none: [inLegacy('sleep')], some: [], unknown: [] },
      'legacy/sleep says STRICT now. Nothing enforces it: no proxy stands before its pods.',
    ],
    [
      wholeMesh,
      { all: 4, none: [inLegacy('sleep')], some: [inLegacy('half')], unknown: [] },
      'The mesh is STRICT now. Nothing enforces it on legacy/sleep. Only some pods enforce it of legacy/half.',
    ],
    [
      foo,
      { all: 1, none: [], some: [], unknown: [inLegacy('sleep')] },
      'Namespace foo says STRICT now. Whether anything enforces it is unknown.',
    ],
    [
      foo,
      { all: 0, none: [], some: [], unknown: [] },
      'Namespace foo says STRICT now. There is no workload yet to enforce it.',
    ],
  ];
  for (const [target, found, said] of rows) {
    it(said, () => {
      const rest = { different: [], unknown: [], enforced: found };
      assert.equal(doneSentence(target, 'STRICT', rest), said);
    });
  }

  it('as the mesh has it: namespace legacy of the tutorial has no proxy', () => {
    const legacy: EnforceTarget = { scope: 'namespace', namespace: 'legacy' };
    const mesh = tutorialMesh(policy('legacy/default', '{ mtls: { mode: STRICT } }'));
    assert.match(
      doneSentence(legacy, 'STRICT', remainderOf(mesh, legacy)),
      /^Namespace legacy says STRICT now\. Nothing enforces it/,
    );
  });
});
