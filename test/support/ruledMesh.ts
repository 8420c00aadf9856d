import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import {
  destinationRule,
  meshOf,
  namespace,
  peerAuthentication,
  pod,
  service,
  type Json,
} from './meshNotation.ts';

const WORKLOADS = 7;

/** Namespaces in which one workload has no proxy: every so manieth. */
const LEGACY = 20;

/**
 * A mesh of namespaces of 7 workloads and 6 ports of Services each, of which 200 make 1 401 clients (one is outside) and
 * 1 200 servers: 1 681 200 connections. Every namespace has a rule of its own for all hosts, so that no two namespaces go
 * by the same objects.
 */
export function ruledMesh(namespaces: number): Mesh {
  return meshOf([
    peerAuthentication('istio-system/default PERMISSIVE', 0),
    ...Array.from({ length: namespaces }, (_, index) => namespaceManifests(index)).flat(),
  ]);
}

function namespaceManifests(index: number): readonly Json[] {
  const name = `team-${String(index).padStart(3, '0')}`;
  const workloads = Array.from({ length: WORKLOADS }, (_, one) => `app-${one}`);
  const ports = (first: string): readonly string[] =>
    [8080, 8081, 9090].map((port) => `${first}-${port} ${port}:${port}`);
  return [
    namespace(name, 'istio-injection=enabled'),
    ...workloads.map((app, one) =>
      pod(`${name}/${app}`, index % LEGACY === 0 && one === 0 ? 'none' : 'sidecar', {
        ports: [8080, 8081, 9090],
      }),
    ),
    service(`${name}/app-1`, { ports: ports('http') }),
    service(`${name}/app-2`, { ports: ports('tcp') }),
    destinationRule(`${name}/everything`, { host: '*.local', tls: 'ISTIO_MUTUAL' }),
  ];
}
