import { parseAllDocuments } from 'yaml';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { buildMesh, updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../../../src/mesh/model/objects.ts';

const sidecar = '{ name: istio-proxy, args: [proxy, sidecar] }';

function namespace(name: string, labels = '{}'): string {
  return `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: ${labels} } }`;
}

interface Shape {
  readonly proxy?: 'sidecar' | 'ambient';
}

/** A Deployment with one running pod, and a Service in front of port 8080. */
export function workload(place: string, name: string, { proxy }: Shape = {}): string {
  const labels = `{ app: ${name}${proxy === 'sidecar' ? ', security.istio.io/tlsMode: istio' : ''} }`;
  const annotations = proxy === 'ambient' ? '{ ambient.istio.io/redirection: enabled }' : '{}';
  const app = '{ name: app, ports: [{ containerPort: 8080, name: http }] }';
  const containers = proxy === 'sidecar' ? `[${app}, ${sidecar}]` : `[${app}]`;
  const owner = `[{ apiVersion: apps/v1, kind: ReplicaSet, name: ${name}-1, controller: true }]`;
  return `
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: ${place} },
  spec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { containers: [${app}] } } } }
---
{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: ${name}-1, namespace: ${place}, labels: { app: ${name} }, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: ${name}, controller: true }] },
  spec: { template: { metadata: { labels: { app: ${name} } }, spec: { containers: [${app}] } } } }
---
{ apiVersion: v1, kind: Pod, metadata: { name: ${name}-1-a, namespace: ${place}, labels: ${labels}, annotations: ${annotations}, ownerReferences: ${owner} },
  spec: { containers: ${containers} }, status: { phase: Running, podIP: 10.0.0.1, conditions: [{ type: Ready, status: "True" }] } }
---
{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${place} },
  spec: { selector: { app: ${name} }, ports: [{ port: 8000, targetPort: 8080, name: http }] } }`;
}

/** Workloads r1, r2 and r3 with sidecars in foo, all three behind the Service reviews too. */
export const reviews: readonly string[] = [
  ...['r1', 'r2', 'r3'].map((name) =>
    workload('foo', name, { proxy: 'sidecar' }).replaceAll(
      `{ app: ${name}`,
      `{ app: ${name}, of: reviews`,
    ),
  ),
  '{ apiVersion: v1, kind: Service, metadata: { name: reviews, namespace: foo }, spec: { selector: { of: reviews }, ports: [{ port: 8000, targetPort: 8080, name: http }] } }',
];

/** The policy that makes one of foo's workloads STRICT. */
export function strictWorkload(name: string): string {
  return policy(
    `foo/${name}`,
    `{ selector: { matchLabels: { app: ${name} } }, mtls: { mode: STRICT } }`,
  );
}

/** A PeerAuthentication in YAML flow style; `at` is `namespace/name`. */
export function policy(at: string, spec: string): string {
  const [place = '', name = ''] = at.split('/');
  return `{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { namespace: ${place}, name: ${name}, creationTimestamp: "2026-01-01T00:00:00Z" }, spec: ${spec} }`;
}

/** A DestinationRule that is for the clients of one app label only; `at` is `namespace/name`. */
export function destinationRule(
  at: string,
  { host, selects }: { readonly host: string; readonly selects: string },
): string {
  const [place = '', name = ''] = at.split('/');
  return `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { namespace: ${place}, name: ${name} }, spec: { host: ${host}, workloadSelector: { matchLabels: { app: ${selects} } }, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } } }`;
}

/** foo with sidecars, wave in ambient mode, legacy without either. */
const base = [
  namespace('foo', '{ istio-injection: enabled }'),
  workload('foo', 'httpbin', { proxy: 'sidecar' }),
  workload('foo', 'sleep', { proxy: 'sidecar' }),
  namespace('wave', '{ istio.io/dataplane-mode: ambient }'),
  workload('wave', 'echo', { proxy: 'ambient' }),
  namespace('legacy'),
  workload('legacy', 'sleep'),
];

function objectsOf(documents: readonly string[]): readonly MeshObject[] {
  return parseAllDocuments(documents.join('\n---\n')).flatMap((document) => {
    const value: unknown = document.toJS();
    return decodeObject(value, { kind: 'cluster' }).object ?? [];
  });
}

/** One more pod of the Deployment httpbin in foo: without a sidecar, as after an injection that failed. */
export const podWithoutSidecar = `
{ apiVersion: v1, kind: Pod, metadata: { name: httpbin-1-b, namespace: foo, labels: { app: httpbin }, ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: httpbin-1, controller: true }] },
  spec: { containers: [{ name: app, ports: [{ containerPort: 8080, name: http }] }] }, status: { phase: Running, podIP: 10.0.0.2, conditions: [{ type: Ready, status: "True" }] } }`;

/** The pod of httpbin in foo, whose sidecar leaves port 8080 alone. */
export const podWithExcludedPort = `
{ apiVersion: v1, kind: Pod, metadata: { name: httpbin-1-a, namespace: foo, labels: { app: httpbin, security.istio.io/tlsMode: istio }, annotations: { traffic.sidecar.istio.io/excludeInboundPorts: "8080" }, ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: httpbin-1, controller: true }] },
  spec: { containers: [{ name: app, ports: [{ containerPort: 8080, name: http }] }, ${sidecar}] }, status: { phase: Running, podIP: 10.0.0.1, conditions: [{ type: Ready, status: "True" }] } }`;

export function tutorialMesh(...policies: readonly string[]): Mesh {
  return buildMesh({ objects: objectsOf([...base, ...policies]) });
}

export function withPolicies(mesh: Mesh, ...policies: readonly string[]): Mesh {
  return updateMesh(mesh, { upsert: objectsOf(policies) });
}
