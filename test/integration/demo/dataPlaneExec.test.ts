import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import { listAt, textAt } from '../../../src/demo/objects/json.ts';
import { Client, exitCode, patienceMs } from './client.ts';
import { cell, curl, peerAuthentication, strict, withPolicies } from './policies.ts';
import { until } from '../../support/until.ts';

let demo: Demo;
let client: Client;

before(async () => {
  demo = await startDemo({ podStartMs: 50, podStopMs: 30 });
  client = new Client(demo);
});
after(async () => demo.dispose());

describe('curl in a pod', () => {
  const rows: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    [
      'a name that nobody has',
      ['http://httpbin.nowhere:8000/'],
      6,
      /^curl: \(6\) Could not resolve host: httpbin\.nowhere\n$/,
    ],
    [
      'a name outside the cluster',
      ['http://example.com/'],
      6,
      /Could not resolve host: example\.com/,
    ],
    [
      'a port that the Service does not have',
      ['http://httpbin.foo:9999/'],
      7,
      /Failed to connect to httpbin\.foo port 9999/,
    ],
    [
      'a server that is too slow',
      ['--max-time', '0.3', 'http://httpbin.legacy:8000/delay/5'],
      28,
      /timed out/,
    ],
    [
      'an address that nobody has',
      ['--max-time', '0.3', 'http://10.244.200.200/'],
      28,
      /timed out/,
    ],
    ['a protocol other than HTTP', ['file:///etc/passwd'], 1, /not supported or disabled|disabled/],
  ];
  for (const [what, args, code, stderr] of rows) {
    it(`ends with exit code ${code} for ${what}`, async () => {
      const executed = await client.exec('legacy/sleep', ['curl', '-sS', ...args]);
      assert.match(executed.stderr, stderr);
      assert.equal(exitCode(executed), code);
    });
  }

  it('sees a reset as exit code 56, in curl’s own words (R190)', async () => {
    await withPolicies(client, [peerAuthentication('foo', strict)], async () => {
      const { stderr } = await curl(client, 'legacy/sleep', 'http://httpbin.foo:8000/ip');
      assert.equal(stderr, 'curl: (56) Recv failure: Connection reset by peer\n');
    });
  });

  it('reaches a pod by its address past the policies of services, in plaintext (R144)', async () => {
    const { body } = await client.get('/api/v1/namespaces/foo/pods?labelSelector=app%3Dhttpbin');
    const address = textAt(listAt(body, 'items')[0], 'status', 'podIP') ?? '';
    const url = `http://${address}:8080/ip`;
    assert.equal(await cell(client, 'bar/sleep', url), '200');
    await withPolicies(client, [peerAuthentication('foo', strict)], async () => {
      assert.deepEqual(
        [await cell(client, 'bar/sleep', url), await cell(client, 'legacy/sleep', url)],
        ['503', 'exit 56'],
      );
    });
  });

  it('is a missing executable where the image or the computer has none', async () => {
    const lean = await startDemo({ meshes: ['tutorial'], curl: '/nonexistent/curl' });
    try {
      const there = new Client(lean);
      for (const [app, command] of [
        ['foo/sleep', 'curl'],
        ['foo/httpbin', 'curl'],
        ['foo/sleep', 'sh'],
      ] as const) {
        const { status } = await there.exec(app, [command, 'http://httpbin.foo:8000/']);
        assert.ok(
          textAt(status, 'message')?.includes(
            `exec: "${command}": executable file not found in $PATH`,
          ),
        );
      }
    } finally {
      await lean.dispose();
    }
  });

  it('speaks version 4 of the channel protocol as well', async () => {
    const path = `/api/v1/namespaces/foo/pods/${await client.podOf('foo/sleep')}/exec`;
    const executed = await client.execIn(path, {
      command: ['true'],
      container: 'sleep',
      protocol: 'v4.channel.k8s.io',
    });
    assert.equal(exitCode(executed), 0);
  });

  it('is not run in a pod or a container that does not exist', async () => {
    const command = { command: ['true'], container: 'sleep' };
    const noPod = await client.execIn('/api/v1/namespaces/foo/pods/none/exec', command);
    assert.deepEqual(
      [noPod.httpStatus, textAt(noPod.status, 'message')],
      [404, 'pods "none" not found'],
    );
    const noContainer = await client.exec('foo/sleep', ['true'], 'nothing');
    assert.equal(noContainer.httpStatus, 400);
    assert.match(
      textAt(noContainer.status, 'message') ?? '',
      /^container nothing is not valid for pod sleep-/,
    );
  });
});

describe('pods/proxy', () => {
  it('asks the pod in plaintext, from outside the mesh', async () => {
    const path = `/api/v1/namespaces/foo/pods/${await client.podOf('foo/httpbin')}:8080/proxy/status/418`;
    assert.equal((await client.get(path)).code, 418);
    await withPolicies(client, [peerAuthentication('foo', strict)], async () => {
      const refused = await client.get(path);
      assert.deepEqual(
        [refused.code, /connection reset by peer/.test(textAt(refused.body, 'message') ?? '')],
        [503, true],
      );
    });
  });
});

it('leaves nothing open behind, also while curl is running', async () => {
  const short = await startDemo({ meshes: ['tutorial'] });
  const running = new Client(short).exec('legacy/sleep', [
    'curl',
    '-sS',
    'http://httpbin.legacy:8000/delay/10',
  ]);
  const ended = running.catch(() => undefined);
  await until('curl to run', () => process.getActiveResourcesInfo().includes('ProcessWrap'));
  const start = performance.now();
  await short.dispose();
  await ended;
  assert.ok(performance.now() - start < patienceMs);
  await assert.rejects(new Client(short).get('/version'));
});
