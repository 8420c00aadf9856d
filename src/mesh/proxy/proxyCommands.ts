import type { ProxyQuestion } from './decodeProxy.ts';

/** The container of a sidecar or gateway, which holds Istio’s agent beside Envoy (R116, R253). */
export const PROXY_CONTAINER = 'istio-proxy';

/** The container of istiod. */
export const CONTROL_PLANE_CONTAINER = 'discovery';

/**
 * What is asked of Envoy’s admin interface, which listens on loopback only (R253). A sidecar of a large mesh has thousands
 * of listeners for what goes out, and only the inbound ones say what it takes; a gateway has but its own.
 */
const asked: Readonly<Record<ProxyQuestion, string>> = {
  listeners:
    'config_dump?resource=dynamic_listeners&name_regex=^(virtualInbound|connect_terminate)$',
  clusters: 'config_dump?resource=dynamic_active_clusters&name_regex=^outbound[|].*',
  endpoints: 'config_dump?include_eds&resource=dynamic_endpoint_configs&name_regex=^outbound[|].*',
  secrets: 'config_dump?resource=dynamic_active_secrets&name_regex=^(default|ROOTCA)$',
  certs: 'certs',
  serverInfo: 'server_info',
};

const listenersOfGateway = 'config_dump?resource=dynamic_listeners';

/** The command that asks a proxy something, in its own container. */
export function proxyCommand(
  question: ProxyQuestion,
  kind: 'sidecar' | 'gateway',
): readonly [string, ...string[]] {
  const path =
    kind === 'gateway' && question === 'listeners' ? listenersOfGateway : asked[question];
  return ['pilot-agent', 'request', 'GET', path];
}

/** The command that asks a replica of istiod which of the proxies that it serves have acknowledged what. */
export const SYNC_STATUS_COMMAND: readonly [string, ...string[]] = [
  'pilot-discovery',
  'request',
  'GET',
  '/debug/syncz',
];
