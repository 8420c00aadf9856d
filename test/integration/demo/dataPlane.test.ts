import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Json } from '../../../src/demo/objects/json.ts';
import { at, listAt, parseJson, textAt } from '../../../src/demo/objects/json.ts';
import { Client, eventually, exitCode } from './client.ts';
import {
  cell,
  curl,
  destinationRule,
  httpbin,
  peerAuthentication,
  strict,
  withPolicies,
} from './policies.ts';

let demo: Demo;
let client: Client;

before(async () => {
  demo = await startDemo({ podStartMs: 50, podStopMs: 30 });
  client = new Client(demo);
});
after(async () => demo.dispose());

describe('a call, by the policies stored when it is made', () => {
  interface Row {
    readonly name: string;
    readonly policies: readonly Json[];
    readonly cells: Readonly<Record<string, string>>;
  }
  const rows: readonly Row[] = [
    {
      name: 'succeeds everywhere without policies (R182)',
      policies: [],
      cells: { 'foo>foo': '200', 'foo>legacy': '200', 'legacy>foo': '200', 'legacy>legacy': '200' },
    },
    {
      name: 'is reset for plaintext clients under a STRICT mesh (R190)',
      policies: [peerAuthentication('istio-system', strict)],
      cells: {
        'legacy>foo': 'exit 56',
        'legacy>bar': 'exit 56',
        'foo>bar': '200',
        'legacy>legacy': '200',
      },
    },
    {
      name: 'is reset for plaintext clients of a STRICT namespace only (R12)',
      policies: [peerAuthentication('foo', strict)],
      cells: { 'legacy>foo': 'exit 56', 'legacy>bar': '200', 'bar>foo': '200' },
    },
    {
      name: 'passes on a port that is excepted, named by its container port (R15, R17)',
      policies: [
        peerAuthentication('foo', {
          selector: httpbin,
          ...strict,
          portLevelMtls: { 8080: { mode: 'DISABLE' } },
        }),
      ],
      cells: { 'legacy>foo': '200', 'bar>foo': '200' },
    },
    {
      name: 'does not pass on a port that is excepted by its Service port (R17)',
      policies: [
        peerAuthentication('foo', {
          selector: httpbin,
          ...strict,
          portLevelMtls: { 8000: { mode: 'DISABLE' } },
        }),
      ],
      cells: { 'legacy>foo': 'exit 56' },
    },
    {
      name: 'ignores a policy with a selector in the root namespace (R6)',
      policies: [peerAuthentication('istio-system', { selector: httpbin, ...strict })],
      cells: { 'legacy>foo': '200' },
    },
    {
      name: 'gets 503 from its own sidecar when a rule disables TLS to a STRICT server (R191)',
      policies: [peerAuthentication('foo', strict), destinationRule('foo', 'httpbin', 'DISABLE')],
      cells: { 'bar>foo': '503', 'legacy>foo': 'exit 56' },
    },
    {
      name: 'gets 503 when a rule demands mutual TLS of a server without sidecar (R192)',
      policies: [destinationRule('legacy', 'httpbin', 'ISTIO_MUTUAL')],
      cells: { 'foo>legacy': '503', 'legacy>legacy': '200' },
    },
    {
      name: 'gets 503 when it comes with one-way TLS to a STRICT server (R194)',
      policies: [peerAuthentication('foo', strict), destinationRule('foo', 'httpbin', 'SIMPLE')],
      cells: { 'bar>foo': '503' },
    },
    {
      name: 'falls into the trap of a STRICT workload in a DISABLE namespace (R148)',
      policies: [
        peerAuthentication('foo', { mtls: { mode: 'DISABLE' } }),
        {
          apiVersion: 'security.istio.io/v1',
          kind: 'PeerAuthentication',
          metadata: { name: 'httpbin', namespace: 'foo' },
          spec: { selector: httpbin, ...strict },
        },
      ],
      cells: { 'bar>foo': '503', 'legacy>foo': 'exit 56' },
    },
  ];
  for (const { name, policies, cells } of rows) {
    it(name, async () => {
      await withPolicies(client, policies, async () => {
        const seen = await Promise.all(
          Object.keys(cells).map(async (key) => {
            const [from = '', to = ''] = key.split('>');
            return [
              key,
              await cell(client, `${from}/sleep`, `http://httpbin.${to}:8000/ip`),
            ] as const;
          }),
        );
        assert.deepEqual(Object.fromEntries(seen), cells);
      });
    });
  }
});

