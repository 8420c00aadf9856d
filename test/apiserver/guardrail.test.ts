import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { finish } from '../../src/mesh/connection/steps.ts';
import { boardSteps } from '../../src/mesh/rollout/board.ts';
import { guardrail } from '../../src/mesh/rollout/guardrail.ts';
import { meshOf, namespace, pod } from '../support/meshNotation.ts';
import { until } from '../support/until.ts';
import { createNamespace, peerAuthentication, policyPath } from './environment/objects.ts';
import { startTestCluster } from './environment.ts';

const cluster = await startTestCluster();
const { admin } = cluster;

const strict = peerAuthentication('finished', 'default');
const exception = peerAuthentication('finished', 'web', {
  spec: {
    selector: { matchLabels: { app: 'web' } },
    mtls: { mode: 'STRICT' },
    portLevelMtls: { 8080: { mode: 'PERMISSIVE' } },
  },
});

/** What the guardrail of a mesh is made of in which only `finished` is finished, but for a port of one workload. */
function guardrailOfFinished(): readonly unknown[] {
  const mesh = meshOf([
    namespace('finished'),
    namespace('open'),
    pod('finished/web', 'sidecar'),
    pod('open/web', 'sidecar'),
    strict,
    exception,
  ]);
  const asked = { from: 0, to: 1 };
  return guardrail(mesh, finish(boardSteps(mesh, { asked, sources: [], absent: [], calls: [] })));
}

async function create(policy: ReturnType<typeof peerAuthentication>): Promise<number> {
  const { namespace: home = '' } = policy.metadata;
  return (await admin.send(policyPath(home), { method: 'POST', body: policy })).status;
}

async function change(home: string, name: string, spec: unknown): Promise<number> {
  const { status } = await admin.send(policyPath(home, name), {
    method: 'PATCH',
    body: { spec },
    contentType: 'application/merge-patch+json',
  });
  return status;
}

describe('the guardrail on a real API server', () => {
  before(async () => {
    await createNamespace(admin, 'finished');
    await createNamespace(admin, 'open');
    await admin.create(policyPath('finished'), strict);
    await admin.create(policyPath('finished'), exception);
    await admin.create(policyPath('open'), peerAuthentication('open', 'default'));
    const [policy, binding] = guardrailOfFinished();
    const path = '/apis/admissionregistration.k8s.io/v1';
    await admin.create(`${path}/validatingadmissionpolicies`, policy);
    await admin.create(`${path}/validatingadmissionpolicybindings`, binding);
    const weak = peerAuthentication('finished', 'weak', { mode: 'PERMISSIVE' });
    await until('the guardrail is in force', async () => (await create(weak)) === 422);
  });
  after(() => cluster.dispose());

  it('has expressions that the API server can check', async () => {
    const read = await admin.get(
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/istio-mtls-guardrail',
    );
    const { typeChecking } = (read['status'] ?? {}) as { readonly typeChecking?: unknown };
    assert.equal(JSON.stringify(typeChecking ?? {}).includes('expressionWarnings'), false);
  });

  const selector = { matchLabels: { app: 'other' } };
  const created: readonly (readonly [
    what: string,
    spec: Record<string, unknown>,
    status: number,
  ])[] = [
    ['one that says PERMISSIVE', { mtls: { mode: 'PERMISSIVE' } }, 422],
    ['one that says DISABLE for a workload', { selector, mtls: { mode: 'DISABLE' } }, 422],
    ['one that says nothing for the namespace', {}, 422],
    [
      'one with a port that takes plaintext',
      { selector, mtls: { mode: 'STRICT' }, portLevelMtls: { 9090: { mode: 'PERMISSIVE' } } },
      422,
    ],
    ['one that says STRICT', { mtls: { mode: 'STRICT' } }, 201],
    ['one that leaves a workload as its namespace is', { selector }, 201],
  ];
  for (const [index, [what, spec, status]] of created.entries())
    it(`${status === 201 ? 'lets in' : 'refuses'} ${what}`, async () => {
      assert.equal(
        await create(peerAuthentication('finished', `policy-${index}`, { spec })),
        status,
      );
    });

  it('refuses to weaken what makes a namespace STRICT, and to take it away', async () => {
    assert.equal(await change('finished', 'default', { mtls: { mode: 'PERMISSIVE' } }), 422);
    const path = policyPath('finished', 'default');
    const { status } = await admin.send(path, { method: 'DELETE' });
    assert.equal(status, 422);
    assert.deepEqual((await admin.get(path))['spec'], { mtls: { mode: 'STRICT' } });
  });

  it('leaves the listed exception free, and every other namespace', async () => {
    const ports = { portLevelMtls: { 8080: { mode: 'DISABLE' } } };
    assert.equal(await change('finished', 'web', ports), 200);
    assert.equal(await change('open', 'default', { mtls: { mode: 'PERMISSIVE' } }), 200);
    assert.equal(
      (await admin.send(policyPath('open', 'default'), { method: 'DELETE' })).status,
      200,
    );
  });
});
