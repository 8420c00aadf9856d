import type { JsonObject } from '../objects/json.ts';
import { deployment, namespace, service, sleep } from './manifests.ts';

/**
 * The mesh of Istio's mutual TLS migration tutorial: `httpbin` and `sleep` with sidecars in `foo`
 * and `bar`, without in `legacy`. https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/
 */
export function tutorial(): readonly JsonObject[] {
  return [
    namespace('foo', { 'istio-injection': 'enabled' }),
    namespace('bar', { 'istio-injection': 'enabled' }),
    namespace('legacy'),
    ...['foo', 'bar', 'legacy'].flatMap((name) => [...httpbin(name), ...sleep(name)]),
  ];
}

function httpbin(inNamespace: string): readonly JsonObject[] {
  const image = 'docker.io/mccutchen/go-httpbin:v2.15.0';
  return [
    ...deployment(inNamespace, {
      name: 'httpbin',
      app: 'httpbin',
      version: 'v1',
      image,
      containerPorts: [8080],
    }),
    service(inNamespace, 'httpbin', [{ name: 'http', port: 8000, targetPort: 8080 }]),
  ];
}
