import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  prometheusBesideControlPlane,
  readPrometheusAddress,
} from '../../../../src/mesh/evidence/prometheusService.ts';
import { meshOf, service } from '../../../support/meshNotation.ts';

const labelled = (at: string, port: string, labels: Readonly<Record<string, string>>) => {
  const made = service(at, { ports: [port] });
  return { ...made, metadata: { ...(made['metadata'] as object), labels } };
};

const found = { kind: 'service', namespace: 'istio-system', name: 'prometheus' } as const;

describe('the Prometheus beside the control plane', () => {
  const cases = [
    [
      'is the Service of that name',
      [service('istio-system/prometheus', { ports: ['http 9090:9090'] })],
      { ...found, port: 9090, scheme: 'http' },
    ],
    [
      'is a Service that says so of itself',
      [
        labelled('istio-system/metrics', 'http-web 80:9090', {
          'app.kubernetes.io/name': 'prometheus',
        }),
      ],
      { ...found, name: 'metrics', port: 80, scheme: 'http' },
    ],
    [
      'is asked in TLS where its port says so',
      [service('istio-system/prometheus', { ports: ['https-web 9090:9090'] })],
      { ...found, port: 9090, scheme: 'https' },
    ],
    ['is none of another namespace', [service('monitoring/prometheus')], undefined],
    ['is no other Service', [service('istio-system/istiod')], undefined],
  ] as const;
  for (const [name, manifests, expected] of cases) {
    it(name, () => {
      assert.deepEqual(prometheusBesideControlPlane(meshOf(manifests)), expected);
    });
  }
});

describe('a Prometheus that is named', () => {
  const mesh = meshOf([service('monitoring/prometheus-k8s', { ports: ['web 9091:9090'] })]);
  const named = { kind: 'service', namespace: 'monitoring', name: 'prometheus-k8s' } as const;
  const cases = [
    ['monitoring/prometheus-k8s', { ...named, port: 9091, scheme: 'http' }],
    ['monitoring/prometheus-k8s:8080', { ...named, port: 8080, scheme: 'http' }],
    ['https://metrics.example.com/prom/', { kind: 'url', url: 'https://metrics.example.com/prom' }],
    ['https://user:secret@metrics.example.com', 'wrong'],
    ['https://metrics.example.com/?token=secret', 'wrong'],
    ['prometheus', 'wrong'],
    ['../../secrets/x', 'wrong'],
    ['file:///etc/passwd', 'wrong'],
  ] as const;
  for (const [text, expected] of cases) {
    it(`as ${text} is ${expected === 'wrong' ? 'refused' : 'understood'}`, () => {
      const read = readPrometheusAddress(mesh, text);
      if (expected === 'wrong') assert.equal(read.kind, 'wrong');
      else assert.deepEqual(read, expected);
    });
  }

  it('with a password in it is not repeated', () => {
    const read = readPrometheusAddress(mesh, 'https://user:secret@metrics.example.com');
    assert.doesNotMatch(JSON.stringify(read), /secret/);
  });
});