describe('a 503 of the client’s own sidecar', () => {
  const rows: readonly (readonly [string, readonly Json[], string, RegExp])[] = [
    [
      'names the termination when the server resets plaintext (R191)',
      [peerAuthentication('foo', strict), destinationRule('foo', 'httpbin', 'DISABLE')],
      'foo',
      /^upstream connect error or disconnect\/reset before headers\. reset reason: connection termination$/,
    ],
    [
      'names the wrong version when the server speaks no TLS (R192)',
      [destinationRule('legacy', 'httpbin', 'ISTIO_MUTUAL')],
      'legacy',
      /WRONG_VERSION_NUMBER/,
    ],
    [
      'names the certificate that nobody vouches for (R171)',
      [peerAuthentication('foo', strict), destinationRule('foo', 'httpbin', 'SIMPLE')],
      'foo',
      /CERTIFICATE_VERIFY_FAILED/,
    ],
  ];
  for (const [name, policies, to, body] of rows) {
    it(name, async () => {
      await withPolicies(client, policies, async () => {
        const { stdout } = await curl(client, 'bar/sleep', `http://httpbin.${to}:8000/ip`);
        assert.match(stdout, body);
      });
    });
  }
});

describe('the identity that a server is told', () => {
  const header = async (
    from: string,
    to: string,
    ...args: readonly string[]
  ): Promise<string | undefined> => {
    const { stdout } = await curl(client, from, ...args, `http://httpbin.${to}:8000/headers`);
    const [value] = listAt(parseJson(stdout), 'headers', 'X-Forwarded-Client-Cert');
    return typeof value === 'string' ? value : undefined;
  };

  it('is the client’s SPIFFE identity when both ends have a sidecar (R66)', async () => {
    const value = (await header('foo/sleep', 'bar')) ?? '';
    assert.match(
      value,
      /^By=spiffe:\/\/cluster\.local\/ns\/bar\/sa\/httpbin;Hash=[0-9a-f]{64};Subject="";URI=spiffe:\/\/cluster\.local\/ns\/foo\/sa\/sleep$/,
    );
  });

  it('is missing over plaintext, also when the client made it up (R66)', async () => {
    assert.equal(
      await header('legacy/sleep', 'bar', '-H', 'X-Forwarded-Client-Cert: By=me'),
      undefined,
    );
  });
});

describe('Bookinfo', () => {
  const ratings = 'http://ratings:9080/ratings/7';

  it('lets its uninjected sleep in until the namespace is STRICT, and again with a sidecar', async () => {
    const exception = {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'productpage', namespace: 'bookinfo' },
    };
    const spec = {
      selector: { matchLabels: { app: 'productpage' } },
      mtls: { mode: 'PERMISSIVE' },
    };
    assert.match((await curl(client, 'bookinfo/sleep', ratings)).stdout, /"Reviewer1":5/);
    await withPolicies(
      client,
      [peerAuthentication('bookinfo', strict), { ...exception, spec }],
      async () => {
        assert.equal(exitCode(await curl(client, 'bookinfo/sleep', ratings)), 56);
        const page = (await curl(client, 'bookinfo/sleep', 'http://productpage:9080/productpage'))
          .stdout;
        assert.match(page, /<title>Simple Bookstore App<\/title>/);
        assert.doesNotMatch(page, /Sorry/);
        await restartSleep();
        assert.match((await curl(client, 'bookinfo/sleep', ratings)).stdout, /"Reviewer1":5/);
      },
    );
  });

  async function restartSleep(): Promise<void> {
    const deployment = '/apis/apps/v1/namespaces/bookinfo/deployments/sleep';
    const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
    const body = { spec: { template: { metadata: { annotations } } } };
    const contentType = 'application/strategic-merge-patch+json';
    const before = await client.podOf('bookinfo/sleep');
    await client.call('PATCH', deployment, { body, contentType });
    const pods = await eventually(
      async () =>
        listAt(
          (await client.get('/api/v1/namespaces/bookinfo/pods?labelSelector=app%3Dsleep')).body,
          'items',
        ),
      (items) => items.length === 1 && textAt(items[0], 'metadata', 'name') !== before,
    );
    const [pod] = pods;
    assert.equal(textAt(pod, 'metadata', 'labels', 'security.istio.io/tlsMode'), 'istio');
    const sidecar = listAt(pod, 'spec', 'initContainers').find(
      (one) => textAt(one, 'name') === 'istio-proxy',
    );
    assert.equal(textAt(sidecar, 'restartPolicy'), 'Always');
    const { body: rolled } = await client.get(deployment);
    assert.equal(at(rolled, 'status', 'observedGeneration'), at(rolled, 'metadata', 'generation'));
    assert.deepEqual(
      [at(rolled, 'status', 'readyReplicas'), at(rolled, 'status', 'replicas')],
      [1, 1],
    );
  }
});
