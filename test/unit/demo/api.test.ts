import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Json } from '../../../src/demo/json.ts';
import { at, listAt, numberAt, parseJson, textAt } from '../../../src/demo/json.ts';
import { Client, eventually } from './client.ts';

const policies = '/apis/security.istio.io/v1/namespaces/foo/peerauthentications';
const rules = '/apis/networking.istio.io/v1/namespaces/foo/destinationrules';

let demo: Demo;
let client: Client;

before(async () => {
  demo = await startDemo({
    meshes: ['tutorial'],
    keptEvents: 300,
    deny: [{ verb: 'list', resource: 'configmaps', namespace: 'bar' }],
  });
  client = new Client(demo);
});
after(async () => demo.dispose());

describe('reading', () => {
  it('says in the version that it is a demo', async () => {
    assert.match(textAt((await client.get('/version')).body, 'gitVersion') ?? '', /demo/);
  });

  it('serves Istio’s policies in v1 and v1beta1, v1 preferred', async () => {
    const { body } = await client.get('/apis/security.istio.io');
    assert.equal(textAt(body, 'preferredVersion', 'version'), 'v1');
    const { body: list } = await client.get('/apis/security.istio.io/v1beta1/peerauthentications');
    assert.equal(textAt(list, 'apiVersion'), 'security.istio.io/v1beta1');
  });

  const failures: readonly (readonly [string, string, number, RegExp])[] = [
    ['GET', '/apis/example.com/v1/things', 404, /could not find the requested resource/],
    ['GET', `${policies}/none`, 404, /^peerauthentications\.security\.istio\.io "none" not found$/],
    ['POST', '/api/v1/namespaces/foo/pods/x/proxy/', 404, /^pods "x" not found$/],
    ['PUT', policies, 405, /does not allow this method/],
    ['GET', '/api/v1/pods?labelSelector=a%20b%20c', 400, /labelSelector/],
    [
      'GET',
      '/api/v1/namespaces/bar/configmaps',
      403,
      /^configmaps is forbidden: User "demo" cannot list/,
    ],
  ];
  for (const [method, path, code, message] of failures) {
    it(`answers ${method} ${path} with a Status of code ${code}`, async () => {
      const reply = await client.call(method, path);
      assert.equal(reply.code, code);
      assert.match(textAt(reply.body, 'message') ?? '', message);
    });
  }

  it('refuses a request without the token of its kubeconfig', async () => {
    assert.equal((await client.get('/api/v1/pods', { token: 'guess' })).code, 401);
  });

  it('pages a list as it was when the first page was read', async () => {
    const first = await client.get('/api/v1/services?limit=2');
    const total = 2 + (numberAt(first.body, 'metadata', 'remainingItemCount') ?? 0);
    await client.call('POST', '/api/v1/namespaces/legacy/services', {
      body: { metadata: { name: 'zz-late' }, spec: { ports: [{ port: 80 }] } },
    });
    const token = textAt(first.body, 'metadata', 'continue') ?? '';
    const rest = await client.get(`/api/v1/services?limit=500&continue=${token}`);
    assert.equal(listAt(rest.body, 'items').length, total - 2);
    assert.equal(textAt(rest.body, 'metadata', 'continue'), undefined);
    assert.equal(listAt((await client.get('/api/v1/services')).body, 'items').length, total + 1);
  });

  it('gives metadata alone when asked for it', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const { body } = await client.get('/api/v1/namespaces/foo/pods', { accept });
    assert.equal(textAt(body, 'kind'), 'PartialObjectMetadataList');
    assert.equal(at(listAt(body, 'items')[0], 'spec'), undefined);
  });

  it('reviews access as it grants it', async () => {
    const ask = async (namespace: string): Promise<Json | undefined> => {
      const resourceAttributes = { verb: 'list', resource: 'configmaps', namespace };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const reply = await client.call('POST', path, { body: { spec: { resourceAttributes } } });
      return at(reply.body, 'status', 'allowed');
    };
    assert.deepEqual([await ask('foo'), await ask('bar')], [true, false]);
  });
});

describe('watching', () => {
  it('streams changes in order, from a revision on', async () => {
    const { body } = await client.get(policies);
    const revision = textAt(body, 'metadata', 'resourceVersion') ?? '';
    const lines = watchLines(
      `${policies}?watch=1&resourceVersion=${revision}&timeoutSeconds=1&allowWatchBookmarks=true`,
    );
    await client.apply(`${policies}/seen`, policy('seen', { mtls: { mode: 'STRICT' } }));
    await client.apply(`${policies}/seen`, policy('seen', { mtls: { mode: 'PERMISSIVE' } }));
    await client.call('DELETE', `${policies}/seen`);
    const events = await lines;
    assert.deepEqual(
      events.map((event) => textAt(event, 'type')),
      ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'],
    );
    const revisions = events.map((event) =>
      Number(textAt(event, 'object', 'metadata', 'resourceVersion')),
    );
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    );
  });

  it('ends in 410 Expired when the revision is older than its history', async () => {
    const [event] = await watchLines(`${policies}?watch=1&resourceVersion=1&timeoutSeconds=1`);
    assert.equal(textAt(event, 'type'), 'ERROR');
    assert.deepEqual(
      [numberAt(event, 'object', 'code'), textAt(event, 'object', 'reason')],
      [410, 'Expired'],
    );
  });

  it('marks the end of the initial events', async () => {
    const query =
      'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1';
    const events = await watchLines(`/api/v1/namespaces/foo/services?${query}`);
    const kinds = events.map((event) => textAt(event, 'type'));
    assert.deepEqual(kinds.slice(0, 3), ['ADDED', 'ADDED', 'BOOKMARK']);
    assert.equal(
      textAt(events[2], 'object', 'metadata', 'annotations', 'k8s.io/initial-events-end'),
      'true',
    );
  });
});

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
      /Precondition failed: UID in precondition: other/,
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

