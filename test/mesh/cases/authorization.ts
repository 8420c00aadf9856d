import { object, peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

const strict = 'mtls: { mode: STRICT }';
const ofHttpbin = 'selector: { matchLabels: { app: httpbin } }';
const fooSleep = 'cluster.local/ns/foo/sa/sleep';

function policy(at: string, spec: string, annotations = ''): string {
  const [namespace = '', name = ''] = at.split('/');
  const kind = 'AuthorizationPolicy';
  if (annotations === '') return object('security.istio.io/v1', kind, at, `spec: ${spec}`);
  return `---
apiVersion: security.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace}, annotations: ${annotations} }
spec: ${spec}
`;
}

const from = (source: string): string => `{ from: [{ source: ${source} }] }`;
const denied = 'refused by server, 403';
/** What the server's proxy does to bytes: it accepts the connection, and closes it. */
const closed = ['refused by server, 52', 'refused by server, 56'] as const;

/** Who is let in by identity. Ports of `declared`: 8100 is TCP, 8200 declares nothing, 8300 HTTP. */
export const authorizationSettings: readonly Setting[] = [
  {
    name: 'ALLOW for one principal',
    yaml: policy('bar/p', `{ ${ofHttpbin}, rules: [${from(`{ principals: ["${fooSleep}"] }`)}] }`),
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', denied, denied),
      'declared.bar:8100': sleeps('mutual-tls, identity not shown', closed, closed),
      'declared.bar:8200': sleeps('mutual-tls', denied, denied),
      'declared.bar:8300': sleeps('mutual-tls', denied, denied),
      '{{bar/httpbin}}:8080': sleeps(denied, denied, denied),
      'native.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
    },
  },
  {
    name: 'ALLOW for one principal, STRICT',
    yaml:
      peerAuthentication('bar', 'default', `{ ${strict} }`) +
      policy('bar/p', `{ ${ofHttpbin}, rules: [${from(`{ principals: ["${fooSleep}"] }`)}] }`),
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', denied, 'refused by server, 56'),
    },
  },
  {
    name: 'ALLOW for a namespace, named by its beginning',
    yaml: policy('bar/p', `{ ${ofHttpbin}, rules: [${from('{ namespaces: ["fo*"] }')}] }`),
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', denied, denied) },
  },
  {
    name: 'ALLOW for anybody who shows a certificate',
    yaml: policy('bar/p', `{ ${ofHttpbin}, rules: [${from('{ principals: ["*"] }')}] }`),
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', denied) },
  },
  {
    name: 'DENY for a namespace',
    yaml: policy(
      'bar/p',
      `{ ${ofHttpbin}, action: DENY, rules: [${from('{ namespaces: [foo] }')}] }`,
    ),
    calls: {
      'httpbin.bar:8000': sleeps(denied, 'mutual-tls', 'plaintext'),
      'declared.bar:8100': sleeps(
        ['refused by server, 52', 'refused by server, 56'],
        'mutual-tls, identity not shown',
        'plaintext',
      ),
    },
  },
  {
    name: 'DENY for all other principals',
    yaml: policy(
      'bar/p',
      `{ ${ofHttpbin}, action: DENY, rules: [${from(`{ notPrincipals: ["${fooSleep}"] }`)}] }`,
    ),
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', denied, denied) },
  },
  {
    name: 'DENY goes before ALLOW',
    yaml:
      policy('bar/a', `{ ${ofHttpbin}, rules: [{}] }`) +
      policy('bar/b', `{ action: DENY, rules: [${from('{ namespaces: [foo] }')}] }`),
    calls: { 'httpbin.bar:8000': sleeps(denied, 'mutual-tls', 'plaintext') },
  },
  {
    name: 'a policy without rules',
    yaml: policy('bar/none', '{}'),
    calls: {
      'httpbin.bar:8000': sleeps(denied, denied, denied),
      'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
    },
  },
  {
    name: 'a policy of the root namespace that selects',
    yaml: policy('istio-system/p', `{ ${ofHttpbin}, rules: [${from('{ namespaces: [foo] }')}] }`),
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', denied, denied),
      'httpbin.foo:8000': sleeps('mutual-tls', denied, denied),
      'native.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'httpbin.legacy:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
  },
  {
    name: 'a rule for a port of the container',
    yaml: policy(
      'bar/p',
      `{ ${ofHttpbin}, action: DENY, rules: [{ to: [{ operation: { ports: ["8080"] } }] }] }`,
    ),
    calls: {
      'httpbin.bar:8000': sleeps(denied, denied, denied),
      'declared.bar:8300': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
    },
  },
  {
    name: 'ALLOW by a path that is not asked for, where HTTP is not read',
    yaml: policy(
      'bar/p',
      `{ ${ofHttpbin}, rules: [{ to: [{ operation: { paths: ["/", "/get"] } }] }] }`,
    ),
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'declared.bar:8100': sleeps(closed, closed, closed),
    },
  },
  {
    name: 'DENY by a path that is not asked for, where HTTP is not read',
    yaml: policy(
      'bar/p',
      `{ ${ofHttpbin}, action: DENY, rules: [{ to: [{ operation: { paths: ["/other"] } }] }] }`,
    ),
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'declared.bar:8100': sleeps(closed, closed, closed),
    },
  },
  {
    name: 'a policy that is tried out',
    yaml: policy('bar/none', '{}', '{ istio.io/dry-run: "true" }'),
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext') },
  },
  {
    name: 'ALLOW for an account of another namespace',
    yaml: policy('bar/p', `{ ${ofHttpbin}, rules: [${from('{ serviceAccounts: [foo/sleep] }')}] }`),
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', denied, denied) },
  },
  {
    name: 'past an excluded port nobody asks',
    yaml: policy('bar/none', '{}'),
    calls: { 'excluded.bar:8000': { 'legacy/sleep': 'plaintext' } },
  },
];
