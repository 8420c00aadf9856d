import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { allWorkloads, buildMesh, type Mesh } from '../../../../src/mesh/index.ts';
import { compareProxy, type ProxyComparison } from '../../../../src/mesh/proxy/compareProxy.ts';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { settings, world, type ReadProxy } from '../../../mesh/proxyState/world.ts';
import { recordedProxy } from './recorded.ts';

type Json = Readonly<Record<string, unknown>>;

/** What injection makes of a Pod of a namespace with injection: the container and the label that count here. */
function injected(object: Json): Json {
  const { metadata, spec } = object as { metadata: Json; spec: { containers: Json[] } };
  const isPod = object['kind'] === 'Pod';
  if (!isPod || metadata['namespace'] === 'legacy') return object;
  const isGateway = metadata['namespace'] === 'edge';
  const proxy = { name: 'istio-proxy', args: ['proxy', isGateway ? 'router' : 'sidecar'] };
  const labels = { ...(metadata['labels'] as Json) };
  if (!isGateway) labels['security.istio.io/tlsMode'] = 'istio';
  const containers = isGateway ? [proxy] : [...spec.containers, proxy];
  const status = { phase: 'Running' };
  return { ...object, metadata: { ...metadata, labels }, spec: { ...spec, containers }, status };
}

/** The mesh that the dumps were recorded in, under a setting. */
function meshOf(setting: string): Mesh {
  const documents = parseAllDocuments(settings[setting] ?? '');
  const written = 'empty' in documents ? [] : documents.map((one) => one.toJS() as Json | null);
  const all = [...(world as unknown as Json[]).map(injected), ...written];
  const objects = all.flatMap((each) => {
    const decoded = each === null ? undefined : decodeObject(each, { kind: 'cluster' });
    return decoded?.object ?? [];
  });
  return buildMesh({ objects });
}

/** A proxy that was recorded in one setting, compared with the mesh of another. */
function compared(pod: ReadProxy['pod'], recordedIn: string, mesh: string): ProxyComparison {
  const objects = meshOf(mesh);
  const workload = [...allWorkloads(objects)].find(
    ({ name, namespace }) => name === pod && namespace !== 'legacy',
  );
  assert.ok(workload);
  const [variant] = workload.variants;
  return compareProxy(objects, { workload, variant }, recordedProxy(recordedIn, pod));
}

function differing({ ports, clusters }: ProxyComparison): readonly string[] {
  const ofPorts = ports.map(({ port = 'others', has, predicted, agreement }) => ({
    agreement,
    text: `${port}: ${has?.mode ?? '-'}, not ${predicted?.mode ?? '-'}`,
  }));
  const ofClusters = clusters.map(({ to, has, predicted, agreement }) => {
    const sends = has?.shares.map(({ sent }) => sent).join() ?? 'nothing';
    const should =
      predicted.kind === 'sends' ? predicted.shares.map(({ sent }) => sent).join() : predicted.kind;
    return { agreement, text: `${to.host}:${to.port}: ${sends}, not ${should}` };
  });
  return [...ofPorts, ...ofClusters]
    .filter(({ agreement }) => agreement === 'differs')
    .map(({ text }) => text);
}

describe('a proxy and the objects that it was configured by', () => {
  for (const setting of Object.keys(settings)) {
    for (const pod of ['httpbin', 'sleep', 'gateway'] as const) {
      it(`agree: ${pod} in the setting ${setting}`, () => {
        const comparison = compared(pod, setting, setting);
        assert.deepEqual(differing(comparison), []);
        assert.ok(comparison.clusters.some(({ agreement }) => agreement === 'same'));
      });
    }
  }
});

describe('a proxy that has not got what was written', () => {
  it('differs at each port, with both values', () => {
    const found = differing(compared('httpbin', 'permissive', 'strict'));
    assert.deepEqual(found, [
      '8080: PERMISSIVE, not STRICT',
      '8090: PERMISSIVE, not STRICT',
      '8100: PERMISSIVE, not STRICT',
      '8200: PERMISSIVE, not STRICT',
      '8300: PERMISSIVE, not STRICT',
      'others: PERMISSIVE, not STRICT',
    ]);
  });

  it('differs at each host, with both values', () => {
    const found = differing(compared('sleep', 'strict', 'disable')).filter((one) =>
      /httpbin/.test(one),
    );
    assert.deepEqual(found, [
      'httpbin.foo.svc.cluster.local:8000: mutual-tls, not as-is',
      'httpbin.foo.svc.cluster.local:8090: mutual-tls, not as-is',
      'httpbin.foo.svc.cluster.local:8100: mutual-tls, not as-is',
      'httpbin.foo.svc.cluster.local:8200: mutual-tls, not as-is',
    ]);
  });

  it('names the policy that should have decided', () => {
    const { ports } = compared('httpbin', 'permissive', 'strict');
    const from = ports[0]?.predicted?.from;
    assert.equal(from?.kind === 'policy' ? from.field.object.name : undefined, 'default');
  });
});
