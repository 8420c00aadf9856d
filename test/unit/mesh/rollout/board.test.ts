import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDesired } from '../../../../src/mesh/change/change.ts';
import { preflight } from '../../../../src/mesh/change/preflight.ts';
import { finish } from '../../../../src/mesh/connection/steps.ts';
import type { Evidence } from '../../../../src/mesh/evidence/evidence.ts';
import { rankRefusals } from '../../../../src/mesh/evidence/rankedRefusals.ts';
import { boardCounts, boardSteps, type Board } from '../../../../src/mesh/rollout/board.ts';
import {
  boardSentence,
  rolloutJson,
  rolloutMarkdown,
} from '../../../../src/mesh/rollout/boardReport.ts';
import { guardrail } from '../../../../src/mesh/rollout/guardrail.ts';
import { planRollout } from '../../../../src/mesh/rollout/plan.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { namespace, objectsOf, peerAuthentication, pod } from '../../../support/meshNotation.ts';
import {
  evidenceOfRealCallers,
  realCallers,
  twoHundredNamespaces,
} from '../../../support/twoHundredNamespaces.ts';

const mesh = updateMesh(twoHundredNamespaces(), {
  upsert: objectsOf([
    peerAuthentication('team-002/default STRICT', 1),
    peerAuthentication('team-003/default STRICT', 1),
    peerAuthentication('team-003/web app=web STRICT 8080:PERMISSIVE', 2),
    namespace('legacy'),
    pod('legacy/old', 'none'),
  ]),
});
const evidence = evidenceOfRealCallers(mesh);
const board = boardOf(mesh, evidence);

function boardOf(of: Mesh, seen: Evidence): Board {
  return finish(boardSteps(of, seen));
}

function stateOf(name: string, of = board): string | undefined {
  return of.rows.find((row) => row.namespace === name)?.state.kind;
}

describe('the board of a rollout', () => {
  const rows: readonly (readonly [namespace: string, state: string, why: string])[] = [
    ['team-002', 'done', 'it is STRICT'],
    ['team-003', 'done', 'it is STRICT but for an exception'],
    ['team-004', 'ready', 'its servers were heard and reported no plaintext'],
    ['team-001', 'blocked', 'two callers were seen'],
    ['team-198', 'no-evidence', 'nothing was heard of its server'],
    ['legacy', 'not-in-mesh', 'none of its pods has a proxy'],
  ];
  for (const [name, state, why] of rows)
    it(`calls ${name} ${state}, for ${why}`, () => {
      assert.equal(stateOf(name), state);
    });

  it('has every namespace once, so that the sums agree', () => {
    const counts = boardCounts(board);
    assert.deepEqual(counts, {
      done: 2,
      ready: 194,
      blocked: 3,
      'no-evidence': 1,
      'not-in-mesh': 1,
    });
    assert.equal(new Set(board.rows.map((row) => row.namespace)).size, 201);
  });

  it('names exactly the callers that were seen', () => {
    const callers = board.rows.flatMap(({ state }) =>
      state.kind === 'blocked'
        ? state.callers.map(({ caller, server, count }) => ({
            from:
              caller.kind === 'workload'
                ? `${caller.workload.namespace}/${caller.workload.name}`
                : caller.kind,
            to: `${server.namespace}/${server.name}`,
            count,
          }))
        : [],
    );
    assert.deepEqual(callers, realCallers);
  });

  it('calls nothing ready without evidence', () => {
    const blind = boardOf(mesh, { ...evidence, sources: [], calls: [] });
    const counts = boardCounts(blind);
    assert.equal(counts.ready + counts.blocked, 0);
    assert.equal(counts.done, 2);
  });

  it('calls nothing ready that could not be read', () => {
    const hidden = updateMesh(mesh, {
      missing: [{ kind: 'PeerAuthentication', namespace: '', why: 'forbidden' }],
    });
    const counts = boardCounts(boardOf(hidden, evidence));
    assert.equal(counts.ready + counts.done, 0);
  });

  it('can be of chosen namespaces', () => {
    const some = finish(boardSteps(mesh, evidence, ['team-001', 'legacy']));
    assert.deepEqual(
      some.rows.map((row) => row.namespace),
      ['legacy', 'team-001'],
    );
  });
});

