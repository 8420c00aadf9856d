import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Json } from '../../../src/demo/objects/json.ts';
import { at, listAt, numberAt, parseJson, textAt } from '../../../src/demo/objects/json.ts';
import { Client, policy } from './client.ts';

const policies = '/apis/security.istio.io/v1/namespaces/foo/peerauthentications';

let demo: Demo;
let client: Client;

before(async () => {
  demo = await startDemo({
    meshes: ['tutorial'],
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

  it('reviews access as it grants it: all is allowed', async () => {
    const resourceAttributes = { verb: 'list', resource: 'configmaps', namespace: 'foo' };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const reply = await client.call('POST', path, { body: { spec: { resourceAttributes } } });
    assert.equal(at(reply.body, 'status', 'allowed'), true);
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

describe('the end of a watch', () => {
  it('is the last that is written, however soon the next bookmark is due', async (t) => {
    // A server of its own: what goes wrong in it is then a fault of this test.
    const ending = await startDemo({ meshes: ['tutorial'] });
    t.after(() => ending.dispose());
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const path = `${policies}?watch=1&timeoutSeconds=20&allowWatchBookmarks=true`;
    const watches = await Promise.all(
      Array.from({ length: 60 }, () => new Client(ending).open('GET', path)),
    );
    t.mock.timers.tick(30_000);
    for (const watch of watches) {
      const types = (await eventsOf(watch)).map((event) => textAt(event, 'type'));
      assert.deepEqual(types.slice(-3), ['BOOKMARK', 'BOOKMARK', 'BOOKMARK']);
    }
  });
});

/** Every event until the server ends the watch. */
async function watchLines(path: string): Promise<readonly (Json | undefined)[]> {
  return eventsOf(await client.open('GET', path));
}

async function eventsOf(response: IncomingMessage): Promise<readonly (Json | undefined)[]> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseJson);
}
