import type { JsonObject } from '../objects/json.ts';
import { deployment, namespace, service, sleep } from './manifests.ts';

const injected = { 'istio-injection': 'enabled' };

/**
 * Istio's Bookinfo application. Its `sleep` is older than the namespace's label, so it has no
 * sidecar until it is restarted (R114): plaintext from inside the namespace.
 * https://istio.io/latest/docs/examples/bookinfo/
 */
export function bookinfo(): readonly JsonObject[] {
  return [
    namespace('bookinfo'),
    ...sleep('bookinfo'),
    namespace('bookinfo', injected),
    ...application('details', ['v1']),
    ...application('ratings', ['v1']),
    ...application('reviews', ['v1', 'v2', 'v3']),
    ...application('productpage', ['v1']),
  ];
}

function application(app: string, versions: readonly string[]): readonly JsonObject[] {
  const deployments = versions.flatMap((version) =>
    deployment('bookinfo', {
      name: `${app}-${version}`,
      app,
      version,
      image: `registry.istio.io/release/examples-bookinfo-${app}-${version}:1.20.3`,
      containerPorts: [9080],
      serviceAccount: `bookinfo-${app}`,
    }),
  );
  return [service('bookinfo', app, [{ name: 'http', port: 9080 }]), ...deployments];
}
