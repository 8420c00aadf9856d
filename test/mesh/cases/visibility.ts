import { object, peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

const strictBar = peerAuthentication('bar', 'default', '{ mtls: { mode: STRICT } }');

function sidecar(at: string, spec: string): string {
  return object('networking.istio.io/v1', 'Sidecar', at, `spec: ${spec}`);
}

function exported(to: string): string {
  return `---
apiVersion: v1
kind: Service
metadata: { name: shown, namespace: bar, annotations: { networking.istio.io/exportTo: "${to}" } }
spec: { selector: { app: httpbin }, ports: [{ name: http, port: 8002, targetPort: 8080 }] }
`;
}

/** What a client's proxy knows of, by Sidecars, exports and the mesh config. */
export const visibilitySettings: readonly Setting[] = [
  {
    name: 'a Sidecar that imports its own namespace only',
    yaml: sidecar('foo/default', '{ egress: [{ hosts: ["./*"] }] }'),
    calls: {
      'httpbin.bar:8000': sleeps('plaintext', 'mutual-tls', 'plaintext'),
      'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'httpbin.legacy:8000': { 'foo/sleep': 'plaintext' },
    },
  },
  {
    name: 'a Sidecar that imports its own namespace only, to STRICT',
    yaml: sidecar('foo/default', '{ egress: [{ hosts: ["./*"] }] }') + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
      'declared.bar:8100': { 'foo/sleep': 'refused by server, 56' },
    },
  },
  {
    name: 'a Sidecar of some pods that imports another namespace',
    yaml:
      sidecar(
        'foo/some',
        '{ workloadSelector: { labels: { app: sleep } }, egress: [{ hosts: ["bar/*"] }] }',
      ) + strictBar,
    calls: {
      'httpbin.bar:8000': { 'foo/sleep': 'mutual-tls', 'foo/httpbin': 'mutual-tls' },
      'httpbin.legacy:8000': { 'foo/sleep': 'plaintext', 'foo/httpbin': 'plaintext' },
    },
  },
  {
    name: 'a Sidecar with REGISTRY_ONLY that imports its own namespace',
    yaml: sidecar(
      'foo/default',
      '{ egress: [{ hosts: ["./*"] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }',
    ),
    calls: {
      'httpbin.bar:8000': { 'foo/sleep': 'refused by client, 502' },
      'httpbin.foo:8000': { 'foo/sleep': 'mutual-tls' },
      '{{bar/httpbin}}:8500': { 'foo/sleep': ['refused by client, 52', 'refused by client, 56'] },
    },
  },
  {
    name: 'a Sidecar with an ingress listener',
    yaml:
      sidecar(
        'bar/httpbin',
        '{ workloadSelector: { labels: { app: httpbin } }, ingress: [{ port: { number: 8080, protocol: HTTP, name: http }, defaultEndpoint: "127.0.0.1:8090" }] }',
      ) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'declared.bar:8200': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'a Service that is shown in its own namespace only',
    yaml: exported('.') + strictBar,
    calls: {
      'shown.bar:8002': sleeps('refused by server, 56', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'a Service that is shown to foo',
    yaml: exported('foo') + strictBar,
    calls: {
      'shown.bar:8002': sleeps('mutual-tls', 'refused by server, 56', 'refused by server, 56'),
    },
  },
  {
    name: 'a Service that is shown to nobody',
    yaml: exported('~') + strictBar,
    calls: {
      'shown.bar:8002': sleeps(
        'refused by server, 56',
        'refused by server, 56',
        'refused by server, 56',
      ),
    },
  },
  {
    name: 'auto mTLS is off',
    yaml: '',
    meshConfig: { enableAutoMtls: false },
    calls: {
      'httpbin.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
      'headless.bar:8080': sleeps('plaintext', 'plaintext', 'plaintext'),
      'declared.bar:8100': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
  },
  {
    name: 'auto mTLS is off, to STRICT',
    yaml: strictBar,
    meshConfig: { enableAutoMtls: false },
    calls: {
      'httpbin.bar:8000': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
      'declared.bar:8200': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
    },
  },
  {
    name: 'REGISTRY_ONLY for the mesh',
    yaml: '',
    meshConfig: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } },
    calls: {
      'httpbin.bar:8000': { 'foo/sleep': 'mutual-tls' },
      '{{bar/httpbin}}:8500': {
        'foo/sleep': ['refused by client, 52', 'refused by client, 56'],
        'legacy/sleep': 'plaintext',
      },
      '{{legacy/httpbin}}:8500': {
        'foo/sleep': ['refused by client, 52', 'refused by client, 56'],
      },
    },
  },
];
