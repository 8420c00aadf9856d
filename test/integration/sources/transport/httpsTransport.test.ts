import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';

import { describeFailure } from '../../../../src/sources/transport/kubeFailure.ts';
import { openTransport } from '../../../../src/sources/transport/httpsTransport.ts';
import type { WatchEvent } from '../../../../src/sources/transport/transport.ts';
import { openCredentials } from '../../../../src/sources/kubeconfig/credentials.ts';
import type { ApiServerDouble, Received } from '../cluster/apiServerDouble.ts';
import { sendJson, startApiServerDouble, transportTo } from '../cluster/apiServerDouble.ts';
import { until, turns } from '../../../support/until.ts';

const servers: ApiServerDouble[] = [];

async function start(answer: (received: Received) => void): Promise<ApiServerDouble> {
  const server = await startApiServerDouble(answer);
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose();
});

const NEVER = new AbortController().signal;

describe('a request', () => {
  it('brings back the JSON of the answer', async () => {
    const server = await start((received) => {
      sendJson(received, { gitVersion: 'v1' });
    });
    const transport = transportTo(server);
    assert.deepEqual(await transport.request({ method: 'GET', path: '/version' }), {
      kind: 'ok',
      status: 200,
      body: { gitVersion: 'v1' },
    });
    transport.close();
  });

  it('goes over one connection with the ones before it', async () => {
    const server = await start((received) => {
      sendJson(received, {});
    });
    const transport = transportTo(server);
    for (let i = 0; i < 5; i += 1) await transport.request({ method: 'GET', path: '/version' });
    assert.equal(server.connections, 1);
    transport.close();
  });

  it('keeps lists in the query and spells dry runs as asked', async () => {
    const server = await start((received) => {
      sendJson(received, {});
    });
    const transport = transportTo(server);
    const query = { command: ['curl', '-s', 'http://a b/?x=1&y'], limit: 500, continue: undefined };
    await transport.request({ method: 'GET', path: '/api', query });
    assert.deepEqual(server.received[0]?.query.getAll('command'), query.command);
    assert.equal(server.received[0].query.has('continue'), false);
    transport.close();
  });

  it('carries the causes of a Status as the server words them', async () => {
    const causes = [{ reason: 'FieldValueInvalid', message: 'Invalid value: 0', field: 'spec.x' }];
    const server = await start((received) => {
      sendJson(
        received,
        { kind: 'Status', reason: 'Invalid', message: 'it is invalid', details: { causes } },
        422,
      );
    });
    const transport = transportTo(server);
    const answer = await transport.request({ method: 'GET', path: '/x' });
    assert.deepEqual(answer, {
      kind: 'status',
      status: 422,
      reason: 'Invalid',
      message: 'it is invalid',
      causes,
    });
    transport.close();
  });
});

interface BadAnswer {
  readonly name: string;
  readonly answer: (received: Received) => void;
  readonly expected: RegExp;
}

const badAnswers: readonly BadAnswer[] = [
  {
    name: 'a page of HTML from a proxy',
    answer: ({ response }) => response.writeHead(502).end('<html><body>bad gateway</body></html>'),
    expected: /^The API server answered 502$/,
  },
  {
    name: 'JSON that is cut off',
    answer: ({ response }) => response.end('{"items": ['),
    expected: /^The API server's answer could not be read: it is not valid JSON\.$/,
  },
  {
    name: 'a connection that is reset',
    answer: ({ request }) => request.socket.destroy(),
    expected: /^The connection to https:\/\/127\.0\.0\.1:\d+ was cut \(ECONNRESET\)\.$/,
  },
  {
    name: 'an answer that ends before its length',
    answer: ({ response }) => {
      response.writeHead(200, { 'content-length': 1000 }).write('{', () => response.destroy());
    },
    expected: /^(The connection to .* was cut|Talking to .* failed)/,
  },
  {
    name: 'silence',
    answer: () => undefined,
    expected: /^The API server did not answer within 0\.2 s\.$/,
  },
  {
    name: 'expired credentials',
    answer: (received) => {
      sendJson(received, { kind: 'Status', message: 'Unauthorized' }, 401);
    },
    expected:
      /does not accept the credentials of this context \(401\): Unauthorized\. They may have expired\.$/,
  },
];

