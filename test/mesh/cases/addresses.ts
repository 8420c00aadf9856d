import { object, peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

const strictFoo = peerAuthentication('foo', 'default', '{ mtls: { mode: STRICT } }');
const strictBar = peerAuthentication('bar', 'default', '{ mtls: { mode: STRICT } }');

function headlessPolicy(port: string, mode: string): string {
  return peerAuthentication(
    'foo',
    'hp',
    `{ selector: { matchLabels: { app: hp } }, mtls: { mode: STRICT }, portLevelMtls: { ${port}: { mode: ${mode} } } }`,
  );
}

function service(at: string, spec: string): string {
  return object('v1', 'Service', at, `spec: ${spec}`);
}

/** A slice that somebody writes for the Service `man` without a selector. */
function slice(at: string, targetRef: string): string {
  const endpoint = `{ addresses: [ "{{bar/httpbin}}" ], conditions: { ready: true }${targetRef} }`;
  const [namespace = ''] = at.split('/');
  return `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: man-1, namespace: ${namespace}, labels: { kubernetes.io/service-name: man } }
addressType: IPv4
endpoints: [${endpoint}]
ports: [{ name: http, port: 8080, protocol: TCP }]
`;
}

const man = (namespace: string): string =>
  service(`${namespace}/man`, '{ ports: [{ name: http, port: 8000, targetPort: 8080 }] }');
const ofBar = ', targetRef: { kind: Pod, namespace: bar, name: httpbin }';

/** Names and addresses by which a server is called. */
export const addressSettings: readonly Setting[] = [
  {
    name: 'names and addresses, without a policy',
    yaml:
      service(
        'foo/away',
        '{ type: ExternalName, externalName: httpbin.bar.svc.cluster.local, ports: [{ name: http, port: 8000 }] }',
      ) +
      service(
        'foo/away-tcp',
        '{ type: ExternalName, externalName: httpbin.bar.svc.cluster.local, ports: [{ name: tcp, port: 8000 }] }',
      ) +
      service(
        'foo/away-bare',
        '{ type: ExternalName, externalName: httpbin.bar.svc.cluster.local }',
      ) +
      service(
        'foo/away-legacy',
        '{ type: ExternalName, externalName: httpbin.legacy.svc.cluster.local, ports: [{ name: http, port: 8000 }] }',
      ),
    calls: {
      'httpbin:8000': {
        'foo/sleep': 'mutual-tls',
        'bar/sleep': 'mutual-tls',
        'legacy/sleep': 'plaintext',
      },
      'httpbin.foo.svc:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'httpbin.foo.svc.cluster.local:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'headless.foo:8080': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'headless.legacy:8080': sleeps('plaintext', 'plaintext', 'plaintext'),
      'hp.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'away.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'away-tcp.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'away-bare.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'away-legacy.foo:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
      'nobody.bar:8000': sleeps(
        'refused by client, 503',
        'refused by client, 503',
        'refused by client, 7',
      ),
    },
  },
  {
    name: 'names and addresses, STRICT',
    yaml:
      strictFoo +
      strictBar +
      service(
        'foo/away',
        '{ type: ExternalName, externalName: httpbin.bar.svc.cluster.local, ports: [{ name: http, port: 8000 }] }',
      ) +
      service(
        'foo/away-tcp',
        '{ type: ExternalName, externalName: httpbin.bar.svc.cluster.local, ports: [{ name: tcp, port: 8000 }] }',
      ) +
      service(
        'foo/away-bare',
        '{ type: ExternalName, externalName: httpbin.bar.svc.cluster.local }',
      ),
    calls: {
      'httpbin.foo.svc:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'headless.foo:8080': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'away.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'away-tcp.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'away-bare.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'httpbin.foo:8000': { 'foo/httpbin': 'mutual-tls' },
      '{{foo/httpbin}}:8080': { 'foo/httpbin': 'plaintext' },
      '{{bar/native}}:8090': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
      'native.bar:8090': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'a headless Service with another target port, which is DISABLE',
    yaml: headlessPolicy('8080', 'DISABLE'),
    calls: { 'hp.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'a headless Service with another target port, whose port is DISABLE',
    yaml: headlessPolicy('8000', 'DISABLE'),
    calls: {
      'hp.foo:8000': sleeps('refused by server, 503', 'refused by server, 503', 'plaintext'),
    },
  },
  {
    name: 'headless, DISABLE',
    yaml: peerAuthentication('foo', 'default', '{ mtls: { mode: DISABLE } }'),
    calls: { 'headless.foo:8080': sleeps('plaintext', 'plaintext', 'plaintext') },
  },
  {
    name: 'a slice by hand without a pod, of another namespace',
    yaml: man('foo') + slice('foo/man', ''),
    calls: { 'man.foo:8000': sleeps('plaintext', 'plaintext', 'plaintext') },
  },
  {
    name: 'a slice by hand without a pod, of another namespace that is STRICT',
    yaml: man('foo') + slice('foo/man', '') + strictBar,
    calls: {
      'man.foo:8000': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
    },
  },
  {
    name: 'a slice by hand that names a pod of another namespace',
    yaml: man('foo') + slice('foo/man', ofBar),
    calls: { 'man.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext') },
  },
  {
    name: 'a slice by hand that names a pod of another namespace that is STRICT',
    yaml: man('foo') + slice('foo/man', ofBar) + strictBar,
    calls: { 'man.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'a slice by hand in the namespace of the pod',
    yaml: man('bar') + slice('bar/man', '') + strictBar,
    calls: { 'man.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'an https port and an http port with one target port, the http port first',
    yaml: service(
      'foo/own',
      '{ selector: { app: httpbin }, ports: [{ name: http, port: 8000, targetPort: 8444 }, { name: https-x, port: 8444, targetPort: 8444 }] }',
    ),
    calls: {
      'https://own.foo:8444': sleeps(
        'refused by server, 35',
        'refused by server, 35',
        'refused by server, 35',
      ),
    },
    options: ['-k', '--http1.1', '--tls-max', '1.2'],
  },
];
