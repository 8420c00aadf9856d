import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceJson } from '../../../../src/cli/evidence/evidenceJson.ts';
import { readEvidenceOptions } from '../../../../src/cli/evidence/readEvidence.ts';
import { planEnforcement, preflight, withDesired } from '../../../../src/mesh/index.ts';
import {
  evidenceOfRealCallers,
  realCallers,
  twoHundredNamespaces,
} from '../../../support/twoHundredNamespaces.ts';

/** What programs read of it. */
interface Document {
  readonly refused: {
    readonly observed: readonly {
      readonly from: { readonly name: string };
      readonly to: string;
      readonly count: number;
      readonly calls: readonly string[];
    }[];
    readonly notSeen: readonly unknown[];
    readonly noEvidence: readonly unknown[];
  };
}

describe('diff --evidence of 200 namespaces with four real callers', () => {
  const mesh = twoHundredNamespaces();
  const plan = planEnforcement(mesh, { scope: 'mesh' }, 'STRICT');
  assert.ok(plan.kind === 'plan', plan.kind);
  const checked = preflight(mesh, withDesired(mesh, plan.desired));
  const text = JSON.stringify(evidenceJson(checked, evidenceOfRealCallers(mesh)));
  const { refused } = JSON.parse(text) as Document;

  it('leads with exactly these four', () => {
    assert.deepEqual(
      refused.observed.map(({ from, to, count }) => ({ from: from.name, to, count })),
      realCallers.map(({ from, to, count }) => ({ from: `Pod/${from}`, to: `Pod/${to}`, count })),
    );
  });

  it('names what each of them is predicted to call', () => {
    assert.deepEqual(
      refused.observed.map(({ calls }) => calls),
      realCallers.map(({ to }) => [`web.${to.split('/')[0]}.svc.cluster.local:8080`]),
    );
  });

  it('has one entry for each namespace of the others', () => {
    assert.deepEqual([refused.notSeen.length, refused.noEvidence.length], [21, 21]);
  });
});

describe('on the command line, evidence', () => {
  const asked = { evidence: true, prometheus: undefined, window: undefined };
  const day = 86_400_000;
  const cases = [
    ['is not read unasked', 'kind', { ...asked, evidence: false }, undefined],
    ['is read of the last day', 'kind', asked, { context: 'kind', prometheus: '', windowMs: day }],
    [
      'is read for as long as is said',
      'kind',
      { ...asked, window: '7d' },
      { context: 'kind', prometheus: '', windowMs: 7 * day },
    ],
    [
      'of files is read from an address',
      undefined,
      { ...asked, prometheus: 'https://metrics.example.com' },
      { context: undefined, prometheus: 'https://metrics.example.com', windowMs: day },
    ],
    [
      'of files is not read from a Service',
      undefined,
      { ...asked, prometheus: 'istio-system/prometheus' },
      '--evidence is read from a cluster, with --context NAME, or from --prometheus ADDRESS.',
    ],
    [
      'of a window without meaning is refused',
      'kind',
      { ...asked, window: 'a week' },
      '--window: "a week" is no window from 1h to 30d, such as 24h or 7d.',
    ],
    [
      'is what --window is about',
      'kind',
      { ...asked, evidence: false, window: '7d' },
      '--window says something with --evidence only.',
    ],
    [
      'is what --prometheus is about',
      'kind',
      { ...asked, evidence: false, prometheus: 'a/b' },
      '--prometheus says something with --evidence only.',
    ],
  ] as const;
  for (const [name, context, typed, expected] of cases) {
    it(name, () => {
      assert.deepEqual(readEvidenceOptions(context, typed), expected);
    });
  }
});
