import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Json, JsonObject } from '../../../src/demo/objects/json.ts';
import { at, listAt, numberAt, textAt } from '../../../src/demo/objects/json.ts';
import { Client, eventually, policy } from './client.ts';

const policies = '/apis/security.istio.io/v1/namespaces/foo/peerauthentications';

let demo: Demo;
let client: Client;

before(async () => {
  demo = await startDemo({ meshes: ['tutorial'] });
  client = new Client(demo);
});
after(async () => demo.dispose());

describe('writing', () => {
  it('creates with uid, generation 1 and a time without fractions', async () => {
    const { code, body } = await client.call('POST', policies, {
      body: policy('made', { mtls: { mode: 'STRICT' } }),
    });
    assert.equal(code, 201);
    assert.equal(numberAt(body, 'metadata', 'generation'), 1);
    assert.match(
      textAt(body, 'metadata', 'creationTimestamp') ?? '',
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
    const again = await client.call('POST', policies, { body: policy('made', {}) });
    assert.deepEqual([again.code, textAt(again.body, 'reason')], [409, 'AlreadyExists']);
  });

  it('counts the generation up when the spec changes, not when a label does', async () => {
    const path = `${policies}/generations`;
    await client.apply(path, policy('generations', { mtls: { mode: 'STRICT' } }));
    const labelled = await client.merge(path, { metadata: { labels: { a: 'b' } } });
    const changed = await client.merge(path, { spec: { mtls: { mode: 'DISABLE' } } });
    assert.deepEqual(
      [labelled, changed].map((reply) => numberAt(reply.body, 'metadata', 'generation')),
      [1, 2],
    );
  });

  it('changes nothing in a dry run', async () => {
    const path = `${policies}/rehearsed`;
    const dry = await client.apply(
      path,
      policy('rehearsed', {}),
      'fieldManager=istio-mtls&dryRun=All',
    );
    assert.equal(dry.code, 201);
    assert.equal((await client.get(path)).code, 404);
  });

  it('refuses an update of an older revision and a delete of another object', async () => {
    const path = `${policies}/contested`;
    const { body } = await client.apply(path, policy('contested', { mtls: { mode: 'STRICT' } }));
    await client.merge(path, { spec: { mtls: { mode: 'DISABLE' } } });
    const stale = await client.call('PUT', path, { body });
    assert.equal(stale.code, 409);
    assert.match(textAt(stale.body, 'message') ?? '', /the object has been modified/);
    const wrong = await client.call('DELETE', path, { body: { preconditions: { uid: 'other' } } });
    assert.match(
      textAt(wrong.body, 'message') ?? '',
      /the UID in the precondition \(other\) does not match/,
    );
  });

  it('knows no strategic merge patch for custom resources', async () => {
    const contentType = 'application/strategic-merge-patch+json';
    const reply = await client.call('PATCH', `${policies}/made`, { body: {}, contentType });
    assert.equal(reply.code, 415);
  });
});

describe('server-side apply', () => {
  const path = `${policies}/applied`;

  it('names the manager that owns a field, until it is forced', async () => {
    await client.apply(
      path,
      policy('applied', { mtls: { mode: 'STRICT' } }),
      'fieldManager=argocd',
    );
    const refused = await client.apply(path, policy('applied', { mtls: { mode: 'DISABLE' } }));
    assert.equal(refused.code, 409);
    assert.equal(
      textAt(refused.body, 'message'),
      'Apply failed with 1 conflict: conflict with "argocd": .spec.mtls.mode',
    );
    assert.deepEqual(listAt(refused.body, 'details', 'causes'), [
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "argocd"',
        field: '.spec.mtls.mode',
      },
    ]);
    const forced = await client.apply(
      path,
      policy('applied', { mtls: { mode: 'DISABLE' } }),
      'fieldManager=istio-mtls&force=true',
    );
    assert.deepEqual(ownersOf(forced.body), {
      'istio-mtls': { 'f:spec': { 'f:mtls': { 'f:mode': {} } } },
    });
  });

  it('names the version that an update was made with', async () => {
    const edited = `${policies}/edited`;
    await client.call('POST', `${policies}?fieldManager=kubectl-edit`, {
      body: policy('edited', { mtls: { mode: 'STRICT' } }),
    });
    const { body } = await client.apply(edited, policy('edited', { mtls: { mode: 'DISABLE' } }));
    assert.match(
      textAt(body, 'message') ?? '',
      /conflict with "kubectl-edit" using security\.istio\.io\/v1: \.spec\.mtls\.mode$/,
    );
  });

  it('shares a field that both managers want alike', async () => {
    const shared = `${policies}/shared`;
    const body = policy('shared', { mtls: { mode: 'STRICT' } });
    await client.apply(shared, body, 'fieldManager=a');
    assert.deepEqual(
      Object.keys(ownersOf((await client.apply(shared, body, 'fieldManager=b')).body)),
      ['a', 'b'],
    );
  });

  it('removes what its only owner no longer applies', async () => {
    const shrinking = `${policies}/shrinking`;
    const selector = { matchLabels: { app: 'httpbin' } };
    const portLevelMtls = { 8080: { mode: 'DISABLE' } };
    await client.apply(
      shrinking,
      policy('shrinking', { selector, mtls: { mode: 'STRICT' }, portLevelMtls }),
    );
    const { body } = await client.apply(
      shrinking,
      policy('shrinking', { selector, mtls: { mode: 'STRICT' } }),
    );
    assert.deepEqual(at(body, 'spec'), { selector, mtls: { mode: 'STRICT' } });
  });

  it('demands a field manager', async () => {
    const reply = await client.apply(path, policy('applied', {}), '');
    assert.equal(reply.code, 422);
    assert.match(textAt(reply.body, 'message') ?? '', /fieldManager: Required value/);
  });

  it('changes one container of a Deployment and leaves the others', async () => {
    const deployment = '/apis/apps/v1/namespaces/legacy/deployments/httpbin';
    const template = { spec: { containers: [{ name: 'second', image: 'nothing' }] } };
    const { body } = await client.apply(deployment, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'httpbin' },
      spec: { template },
    });
    const containers = listAt(body, 'spec', 'template', 'spec', 'containers');
    assert.deepEqual(
      containers.map((container) => textAt(container, 'name')),
      ['httpbin', 'second'],
    );
  });
});

it('takes nothing new into a deleted namespace, and removes what it held and then itself', async () => {
  await client.call('DELETE', '/api/v1/namespaces/legacy');
  const late = await client.apply(policies.replace('foo', 'legacy') + '/late', {
    ...(policy('late', {}) as JsonObject),
    metadata: { name: 'late', namespace: 'legacy' },
  });
  assert.deepEqual([late.code, textAt(late.body, 'reason')], [403, 'Forbidden']);
  await eventually(
    async () => listAt((await client.get('/api/v1/namespaces/legacy/pods')).body, 'items').length,
    (count) => count === 0,
  );
  const { code } = await eventually(
    () => client.get('/api/v1/namespaces/legacy'),
    (reply) => reply.code !== 200,
  );
  assert.equal(code, 404);
});

function ownersOf(object: Json): Record<string, Json | undefined> {
  const entries = listAt(object, 'metadata', 'managedFields');
  return Object.fromEntries(
    entries.map((entry) => [textAt(entry, 'manager') ?? '', at(entry, 'fieldsV1')]),
  );
}