describe('a bad answer is one sentence:', () => {
  for (const { name, answer, expected } of badAnswers) {
    it(name, async () => {
      const server = await start(answer);
      const transport = transportTo(server);
      const got = await transport.request({ method: 'GET', path: '/x', timeoutMs: 200 });
      assert.notEqual(got.kind, 'ok');
      assert.match(got.kind === 'ok' ? '' : describeFailure(got), expected);
      transport.close();
    });
  }

  it('nothing listening', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const server = `https://127.0.0.1:${port}`;
    const cluster = { server, insecureSkipTlsVerify: true };
    const credentials = openCredentials({ name: 'x', namespace: 'default', cluster, user: {} });
    const transport = openTransport({ server, credentials });
    const got = await transport.request({ method: 'GET', path: '/x' });
    assert.equal(
      got.kind === 'ok' ? '' : describeFailure(got),
      `Nothing listens at ${server}: the connection was refused.`,
    );
    transport.close();
  });

  it('a server that another authority signed, also where the environment says not to look', async (t) => {
    const variable = 'NODE_TLS_REJECT_UNAUTHORIZED';
    process.env[variable] = '0';
    t.after(() => {
      Reflect.deleteProperty(process.env, variable);
    });
    const server = await start((received) => {
      sendJson(received, {});
    });
    const cluster = { server: server.url, insecureSkipTlsVerify: false };
    const user = { token: 'secret' };
    const credentials = openCredentials({ name: 'x', namespace: 'default', cluster, user });
    const transport = openTransport({ server: server.url, credentials });
    const got = await transport.request({ method: 'GET', path: '/x' });
    assert.equal(got.kind, 'unreachable');
    assert.deepEqual(server.received, []);
    transport.close();
  });

  it('a server that another authority signed', async () => {
    const server = await start((received) => {
      sendJson(received, {});
    });
    const cluster = { server: server.url, insecureSkipTlsVerify: false };
    const credentials = openCredentials({ name: 'x', namespace: 'default', cluster, user: {} });
    const transport = openTransport({ server: server.url, credentials });
    const got = await transport.request({ method: 'GET', path: '/x' });
    assert.match(
      got.kind === 'ok' ? '' : describeFailure(got),
      /is not signed by the certificate authority of the kubeconfig/,
    );
    transport.close();
  });
});

describe('an answer that comes slowly', () => {
  const cases = [
    { limits: { timeoutMs: 10_000, idleMs: 3_000 }, silent: false, ends: 'ok' },
    { limits: { timeoutMs: 10_000, idleMs: 400 }, silent: true, ends: 'after 400 ms' },
    { limits: { timeoutMs: 500 }, silent: false, ends: 'after 500 ms' },
    { limits: { timeoutMs: 500, idleMs: 3_000 }, silent: false, ends: 'after 500 ms' },
  ] as const;
  for (const { limits, silent, ends } of cases) {
    const how = silent ? 'and stops half-way' : 'for one second';
    it(`${how}, under ${JSON.stringify(limits)}, ends ${ends}`, async () => {
      const server = await start(({ response }) => {
        drip(response, silent ? 2 : 20);
      });
      const transport = transportTo(server);
      const got = await transport.request({ method: 'GET', path: '/x', ...limits });
      assert.equal(got.kind === 'timed-out' ? `after ${got.afterMs} ms` : got.kind, ends);
      await until('the socket to be closed', () => server.open.size <= (ends === 'ok' ? 1 : 0));
      transport.close();
    });
  }
});

/** Sends the first `count` bytes of a JSON text of 20 bytes, one every 50 ms. */
function drip(response: Received['response'], count: number): void {
  const text = JSON.stringify('x'.repeat(18));
  let sent = 0;
  const dripping = setInterval(() => {
    if (sent < count) response.write(text[sent]);
    else clearInterval(dripping);
    sent += 1;
    if (sent === text.length) response.end();
  }, 50);
}

