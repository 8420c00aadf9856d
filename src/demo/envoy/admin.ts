import { hasSidecar } from '../dataPlane/podFacts.ts';
import type { DataPlane } from '../dataPlane/dataPlane.ts';
import type { JsonObject, KubeObject } from '../objects/json.ts';
import { pods } from '../objects/resources.ts';
import type { Storage } from '../objects/storage.ts';
import { certificateList, secretEntries } from './certificates.ts';
import { outboundClusters } from './clusters.ts';
import { inboundListeners } from './listeners.ts';

/** What the demo's proxies are asked about, and what they are configured by. */
export interface AdminContext {
  readonly storage: Storage;
  readonly dataPlane: DataPlane;
}

/**
 * What Envoy's admin interface in a pod answers to a GET, by what the demo's own data plane does at this moment; undefined
 * for a path that it does not know.
 */
export async function adminAnswer(
  context: AdminContext,
  pod: KubeObject,
  path: string,
): Promise<JsonObject | undefined> {
  const url = new URL(path, 'http://localhost:15000');
  switch (url.pathname) {
    case '/config_dump':
      return await configDump(context, pod, url.searchParams.get('resource'));
    case '/certs':
      return certificateList(await context.dataPlane.certificatesOf(pod));
    case '/server_info':
      return serverInfo(pod);
    default:
      return undefined;
  }
}

async function configDump(
  { storage, dataPlane }: AdminContext,
  pod: KubeObject,
  resource: string | null,
): Promise<JsonObject> {
  switch (resource) {
    case 'dynamic_listeners':
      return { configs: hasSidecar(pod) ? inboundListeners(storage, pod) : [] };
    case 'dynamic_active_clusters':
      return { configs: outboundClusters(storage, pod).clusters };
    case 'dynamic_endpoint_configs':
      return { configs: outboundClusters(storage, pod).endpoints };
    case 'dynamic_active_secrets':
      return { configs: secretEntries(await dataPlane.certificatesOf(pod)) };
    default:
      return {};
  }
}

const revision = 'default';

function serverInfo(pod: KubeObject): JsonObject {
  const metadata = {
    NAME: pod.metadata.name,
    NAMESPACE: pod.metadata.namespace ?? '',
    ANNOTATIONS: { 'istio.io/rev': revision },
    PROXY_CONFIG: { discoveryAddress: 'istiod.istio-system.svc:15012' },
  };
  return { state: 'LIVE', node: { metadata } };
}

/** What istiod's `/debug/syncz` answers: the demo's proxies have everything at once. */
export function syncStatus(storage: Storage): readonly JsonObject[] {
  const sent = 'all/1';
  return storage
    .list(pods)
    .filter(hasProxy)
    .map(({ metadata }) => ({
      proxy: `${metadata.name}.${metadata.namespace ?? ''}`,
      resources: {
        'type.googleapis.com/envoy.config.cluster.v3.Cluster': { sent, acked: sent },
        'type.googleapis.com/envoy.config.listener.v3.Listener': { sent, acked: sent },
      },
    }));
}

function hasProxy(pod: KubeObject): boolean {
  return hasSidecar(pod) || JSON.stringify(pod).includes('"istio-proxy"');
}
