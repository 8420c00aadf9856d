import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connect } from '../../../../src/mesh/connection/connection.ts';
import { meshOf, pod, service, type Json } from '../../../support/meshNotation.ts';

const networking = 'networking.istio.io/v1';
const metadata = { namespace: 'shop', name: 'outside' };

/** Gateway pods, a Gateway for port 443, and a ServiceEntry that leads to port 443 of the pods. */
const gatewayPods: readonly Json[] = [
  pod('shop/server', 'gateway'),
  {
    apiVersion: networking,
    kind: 'Gateway',
    metadata,
    spec: { selector: { app: 'server' }, servers: [{ port: { number: 443, protocol: 'HTTP' } }] },
  },
  {
    apiVersion: networking,
    kind: 'ServiceEntry',
    metadata,
    spec: {
      hosts: ['outside.example.com'],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      ports: [{ number: 443, name: 'tcp', protocol: 'TCP' }],
      workloadSelector: { labels: { app: 'server' } },
    },
  },
];

function connection(objects: readonly Json[]): ReturnType<typeof connect>[0] {
  const to = { host: 'outside.example.com', port: 443 };
  return connect(meshOf(objects), { kind: 'outside' }, to)[0];
}

describe('a Gateway’s port', () => {
  it('is a port of the pods where no Service has it [R61]', () => {
    assert.deepEqual(connection(gatewayPods).outcome, { kind: 'plaintext' });
  });

  it('is led elsewhere by a Service, which the explanation then names [R61]', () => {
    // Of two that have the port the first by name counts, as they are of one age.
    const leading = service('shop/api', { selector: 'app=server', ports: ['http 443:8080'] });
    const { outcome, because } = connection([...gatewayPods, leading]);
    assert.equal(outcome.kind, 'unknown');
    assert.deepEqual(because.at(-1), {
      kind: 'no-gateway-server',
      workload: { kind: 'Pod', namespace: 'shop', name: 'server' },
      port: 443,
      through: [{ kind: 'Service', namespace: 'shop', name: 'api' }],
    });
  });
});
