import type { KubeObject } from '../environment/kubeTypes.ts';
import { namespace, pod } from '../pods.ts';

/** 8080 and 8090 are HTTP, 8100 is TCP, 8200 says nothing, and no Service leads to 8300. */
const listens = ['8080', '8090', '8100', '8200', '8300'];

const ports = [
  { name: 'http', port: 8000, targetPort: 8080 },
  { name: 'http-b', port: 8090 },
  { name: 'tcp-x', port: 8100 },
  { name: 'x', port: 8200 },
];

function service(inNamespace: string, name: string, spec: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: inNamespace },
    ...{ spec: { selector: { app: 'httpbin' }, ports, ...spec } },
  };
}

/** A gateway with nothing of its own: istiod injects the rest. */
const gateway: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'gateway', namespace: 'edge' } },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'gateway',
      namespace: 'edge',
      labels: { app: 'gateway' },
      annotations: { 'inject.istio.io/templates': 'gateway' },
    },
    ...{
      spec: {
        serviceAccountName: 'gateway',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'istio-proxy', image: 'auto' }],
      },
    },
  },
];

/** A client and a server with sidecars, the same server without, and a gateway. */
export const world: readonly KubeObject[] = [
  namespace('foo', true),
  namespace('legacy', false),
  namespace('edge', true),
  ...pod('foo', 'sleep'),
  ...pod('foo', 'httpbin', { listens }),
  service('foo', 'httpbin'),
  service('foo', 'headless', { clusterIP: 'None', ports: [{ name: 'http', port: 8080 }] }),
  ...pod('legacy', 'sleep'),
  ...pod('legacy', 'httpbin', { listens }),
  service('legacy', 'httpbin'),
  ...gateway,
];

/** The pods whose proxies are read. */
export const proxies = [
  { namespace: 'foo', pod: 'httpbin', kind: 'sidecar' },
  { namespace: 'foo', pod: 'sleep', kind: 'sidecar' },
  { namespace: 'edge', pod: 'gateway', kind: 'gateway' },
] as const;

export type ReadProxy = (typeof proxies)[number];

function policy(name: string, spec: string): string {
  return `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: foo }
spec: ${spec}
---
`;
}

function rule(name: string, spec: string): string {
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: foo }
spec: ${spec}
---
`;
}

const tls = (mode: string): string => `{ tls: { mode: ${mode} } }`;

/** What is written into that mesh, by the name under which its dumps are kept. */
export const settings: Readonly<Record<string, string>> = {
  'no-policy': '',
  strict: policy('default', '{ mtls: { mode: STRICT } }'),
  permissive: policy('default', '{ mtls: { mode: PERMISSIVE } }'),
  disable: policy('default', '{ mtls: { mode: DISABLE } }'),
  'by-port': policy(
    'ports',
    `{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: STRICT }, portLevelMtls: {
      "8090": { mode: DISABLE }, "8200": { mode: PERMISSIVE }, "8300": { mode: DISABLE } } }`,
  ),
  rules:
    rule(
      'legacy',
      `{ host: httpbin.legacy.svc.cluster.local, trafficPolicy: { tls: { mode: ISTIO_MUTUAL },
        portLevelSettings: [
          { port: { number: 8090 }, tls: { mode: SIMPLE, insecureSkipVerify: true } },
          { port: { number: 8100 }, tls: { mode: DISABLE } },
          { port: { number: 8200 }, tls: { mode: MUTUAL, clientCertificate: /etc/a.pem, privateKey: /etc/b.pem } } ] },
        subsets: [{ name: v1, labels: { app: httpbin }, trafficPolicy: ${tls('DISABLE')} }] }`,
    ) +
    rule(
      'own',
      `{ host: httpbin, trafficPolicy: { portLevelSettings: [{ port: { number: 8090 }, tls: { mode: DISABLE } }] } }`,
    ),
  gateway: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: edge }
spec:
  selector: { app: gateway }
  servers:
    - { port: { number: 8081, name: http, protocol: HTTP }, hosts: ['*'] }
    - { port: { number: 8443, name: mesh, protocol: TLS }, hosts: ['*'], tls: { mode: ISTIO_MUTUAL } }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: edge, namespace: edge }
spec:
  gateways: [edge]
  hosts: ['*']
  http: [{ route: [{ destination: { host: httpbin.foo.svc.cluster.local, port: { number: 8000 } } }] }]
  tcp: [{ match: [{ port: 8443 }], route: [{ destination: { host: httpbin.foo.svc.cluster.local, port: { number: 8100 } } }] }]
`,
};
