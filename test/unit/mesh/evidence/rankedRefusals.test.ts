import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDesired } from '../../../../src/mesh/change/change.ts';
import { planEnforcement } from '../../../../src/mesh/change/enforce.ts';
import type { Preflight } from '../../../../src/mesh/change/preflight.ts';
import { preflight } from '../../../../src/mesh/change/preflight.ts';
import type { Evidence, ObservedCalls } from '../../../../src/mesh/evidence/evidence.ts';
import { joinEvidence, readEvidenceWindow } from '../../../../src/mesh/evidence/evidence.ts';
import { rankRefusals } from '../../../../src/mesh/evidence/rankedRefusals.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { consequences } from '../../../../src/mesh/words/impact/confirmation.ts';
import { impactDocument } from '../../../../src/mesh/words/impact/impactDocument.ts';
import {
  evidenceOfRealCallers,
  realCallers,
  twoHundredNamespaces,
} from '../../../support/twoHundredNamespaces.ts';

const mesh = twoHundredNamespaces();
const checked = ifStrict(mesh);
const evidence = evidenceOfRealCallers(mesh);

function ifStrict(before: Mesh): Preflight {
  const plan = planEnforcement(before, { scope: 'mesh' }, 'STRICT');
  assert.ok(plan.kind === 'plan', plan.kind);
  return preflight(before, withDesired(before, plan.desired));
}

function withCalls(calls: readonly ObservedCalls[]): Evidence {
  return { ...evidence, calls };
}

const [example] = evidence.calls;
assert.ok(example !== undefined);