describe('validation of Istio’s policies', () => {
  const labels = { matchLabels: { app: 'httpbin' } };
  const rows: readonly (readonly [string, string, Json, RegExp])[] = [
    [
      'an unknown mode',
      policies,
      { mtls: { mode: 'MAYBE' } },
      /spec\.mtls\.mode: Unsupported value: "MAYBE": supported values: "UNSET", "DISABLE", "PERMISSIVE", "STRICT"/,
    ],
    [
      'portLevelMtls without a selector',
      policies,
      { portLevelMtls: { 80: {} } },
      /spec: Invalid value: "object": portLevelMtls requires selector/,
    ],
    [
      'empty portLevelMtls',
      policies,
      { selector: labels, portLevelMtls: {} },
      /spec\.portLevelMtls in body should have at least 1 properties/,
    ],
    [
      'port 70000',
      policies,
      { selector: labels, portLevelMtls: { 70000: {} } },
      /port must be between 1-65535/,
    ],
    [
      'a number as mode',
      policies,
      { mtls: { mode: 1 } },
      /spec\.mtls\.mode in body must be of type string: "integer"/,
    ],
    [
      'a wildcard in a selector',
      policies,
      { selector: { matchLabels: { app: '*' } } },
      /wildcard not allowed in label value match/,
    ],
    ['a rule without host', rules, { trafficPolicy: { tls: {} } }, /spec\.host: Required value/],
    [
      'an unknown client mode',
      rules,
      { host: 'a', trafficPolicy: { tls: { mode: 'STRICT' } } },
      /supported values: "DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"/,
    ],
    [
      'an empty trafficPolicy',
      rules,
      { host: 'a', trafficPolicy: {} },
      /traffic policy must have at least one field/,
    ],
    [
      'MUTUAL without certificates',
      rules,
      { host: 'a', trafficPolicy: { tls: { mode: 'MUTUAL' } } },
      /client certificate and private key required/,
    ],
    [
      'two subsets of one name',
      rules,
      { host: 'a', subsets: [{ name: 'v1' }, { name: 'v1' }] },
      /subset names must be unique/,
    ],
  ];
  for (const [what, path, spec, message] of rows) {
    it(`refuses ${what} with 422 (R281 to R284)`, async () => {
      const reply = await client.call('POST', path, { body: { metadata: { name: 'bad' }, spec } });
      assert.equal(reply.code, 422);
      assert.match(textAt(reply.body, 'message') ?? '', message);
      assert.match(textAt(reply.body, 'message') ?? '', /^\w+\.\w+\.istio\.io "bad" is invalid: /);
    });
  }

  it('refuses a misspelt field when validation is strict, else drops it with a warning', async () => {
    const body = { metadata: { name: 'misspelt' }, spec: { mtl: { mode: 'STRICT' } } };
    const strict = await client.call('POST', `${policies}?fieldValidation=Strict`, { body });
    assert.deepEqual(
      [strict.code, /unknown field "spec\.mtl"/.test(textAt(strict.body, 'message') ?? '')],
      [400, true],
    );
    const warned = await client.call('POST', policies, { body });
    assert.deepEqual([warned.code, at(warned.body, 'spec')], [201, {}]);
    assert.match(String(warned.headers['warning']), /unknown field/);
  });

  it('refuses a name that DNS would refuse', async () => {
    const reply = await client.call('POST', policies, {
      body: { metadata: { name: 'Not_A_Name' }, spec: {} },
    });
    assert.match(
      textAt(reply.body, 'message') ?? '',
      /metadata\.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain/,
    );
  });

  it('creates nothing in a namespace that does not exist', async () => {
    const path = '/apis/security.istio.io/v1/namespaces/nowhere/peerauthentications';
    const reply = await client.call('POST', path, { body: { metadata: { name: 'a' }, spec: {} } });
    assert.deepEqual(
      [reply.code, textAt(reply.body, 'message')],
      [404, 'namespaces "nowhere" not found'],
    );
  });
});

it('removes what a deleted namespace held', async () => {
  await client.call('DELETE', '/api/v1/namespaces/legacy');
  await eventually(
    async () => listAt((await client.get('/api/v1/namespaces/legacy/pods')).body, 'items').length,
    (count) => count === 0,
  );
});

function policy(name: string, spec: Json): Json {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name, namespace: 'foo' },
    spec,
  };
}

function ownersOf(object: Json): Record<string, Json | undefined> {
  const entries = listAt(object, 'metadata', 'managedFields');
  return Object.fromEntries(
    entries.map((entry) => [textAt(entry, 'manager') ?? '', at(entry, 'fieldsV1')]),
  );
}

/** Every event until the server ends the watch. */
async function watchLines(path: string): Promise<readonly (Json | undefined)[]> {
  const response = await client.open('GET', path);
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseJson);
}
