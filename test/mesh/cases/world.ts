import type { KubeObject } from '../environment/kubeTypes.ts';
import { namespace, pod } from '../pods.ts';

/** Ports of the application of every httpbin: HTTP but for those that say otherwise. */
const listens = ['8080', '8090', '8100', '8200', '8300', '8400', '8500', 'tls:8443', 'tls:8444'];

function service(
  namespaceName: string,
  name: string,
  spec: { readonly ports: readonly object[]; readonly [field: string]: unknown },
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: namespaceName, labels: { app: name } },
    ...{ spec: { selector: { app: name }, ...spec } },
  };
}

/** A Service with a port for each way to declare a protocol, each with a port of httpbin of its own. 8500 and 8444 are in no Service. */
function declared(namespaceName: string): KubeObject {
  return service(namespaceName, 'declared', {
    selector: { app: 'httpbin' },
    ports: [
      { name: 'tcp-x', port: 8100 },
      { name: 'x', port: 8200 },
      { name: 'raw', port: 8300, appProtocol: 'http' },
      { name: 'http-odd', port: 8400, appProtocol: 'tcp' },
      { name: 'https-x', port: 8443 },
    ],
  });
}

const http = [{ name: 'http', port: 8000, targetPort: 8080 }];

/** The mesh of the tutorial "Mutual TLS migration": sleep and httpbin in foo and bar, with sidecars, and in legacy, without. */
const tutorialMesh: readonly KubeObject[] = [
  ['foo', true] as const,
  ['bar', true] as const,
  ['legacy', false] as const,
].flatMap(([name, injected]) => [
  namespace(name, injected),
  ...pod(name, 'sleep'),
  ...pod(name, 'httpbin', { listens }),
  service(name, 'httpbin', { ports: http }),
  declared(name),
  service(name, 'headless', {
    selector: { app: 'httpbin' },
    clusterIP: 'None',
    ports: [{ name: 'http', port: 8080 }],
  }),
]);

const traffic = (key: string, value: string): Readonly<Record<string, string>> => ({
  [`traffic.sidecar.istio.io/${key}`]: value,
});
const notInjected = { 'sidecar.istio.io/inject': 'false' };

/** Servers that differ from httpbin in one thing, each with a Service of its name. */
const oddServers: readonly (readonly [
  namespace: string,
  name: string,
  options: Parameters<typeof pod>[2],
])[] = [
  ['bar', 'excluded', { annotations: traffic('excludeInboundPorts', '8080') }],
  ['bar', 'included', { annotations: traffic('includeInboundPorts', '8090') }],
  ['bar', 'native', { annotations: { 'sidecar.istio.io/nativeSidecar': 'true' } }],
  ['bar', 'tls-label-off', { labels: { 'security.istio.io/tlsMode': 'disabled' } }],
  ['legacy', 'tls-label-on', { labels: { 'security.istio.io/tlsMode': 'istio' } }],
];

/** Clients that differ from sleep in one thing. */
const oddClients: readonly (readonly [
  namespace: string,
  name: string,
  options: Parameters<typeof pod>[2],
])[] = [
  ['foo', 'port-excluded', { annotations: traffic('excludeOutboundPorts', '8000') }],
  ['foo', 'range-excluded', { annotations: traffic('excludeOutboundIPRanges', '10.96.0.0/16') }],
  ['legacy', 'on-host', { hostNetwork: true }],
];

/** The tutorial's mesh and what else the tables of cases call. */
export const world: readonly KubeObject[] = [
  ...tutorialMesh,
  ...oddServers.flatMap(([namespaceName, name, options]) => [
    ...pod(namespaceName, name, { listens: ['8080', '8090'], ...options }),
    service(namespaceName, name, { ports: [...http, { name: 'http-other', port: 8090 }] }),
  ]),
  ...oddClients.flatMap(([namespaceName, name, options]) => pod(namespaceName, name, options)),
  // Two pods behind one Service: one has a sidecar.
  ...pod('bar', 'mixed-in', { labels: { app: 'mixed' }, listens: ['8080'] }),
  ...pod('bar', 'mixed-out', { labels: { app: 'mixed', ...notInjected }, listens: ['8080'] }),
  service('bar', 'mixed', { ports: http }),
  // A headless Service whose port is not its target port; the application listens on both.
  ...pod('foo', 'hp', { listens: ['8000', '8080'] }),
  service('foo', 'hp', { clusterIP: 'None', ports: http }),
  // A Service without pods.
  service('bar', 'nobody', { ports: http }),
];