describe('the plan of a rollout', () => {
  const plan = planRollout(mesh, board);

  it('takes what is ready first, then those with fewest callers, and waits for evidence', () => {
    const blocked = plan.stages.filter(({ state }) => state === 'blocked');
    assert.deepEqual(
      plan.stages.slice(-3).map((stage) => stage.namespace),
      blocked.map((stage) => stage.namespace),
    );
    assert.deepEqual(
      blocked.map((stage) => stage.namespace),
      ['team-103', 'team-199', 'team-001'],
    );
    assert.deepEqual(plan.waiting, ['team-198']);
  });

  it('excepts the port that was called and nothing else, for the callers who were seen', () => {
    const stage = plan.stages.find((one) => one.namespace === 'team-001');
    assert.deepEqual(
      stage?.exceptions.map(({ target, for: callers }) => [
        target.scope,
        target.workload.name,
        callers.length,
      ]),
      [['port', 'web', 2]],
    );
    assert.deepEqual(
      stage.bringIn.map((ref) => `${ref.namespace}/${ref.name}`),
      ['team-000/batch', 'team-010/batch'],
    );
  });

  it('refuses nobody who was seen, stage after stage', () => {
    let now = mesh;
    for (const { desired } of plan.stages) {
      const after = withDesired(now, desired);
      const { observed } = rankRefusals(preflight(now, after), evidence);
      assert.deepEqual(
        observed.flatMap(({ connections }) => connections),
        [],
      );
      now = after;
    }
    const counts = boardCounts(boardOf(now, evidence));
    assert.deepEqual([counts.done, counts.ready, counts.blocked], [199, 0, 0]);
  });
});

describe('the report of a rollout', () => {
  const plan = planRollout(mesh, board);

  it('is the same every time, and says how old its data is', () => {
    const text = rolloutMarkdown(board, plan);
    assert.equal(rolloutMarkdown(boardOf(mesh, evidence), plan), text);
    assert.match(
      text,
      /^201 namespaces: 2 done, 194 ready, 3 blocked, 1 no evidence, 1 not in the mesh\.$/m,
    );
    assert.match(
      text,
      /^\| team-001 \| blocked \(2 callers\) \| team-000\/batch → team-001\/web: 1,120 requests/m,
    );
    assert.match(text, /^\| team-003 \| done \| Exceptions: web port 8080 is PERMISSIVE/m);
    assert.match(text, /^- Prometheus \(Service istio-system\/prometheus\): the last 24 h/m);
    assert.match(text, /^- team-001: First bring team-000\/batch, team-010\/batch into the mesh;/m);
    assert.match(boardSentence(board), /^201 namespaces/);
  });

  it('is data of which the sums agree with the rows', () => {
    const json = JSON.parse(JSON.stringify(rolloutJson(board, plan))) as {
      readonly counts: Readonly<Record<string, number>>;
      readonly namespaces: readonly { readonly state: string }[];
    };
    for (const [state, count] of Object.entries(json.counts))
      assert.equal(json.namespaces.filter((one) => one.state === state).length, count, state);
  });
});

describe('the guardrail of a rollout', () => {
  it('is for finished namespaces only, and knows their exceptions', () => {
    const [policy, binding] = guardrail(mesh, board);
    assert.equal(policy?.kind, 'ValidatingAdmissionPolicy');
    assert.match(JSON.stringify(policy), /team-003\/web/);
    assert.deepEqual(
      /"values":(\[[^\]]*\])/.exec(JSON.stringify(binding))?.[1],
      '["team-002","team-003"]',
    );
  });

  it('is none where nothing is finished', () => {
    const open = twoHundredNamespaces();
    assert.deepEqual(guardrail(open, boardOf(open, evidence)), []);
  });
});
