import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  destinationRuleFor,
  exceptionFor,
  peerAuthenticationFor,
  selectorLabels,
  type PolicyTarget,
} from '../../../../src/mesh/change/scaffold.ts';

const httpbin = { namespace: 'foo', name: 'httpbin', labels: { app: 'httpbin' } };

const policies: readonly {
  readonly name: string;
  readonly target: PolicyTarget;
  readonly metadata: object;
  readonly spec: object;
}[] = [
  {
    name: 'a mesh-wide policy stands in the root namespace without a selector (R4, R92)',
    target: { scope: 'mesh', namespace: 'istio-system' },
    metadata: { name: 'default', namespace: 'istio-system' },
    spec: { mtls: { mode: 'STRICT' } },
  },
  {
    name: 'a namespace policy has no selector (R4, R92)',
    target: { scope: 'namespace', namespace: 'foo' },
    metadata: { name: 'default', namespace: 'foo' },
    spec: { mtls: { mode: 'STRICT' } },
  },
  {
    name: 'a workload policy selects the labels of its pods (R7)',
    target: { scope: 'workload', ...httpbin },
    metadata: { name: 'httpbin', namespace: 'foo' },
    spec: { selector: { matchLabels: { app: 'httpbin' } }, mtls: { mode: 'STRICT' } },
  },
  {
    name: 'a port policy says what the other ports keep (R15, R94, R286)',
    target: { scope: 'port', ...httpbin, port: 8080, otherPorts: 'PERMISSIVE' },
    metadata: { name: 'httpbin', namespace: 'foo' },
    spec: {
      selector: { matchLabels: { app: 'httpbin' } },
      mtls: { mode: 'PERMISSIVE' },
      portLevelMtls: { 8080: { mode: 'STRICT' } },
    },
  },
];

for (const { name, target, metadata, spec } of policies) {
  test(name, () => {
    assert.deepEqual(peerAuthenticationFor(target, 'STRICT'), {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata,
      spec,
    });
  });
}

test('the exception for one port leaves the other ports STRICT', () => {
  const exception = exceptionFor(
    { scope: 'port', ...httpbin, port: 8080, otherPorts: 'STRICT' },
    'security.istio.io/v1beta1',
  );
  assert.equal(exception.apiVersion, 'security.istio.io/v1beta1');
  assert.deepEqual(exception['spec'], {
    selector: { matchLabels: { app: 'httpbin' } },
    mtls: { mode: 'STRICT' },
    portLevelMtls: { 8080: { mode: 'PERMISSIVE' } },
  });
});

test('a DestinationRule names its host in full, because a name with one dot matches no service (R150)', () => {
  const rule = destinationRuleFor({ namespace: 'foo', service: 'httpbin' }, 'ISTIO_MUTUAL');
  assert.equal(rule.metadata.namespace, 'foo');
  assert.deepEqual(rule['spec'], {
    host: 'httpbin.foo.svc.cluster.local',
    trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
  });
});

test('a DestinationRule for one port names the Service port (R161)', () => {
  const rule = destinationRuleFor({ namespace: 'foo', service: 'httpbin', port: 8000 }, 'DISABLE');
  assert.deepEqual(rule['spec'], {
    host: 'httpbin.foo.svc.cluster.local',
    trafficPolicy: {
      portLevelSettings: [{ port: { number: 8000 }, tls: { mode: 'DISABLE' } }],
    },
  });
});

const labels: readonly {
  readonly name: string;
  readonly pod: Readonly<Record<string, string>>;
  readonly neighbours?: readonly Readonly<Record<string, string>>[];
  readonly selector: Readonly<Record<string, string>>;
}[] = [
  {
    name: 'labels that controllers set are not selected by',
    pod: { app: 'web', 'pod-template-hash': '5d8f', 'security.istio.io/tlsMode': 'istio' },
    selector: { app: 'web' },
  },
  {
    name: 'the version is left out so that the next version is governed too',
    pod: { app: 'productpage', version: 'v1' },
    neighbours: [{ app: 'reviews', version: 'v1' }],
    selector: { app: 'productpage' },
  },
  {
    name: 'the version is kept where another version of the application is a workload of its own',
    pod: { app: 'reviews', version: 'v1' },
    neighbours: [{ app: 'reviews', version: 'v2' }],
    selector: { app: 'reviews', version: 'v1' },
  },
  {
    name: 'a version that is the only label is kept',
    pod: { version: 'v1' },
    selector: { version: 'v1' },
  },
  {
    name: 'pods without a lasting label cannot be selected',
    pod: { 'pod-template-hash': '5d8f' },
    selector: {},
  },
];

for (const { name, pod, neighbours, selector } of labels) {
  test(name, () => {
    assert.deepEqual(selectorLabels(pod, neighbours), selector);
  });
}