describe('of 200 namespaces with four real callers', () => {
  it('exactly these four lead, those who call most first', () => {
    const { observed } = rankRefusals(checked, evidence);
    assert.deepEqual(
      observed.map(({ caller, server, count }) => ({
        from: caller.kind === 'workload' && `${caller.workload.namespace}/${caller.workload.name}`,
        to: `${server.namespace}/${server.name}`,
        count,
      })),
      realCallers,
    );
  });

  it('every refused connection is in exactly one rank', () => {
    const { observed, notSeen, noEvidence } = rankRefusals(checked, evidence);
    const refused = checked.connections.filter(({ effect }) => effect === 'newly-refused');
    const ranked = [...observed.flatMap((one) => one.connections), ...notSeen, ...noEvidence];
    assert.equal(ranked.length, refused.length);
    assert.deepEqual(new Set(ranked), new Set(refused));
  });

  it('a server that nothing was heard of is no evidence, and not unseen', () => {
    const { noEvidence } = rankRefusals(checked, evidence);
    const servers = new Set(noEvidence.map(({ server }) => server.host));
    assert.deepEqual([...servers], ['web.team-198.svc.cluster.local']);
  });

  it('the confirmation leads with the four, and folds all others', () => {
    const text = consequences([], { checked, warnings: [], evidence }).split('\n');
    assert.deepEqual(text.slice(0, 9), [
      '4 callers will be refused; they called 1,312 times in the last 24 h:',
      '• team-000/batch → team-001/web: 1,120 requests, the last one 30 min ago',
      '• team-010/batch → team-001/web: 150 requests, the last one 30 min ago',
      '• team-020/batch → team-103/web: 40 requests, the last one 30 min ago',
      '• team-030/batch → team-199/web: 2 requests, the last one 30 min ago',
      'Possible, not seen in the last 24 h: 4,175 connections, 199 from team-040, 199 from team-050, 199 from team-060 and 18 more namespaces.',
      'No evidence, for nothing was heard of the server: 21 connections, 1 from team-000, 1 from team-010, 1 from team-020 and 18 more namespaces.',
      'Prometheus (Service istio-system/prometheus): the last 24 h, reports of 219 servers.',
      'Only calls to Services and ServiceEntries were compared.',
    ]);
  });

  it('the document leads with the four, and has one line for each namespace of the others', () => {
    const document = impactDocument('If the mesh were STRICT', [], [], {
      checked,
      warnings: [],
      evidence,
    });
    const [, ...sections] = document.split(/^### /m);
    assert.deepEqual(
      sections.map((section) => [
        section.split('\n')[0],
        section.split('\n## ')[0]?.match(/^- /gm)?.length,
      ]),
      [
        ['Seen to call', 4],
        ['Possible, not seen in the last 24 h', 21],
        ['No evidence, for nothing was heard of the server', 21],
        ['Evidence', 1],
      ],
    );
  });
});

describe('ranking', () => {
  it('names somebody without a proxy who was seen, and whoever it may be is not called unseen', () => {
    const { observed, notSeen } = rankRefusals(
      checked,
      withCalls([{ ...example, caller: { kind: 'no-proxy' } }]),
    );
    assert.deepEqual(
      observed.map(({ caller, connections }) => [caller.kind, connections.length]),
      [['no-proxy', 21]],
    );
    assert.ok(!notSeen.some(({ server }) => server.host.startsWith('web.team-001.')));
  });

  it('names a caller by address whom no Service is known to lead to', () => {
    const caller = { kind: 'outside', address: '203.0.113.7' } as const;
    const { observed } = rankRefusals(checked, withCalls([{ ...example, caller }]));
    assert.deepEqual(
      observed.map((one) => one.caller),
      [caller],
    );
  });

  it('does not count calls over mutual TLS, nor those to servers that stay as they are', () => {
    const elsewhere = { kind: 'Pod', namespace: 'team-000', name: 'batch' } as const;
    const calls: readonly ObservedCalls[] = [
      { ...example, wire: 'mutual-tls' },
      { ...example, server: elsewhere },
    ];
    assert.deepEqual(rankRefusals(checked, withCalls(calls)).observed, []);
  });

  it('does not add up what two sources saw of the same calls', () => {
    const both = withCalls([example, { ...example, source: 'proxy-stats', count: 1000 }]);
    const [first] = rankRefusals(checked, both).observed;
    assert.deepEqual([first?.count, first?.sources], [1120, ['prometheus', 'proxy-stats']]);
  });

  it('claims of silence only what the source covers', () => {
    const [source] = evidence.sources;
    assert.ok(source !== undefined);
    const window = { from: source.window.to - 6 * 3_600_000, to: source.window.to };
    const heard = new Map([...source.heard.keys()].map((key) => [key, window]));
    const short = { ...evidence, sources: [{ ...source, window, heard }] };
    const text = consequences([], { checked, warnings: [], evidence: short });
    assert.match(text, /they called 1,312 times in the last 6 h:/);
    assert.match(text, /not seen in the last 6 h:/);
    assert.match(text, /: the last 6 h of 24 h asked for, /);
  });

  it('never says that nobody calls where nobody was seen', () => {
    const text = consequences([], { checked, warnings: [], evidence: withCalls([]) });
    assert.match(text, /^Nobody was seen .* no proof that nobody calls:/);
  });

  it('says of a mesh without any source what it says without looking, and what was not found', () => {
    const absent = [{ kind: 'prometheus', why: { kind: 'not-found' } }] as const;
    const none: Evidence = { ...evidence, sources: [], absent, calls: [] };
    const text = consequences([], { checked, warnings: [], evidence: none });
    assert.match(text, /^4200 connections will be refused, if they are used:/);
    assert.match(text, /No Prometheus was found beside the control plane/);
  });
});

describe('several readings', () => {
  it('are joined with all that each of them says', () => {
    const logs: Evidence = {
      ...evidence,
      sources: [],
      absent: [{ kind: 'logs', why: { kind: 'not-asked' } }],
      calls: [{ ...example, source: 'logs' }],
    };
    const all = joinEvidence([evidence, logs]);
    assert.deepEqual([all.sources.length, all.absent.length, all.calls.length], [1, 1, 5]);
  });
});

describe('a window', () => {
  const cases = [
    ['1h', 3_600_000],
    ['90m', 5_400_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
    ['59m', undefined],
    ['31d', undefined],
    ['1w', undefined],
    ['', undefined],
    ['-24h', undefined],
  ] as const;
  for (const [text, ms] of cases) {
    it(`of "${text}" is ${ms === undefined ? 'refused' : `${ms} ms`}`, () => {
      const read = readEvidenceWindow(text);
      assert.equal(read.kind === 'window' ? read.ms : undefined, ms);
    });
  }
});
