import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { Demo } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import type { ClusterConnection } from '../../../src/kube.ts';
import { openCluster } from '../../../src/kube.ts';
import { withDesired } from '../../../src/mesh/change/change.ts';
import { planEnforcement } from '../../../src/mesh/change/enforce.ts';
import { preflight } from '../../../src/mesh/change/preflight.ts';
import type { Mesh } from '../../../src/mesh/snapshot/mesh.ts';
import type { Received } from '../sources/cluster/apiServerDouble.ts';
import { everyExplanation, everyHover, everyRow } from '../../unit/safety/everySurface.ts';
import type { DemoProxy } from '../../support/demoProxy.ts';
import { startDemoProxy } from '../../support/demoProxy.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const signal = AbortSignal.timeout(30_000);

let folder = '';
let demo: Demo;
let proxy: DemoProxy;
let cluster: ClusterConnection;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reading-'));
  demo = await startDemo({ meshes: ['tutorial'] });
  proxy = await startDemoProxy(demo);
  await writeFile(join(folder, 'config'), proxy.kubeconfig);
  const opening = await openCluster({
    kubeconfigPaths: [join(folder, 'config')],
    log: { info: () => undefined, warn: () => undefined },
    signal,
  });
  assert.equal(opening.kind, 'opened');
  cluster = opening.cluster;
  await new Promise<void>((resolve) => {
    cluster.source.subscribe((now) => {
      if (now?.status.kind === 'synced') resolve();
    });
  });
});
after(async () => {
  cluster.dispose();
  await proxy.dispose();
  await demo.dispose();
  await rm(folder, { recursive: true });
});

function mesh(): Mesh {
  const now = cluster.source.current?.mesh;
  assert.ok(now);
  return now;
}

/** Requests that are neither reads nor questions about permissions. */
function writes(): readonly Received[] {
  const isQuestion = ({ method, path }: Received): boolean => method === 'POST' && path === REVIEWS;
  return proxy.received.filter((one) => one.method !== 'GET' && !isQuestion(one));
}

function strictFoo(): ReturnType<typeof planEnforcement> {
  return planEnforcement(mesh(), { scope: 'namespace', namespace: 'foo' }, 'STRICT');
}

describe('the server of a cluster that is only looked at', () => {
  it('sees reads, watches and questions about permissions, whatever is shown', async () => {
    assert.ok(everyRow(mesh()).length > 10);
    assert.ok(everyHover(mesh()).length > 10);
    assert.ok(everyExplanation(mesh()).length > 10);
    const plan = strictFoo();
    assert.equal(plan.kind, 'plan');
    const after = withDesired(mesh(), plan.desired);
    assert.ok(preflight(mesh(), after).modes.length > 0);
    const access = { verb: 'patch', group: 'security.istio.io', resource: 'peerauthentications' };
    assert.equal(await cluster.actions.may({ ...access, namespace: 'foo' }, signal), 'yes');
    await cluster.actions.read({ kind: 'Namespace', namespace: '', name: 'foo' }, signal);
    const target = { scope: 'namespace', namespace: 'legacy' } as const;
    await cluster.actions.planInjection(mesh(), target, signal);
    assert.deepEqual(writes().map(inWords), []);
    assert.ok(proxy.received.some(({ query }) => query.get('watch') === 'true'));
    assert.ok(proxy.received.some(({ path }) => path === REVIEWS));
  });

  it('sees rehearsals only until a change was confirmed, and the change then', async () => {
    const plan = strictFoo();
    assert.equal(plan.kind, 'plan');
    const prepared = await cluster.actions.prepare(plan.desired, signal);
    assert.equal(prepared.kind, 'ready');
    assert.ok(writes().length > 0);
    assert.deepEqual(writes().filter(isInEarnest).map(inWords), []);
    await cluster.actions.commit(prepared, { title: 'Enforced STRICT' }, signal);
    assert.deepEqual(writes().filter(isInEarnest).map(inWords), [
      'PATCH /apis/security.istio.io/v1/namespaces/foo/peerauthentications/default',
    ]);
  });
});

function isInEarnest({ query }: Received): boolean {
  return query.get('dryRun') !== 'All';
}

function inWords({ method, path }: Received): string {
  return `${method} ${path}`;
}
