import { peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

const ofHttpbin = 'selector: { matchLabels: { app: httpbin } }';
const strict = 'mtls: { mode: STRICT }';

/** Scopes of policies, their ports, and which of several decides. */
export const policySettings: readonly Setting[] = [
  {
    name: 'portLevelMtls by the number of the container port',
    yaml: peerAuthentication(
      'foo',
      'ports',
      `{ ${ofHttpbin}, ${strict}, portLevelMtls: { 8080: { mode: PERMISSIVE }, 8100: { mode: DISABLE }, 8500: { mode: DISABLE } } }`,
    ),
    calls: {
      'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'declared.foo:8100': sleeps('plaintext', 'plaintext', 'plaintext'),
      'declared.foo:8200': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      '{{foo/httpbin}}:8500': sleeps('plaintext', 'plaintext', 'plaintext'),
      '{{foo/httpbin}}:8080': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
  },
  {
    name: 'portLevelMtls by the number of the Service port has no effect',
    yaml: peerAuthentication(
      'foo',
      'ports',
      `{ ${ofHttpbin}, ${strict}, portLevelMtls: { 8000: { mode: DISABLE } } }`,
    ),
    calls: { 'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'portLevelMtls STRICT under DISABLE',
    yaml: peerAuthentication(
      'foo',
      'ports',
      `{ ${ofHttpbin}, mtls: { mode: DISABLE }, portLevelMtls: { 8080: { mode: STRICT } } }`,
    ),
    calls: {
      'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'declared.foo:8100': sleeps('plaintext', 'plaintext', 'plaintext'),
      'headless.foo:8080': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'portLevelMtls UNSET inherits',
    yaml: peerAuthentication(
      'foo',
      'ports',
      `{ ${ofHttpbin}, ${strict}, portLevelMtls: { 8080: { mode: UNSET } } }`,
    ),
    calls: { 'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'of two policies of a namespace the older one wins',
    yaml:
      peerAuthentication('foo', 'b-older', `{ ${strict} }`) +
      peerAuthentication('foo', 'a-younger', '{ mtls: { mode: DISABLE } }'),
    inOrder: true,
    calls: { 'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'of two policies of a workload the older one wins',
    yaml:
      peerAuthentication('foo', 'b-older', `{ ${ofHttpbin}, mtls: { mode: DISABLE } }`) +
      peerAuthentication('foo', 'a-younger', `{ ${ofHttpbin}, ${strict} }`),
    inOrder: true,
    calls: { 'httpbin.foo:8000': sleeps('plaintext', 'plaintext', 'plaintext') },
  },
  {
    name: 'UNSET in a namespace leaves it to the mesh',
    yaml:
      peerAuthentication('istio-system', 'default', `{ ${strict} }`) +
      peerAuthentication('foo', 'default', '{ mtls: { mode: UNSET } }'),
    calls: { 'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'UNSET for a workload leaves it to the namespace',
    yaml:
      peerAuthentication('foo', 'default', `{ ${strict} }`) +
      peerAuthentication('foo', 'httpbin', `{ ${ofHttpbin}, mtls: { mode: UNSET } }`),
    calls: { 'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'a selector in the root namespace selects there only',
    yaml: peerAuthentication('istio-system', 'httpbin', `{ ${ofHttpbin}, ${strict} }`),
    calls: {
      'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
    },
  },
  {
    name: 'an empty selector is none',
    yaml: peerAuthentication('foo', 'default', `{ selector: { matchLabels: {} }, ${strict} }`),
    calls: { 'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'a selector that matches nothing',
    yaml: peerAuthentication(
      'foo',
      'ghost',
      `{ selector: { matchLabels: { app: ghost } }, ${strict} }`,
    ),
    calls: { 'httpbin.foo:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext') },
  },
  {
    name: 'a workload is PERMISSIVE in a STRICT mesh',
    yaml:
      peerAuthentication('istio-system', 'default', `{ ${strict} }`) +
      peerAuthentication('bar', 'httpbin', `{ ${ofHttpbin}, mtls: { mode: PERMISSIVE } }`),
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'mixed.bar:8000': { 'legacy/sleep': ['plaintext', 'refused by server, 56'] },
      'native.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'httpbin.foo:8000': { 'legacy/on-host': 'refused by server, 56' },
    },
  },
  {
    name: 'the mesh is DISABLE and bar STRICT',
    yaml:
      peerAuthentication('istio-system', 'default', '{ mtls: { mode: DISABLE } }') +
      peerAuthentication('bar', 'default', `{ ${strict} }`),
    calls: {
      'httpbin.foo:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
      'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'native.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
    },
  },
];
