import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Json } from '../../../src/demo/json.ts';
import { at, listAt, parseJson, textAt } from '../../../src/demo/json.ts';
import type { Executed } from './client.ts';
import { Client, eventually, exitCode, patienceMs } from './client.ts';

let demo: Demo;
let client: Client;

before(async () => {
  demo = await startDemo({ podStartMs: 50, podStopMs: 30 });
  client = new Client(demo);
});
after(async () => demo.dispose());

async function curl(from: string, ...args: readonly string[]): Promise<Executed> {
  return client.exec(from, ['curl', '-sS', '--max-time', '5', ...args]);
}

/** `200`, `503` …, or `exit 56` …, as a table of a tutorial prints a cell. */
async function cell(from: string, url: string): Promise<string> {
  const executed = await curl(from, '-o', '/dev/null', '-w', '%{http_code}', url);
  const code = exitCode(executed);
  return code === 0 ? executed.stdout : `exit ${String(code)}`;
}

async function withPolicies(objects: readonly Json[], then: () => Promise<void>): Promise<void> {
  const paths = objects.map(pathOf);
  for (const [index, object] of objects.entries()) {
    const { code } = await client.apply(paths[index] ?? '', object);
    assert.equal(code, 201);
  }
  try {
    await then();
  } finally {
    for (const path of paths) await client.call('DELETE', path);
  }
}

function pathOf(object: Json): string {
  const plural =
    textAt(object, 'kind') === 'PeerAuthentication' ? 'peerauthentications' : 'destinationrules';
  const { namespace, name } = at(object, 'metadata') as { namespace: string; name: string };
  return `/apis/${textAt(object, 'apiVersion') ?? ''}/namespaces/${namespace}/${plural}/${name}`;
}

function peerAuthentication(namespace: string, spec: Json): Json {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace },
    spec,
  };
}

function destinationRule(namespace: string, host: string, mode: string): Json {
  const spec = { host, trafficPolicy: { tls: { mode } } };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'rule', namespace },
    spec,
  };
}

const httpbin = { matchLabels: { app: 'httpbin' } };
const strict = { mtls: { mode: 'STRICT' } };

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
      await withPolicies(policies, async () => {
        const seen = await Promise.all(
          Object.keys(cells).map(async (key) => {
            const [from = '', to = ''] = key.split('>');
            return [key, await cell(`${from}/sleep`, `http://httpbin.${to}:8000/ip`)] as const;
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
      await withPolicies(policies, async () => {
        const { stdout } = await curl('bar/sleep', `http://httpbin.${to}:8000/ip`);
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
    const { stdout } = await curl(from, ...args, `http://httpbin.${to}:8000/headers`);
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
    await withPolicies([peerAuthentication('foo', strict)], async () => {
      const { stderr } = await curl('legacy/sleep', 'http://httpbin.foo:8000/ip');
      assert.equal(stderr, 'curl: (56) Recv failure: Connection reset by peer\n');
    });
  });

  it('reaches a pod by its address past the policies of services, in plaintext (R144)', async () => {
    const { body } = await client.get('/api/v1/namespaces/foo/pods?labelSelector=app%3Dhttpbin');
    const address = textAt(listAt(body, 'items')[0], 'status', 'podIP') ?? '';
    const url = `http://${address}:8080/ip`;
    assert.equal(await cell('bar/sleep', url), '200');
    await withPolicies([peerAuthentication('foo', strict)], async () => {
      assert.deepEqual(
        [await cell('bar/sleep', url), await cell('legacy/sleep', url)],
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
    await withPolicies([peerAuthentication('foo', strict)], async () => {
      const refused = await client.get(path);
      assert.deepEqual(
        [refused.code, /connection reset by peer/.test(textAt(refused.body, 'message') ?? '')],
        [503, true],
      );
    });
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
    assert.match((await curl('bookinfo/sleep', ratings)).stdout, /"Reviewer1":5/);
    await withPolicies(
      [peerAuthentication('bookinfo', strict), { ...exception, spec }],
      async () => {
        assert.equal(exitCode(await curl('bookinfo/sleep', ratings)), 56);
        const page = (await curl('bookinfo/sleep', 'http://productpage:9080/productpage')).stdout;
        assert.match(page, /<title>Simple Bookstore App<\/title>/);
        assert.doesNotMatch(page, /Sorry/);
        await restartSleep();
        assert.match((await curl('bookinfo/sleep', ratings)).stdout, /"Reviewer1":5/);
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

it('leaves nothing open behind, also while curl is running', async () => {
  const short = await startDemo({ meshes: ['tutorial'] });
  const running = new Client(short).exec('legacy/sleep', [
    'curl',
    '-sS',
    'http://httpbin.legacy:8000/delay/10',
  ]);
  const ended = running.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const start = performance.now();
  await short.dispose();
  await ended;
  assert.ok(performance.now() - start < patienceMs);
  await assert.rejects(new Client(short).get('/version'));
});
