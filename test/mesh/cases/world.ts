import type { KubeObject } from '../environment/kubeTypes.ts';
import { namespace, pod } from '../pods.ts';

const listens = ['8080', '8090', 'tcp:9000', 'tls:8443'];

/** The mesh of the tutorial "Mutual TLS migration": sleep and httpbin in foo and bar, with sidecars, and in legacy, without. */
export const tutorialMesh: readonly KubeObject[] = [
  ['foo', true] as const,
  ['bar', true] as const,
  ['legacy', false] as const,
].flatMap(([name, injected]) => [
  namespace(name, injected),
  ...pod(name, 'sleep'),
  ...pod(name, 'httpbin', { listens }),
  service(name, 'httpbin', [{ name: 'http', port: 8000, targetPort: 8080 }]),
]);

function service(namespaceName: string, name: string, ports: readonly object[]): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: namespaceName, labels: { app: name } },
    ...{ spec: { selector: { app: name }, ports } },
  };
}
