import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PodContainer } from '../../../../src/mesh/probe/probe.ts';
import type { ProbeAnswer } from '../../../../src/mesh/probe/answer.ts';
import { otherPlaces, withCurl } from '../../../../src/surfaces/commands/curlElsewhere.ts';
import {
  clientChoices,
  clientsOf,
  recentChoices,
  targetChoices,
  type ProbeRequest,
} from '../../../../src/surfaces/commands/probeChoices.ts';
import { ProbeHistory } from '../../../../src/surfaces/commands/probeHistory.ts';
import { parseTarget, servedTargets } from '../../../../src/surfaces/commands/probeTarget.ts';
import { meshOf, peerAuthentications, pod, service } from '../../../support/meshNotation.ts';

const mesh = meshOf([
  pod('foo/httpbin', 'sidecar'),
  pod('foo/sleep', 'sidecar'),
  pod('legacy/sleep', 'none'),
  service('foo/httpbin', { ports: ['http 8000:8080'] }),
  ...peerAuthentications(['foo/default STRICT']),
]);
const ref = (namespace: string, name: string) => ({ kind: 'Pod', namespace, name }) as const;
const legacySleep = ref('legacy', 'sleep');
const toHttpbin = servedTargets(mesh, {});

describe('what a probe offers', () => {
  test('the predicted outcome stands beside each target', () => {
    const choices = (from: typeof legacySleep) =>
      targetChoices(mesh, { from }, toHttpbin).map(({ label, description }) => [
        label,
        description,
      ]);
    assert.deepEqual(choices(legacySleep), [['httpbin.foo:8000', 'refused by the server']]);
    const mutual = targetChoices(mesh, { from: ref('foo', 'sleep') }, toHttpbin);
    assert.deepEqual(
      mutual.map(({ description }) => description),
      ['mutual TLS'],
    );
  });

  test('and another one for the container of the proxy, whose calls nothing encrypts', () => {
    const from = { from: ref('foo', 'sleep'), container: 'istio-proxy' };
    const [choice] = targetChoices(mesh, from, toHttpbin);
    assert.equal(choice?.description, 'refused by the server');
  });

  test('and beside each client of a server', () => {
    const served = servedTargets(mesh, { to: ref('foo', 'httpbin') });
    assert.deepEqual(
      clientChoices(mesh, served).map(({ label, description }) => `${label}: ${description}`),
      ['foo/sleep: mutual TLS', 'legacy/sleep: refused by the server', 'foo/httpbin: mutual TLS'],
    );
  });

  test('the last probes, but not those whose workload is gone', () => {
    const target = parseTarget('https://a.b:9/c?d');
    assert.ok(target);
    const gone: ProbeRequest = { from: ref('gone', 'sleep'), target };
    const labels = recentChoices(mesh, [gone, { from: legacySleep, target }]).map(
      ({ label }) => label,
    );
    assert.deepEqual(labels, ['legacy/sleep → https://a.b:9/c?d']);
  });
});

describe('the last probes', () => {
  const [target] = toHttpbin;
  assert.ok(target);
  function history(): ProbeHistory {
    const kept = new Map<string, unknown>();
    return new ProbeHistory({
      get: <T>(key: string, otherwise?: T) => (kept.get(key) ?? otherwise) as T,
      update: (key, value) => {
        kept.set(key, JSON.parse(JSON.stringify(value)));
        return Promise.resolve();
      },
    });
  }

  test('are kept for each context, each once, the newest first', async () => {
    const last = history();
    const foo: ProbeRequest = { from: ref('foo', 'sleep'), target };
    const legacy: ProbeRequest = { from: legacySleep, target };
    for (const request of [foo, legacy, foo]) await last.remember('demo:a', request);
    assert.deepEqual(last.of('demo:a'), [foo, legacy]);
    assert.deepEqual(last.of('demo:b'), []);
  });

  test('are at most five', async () => {
    const last = history();
    for (let port = 1; port <= 9; port += 1)
      await last.remember('a', { from: legacySleep, target: { ...target, port } });
    assert.deepEqual(
      last.of('a').map((one) => one.target.port),
      [9, 8, 7, 6, 5],
    );
  });
});

describe('in place of a container without curl', () => {
  const without: PodContainer = { namespace: 'foo', pod: 'httpbin', container: 'app' };

  test('the other containers of the pod come first, then other workloads', () => {
    const places = otherPlaces(mesh, ref('foo', 'httpbin'), without);
    assert.deepEqual(
      places.map(({ place }) => `${place.pod} ${place.namespace} ${place.container}`),
      ['httpbin foo istio-proxy', 'sleep foo app', 'sleep legacy app'],
    );
    assert.ok(clientsOf(mesh).length === 3);
  });

  test('only those are offered that have it', async () => {
    const answers: Readonly<Record<string, ProbeAnswer>> = {
      foo: { kind: 'executable-missing' },
      legacy: { kind: 'exited', code: 0, stdout: 'curl 8', stderr: '' },
    };
    const found = await withCurl(
      otherPlaces(mesh, ref('foo', 'httpbin'), without),
      ({ namespace }) => Promise.resolve(answers[namespace] ?? { kind: 'pod-not-found' }),
    );
    assert.deepEqual(
      found.map(({ workload }) => workload),
      [legacySleep],
    );
  });
});