describe('cancelling', () => {
  it('closes the socket of the request', async () => {
    const server = await start(() => undefined);
    const transport = transportTo(server);
    const controller = new AbortController();
    const answer = transport.request({ method: 'GET', path: '/x', signal: controller.signal });
    await until('the request', () => server.received.length > 0);
    controller.abort();
    assert.deepEqual(await answer, { kind: 'cancelled' });
    await until('the sockets to be closed', () => server.open.size === 0);
    transport.close();
  });

  it('by closing the transport ends everything, and nothing is sent afterwards', async () => {
    const server = await start(({ response }) => {
      response.writeHead(200).flushHeaders();
    });
    const transport = transportTo(server);
    const watching = transport.watch({ path: '/watch', signal: NEVER, onEvent: () => undefined });
    const asking = transport.request({ method: 'GET', path: '/x' });
    await until('both requests', () => server.received.length >= 2);
    transport.close();
    assert.deepEqual(await watching, { kind: 'cancelled' });
    assert.deepEqual(await asking, { kind: 'cancelled' });
    assert.deepEqual(await transport.request({ method: 'GET', path: '/x' }), { kind: 'cancelled' });
    await until('the sockets to be closed', () => server.open.size === 0);
    assert.equal(server.received.length, 2);
  });
});

describe('a watch', () => {
  it('gives its events in order, however the bytes are cut', async () => {
    const lines = ['ADDED', 'MODIFIED', 'BOOKMARK', 'DELETED'].map(
      (type) => `${JSON.stringify({ type, object: { metadata: { name: 'größe' } } })}\n`,
    );
    const bytes = Buffer.from(lines.join(''));
    const server = await start(({ response }) => {
      void sendSlowly(response, bytes);
    });
    const transport = transportTo(server);
    const events: WatchEvent[] = [];
    const end = await transport.watch({
      path: '/watch',
      signal: NEVER,
      onEvent: (event) => events.push(event),
    });
    assert.deepEqual(end, { kind: 'closed' });
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'BOOKMARK', 'DELETED'],
    );
    assert.deepEqual(events[3]?.object, { metadata: { name: 'größe' } });
    transport.close();
  });

  for (const [what, answer, afterMs] of [
    ['that is not answered', () => undefined, 10_000],
    [
      'on which nothing comes',
      ({ response }: Received) => {
        response.writeHead(200).flushHeaders();
      },
      75_000,
    ],
  ] as const) {
    it(`${what} is given up after ${afterMs / 1000} s`, async (t) => {
      let asked = (): void => undefined;
      const isAsked = new Promise<void>((resolve) => (asked = resolve));
      const server = await start((received) => {
        answer(received);
        if (afterMs === 10_000) asked();
      });
      const transport = transportTo(server);
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const watching = transport.watch({
        path: '/w',
        signal: NEVER,
        onOpen: () => {
          setImmediate(asked);
        },
        onEvent: () => undefined,
      });
      await isAsked;
      t.mock.timers.tick(afterMs);
      assert.deepEqual(await watching, { kind: 'timed-out', afterMs });
      transport.close();
    });
  }

  it('that is refused keeps what the server said', async () => {
    const server = await start((received) => {
      sendJson(received, { kind: 'Status', reason: 'Expired', message: 'too old' }, 410);
    });
    const transport = transportTo(server);
    const end = await transport.watch({ path: '/w', signal: NEVER, onEvent: () => undefined });
    assert.equal(end.kind === 'status' && `${end.status} ${end.message}`, '410 too old');
    transport.close();
  });
});

async function sendSlowly(response: Received['response'], bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += 7) {
    response.write(bytes.subarray(at, at + 7));
    await turns(2);
  }
  response.end();
}

describe('a connection that the server closes while we use it again', () => {
  for (const [method, repeatable, expected] of [
    ['GET', undefined, 'ok'],
    ['POST', true, 'ok'],
    ['PATCH', undefined, 'unreachable'],
  ] as const) {
    it(`${method}${repeatable === true ? ', a review' : ''}: ${expected === 'ok' ? 'is asked again once' : 'is not sent twice'}`, async () => {
      let answered = 0;
      const server = await start((received) => {
        answered += 1;
        if (answered === 2) received.request.socket.destroy();
        else sendJson(received, {});
      });
      const transport = transportTo(server);
      await transport.request({ method: 'GET', path: '/first' });
      const call = { method, path: '/second', ...(repeatable !== undefined && { repeatable }) };
      assert.equal((await transport.request(call)).kind, expected);
      assert.equal(answered, expected === 'ok' ? 3 : 2);
      transport.close();
    });
  }
});
