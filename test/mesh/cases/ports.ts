import { peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

/** By each way to declare a port's protocol, under each mode. */
export const portSettings: readonly Setting[] = [
  {
    name: 'ports of each protocol, without a policy',
    yaml: '',
    calls: {
      'declared.foo:8100': sleeps(
        'mutual-tls, identity not shown',
        'mutual-tls, identity not shown',
        'plaintext',
      ),
      'declared.foo:8200': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'declared.foo:8300': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'declared.foo:8400': sleeps(
        'mutual-tls, identity not shown',
        'mutual-tls, identity not shown',
        'plaintext',
      ),
      'https://declared.foo:8443': sleeps(
        'mutual-tls, identity not shown',
        'mutual-tls, identity not shown',
        'tls',
      ),
      '{{foo/httpbin}}:8500': sleeps('plaintext', 'plaintext', 'plaintext'),
      '{{foo/httpbin}}:8080': sleeps('plaintext', 'plaintext', 'plaintext'),
      '{{foo/httpbin}}:8100': sleeps('plaintext', 'plaintext', 'plaintext'),
      'declared.legacy:8100': sleeps('plaintext', 'plaintext', 'plaintext'),
      'declared.legacy:8200': sleeps('plaintext', 'plaintext', 'plaintext'),
      'https://declared.legacy:8443': sleeps('tls', 'tls', 'tls'),
      '{{legacy/httpbin}}:8080': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
    options: ['-k', '--http1.1', '--tls-max', '1.2'],
  },
  {
    name: 'ports of each protocol, STRICT',
    yaml: peerAuthentication('foo', 'default', '{ mtls: { mode: STRICT } }'),
    calls: {
      'declared.foo:8100': sleeps(
        'mutual-tls, identity not shown',
        'mutual-tls, identity not shown',
        'refused by server, 56',
      ),
      'declared.foo:8200': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'declared.foo:8300': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'declared.foo:8400': sleeps(
        'mutual-tls, identity not shown',
        'mutual-tls, identity not shown',
        'refused by server, 56',
      ),
      'https://declared.foo:8443': sleeps(
        'mutual-tls, identity not shown',
        'mutual-tls, identity not shown',
        'refused by server, 35',
      ),
      '{{foo/httpbin}}:8500': sleeps(
        'refused by server, 56',
        'refused by server, 56',
        'refused by server, 56',
      ),
      '{{foo/httpbin}}:8080': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
      '{{foo/httpbin}}:8100': sleeps(
        'refused by server, 56',
        'refused by server, 56',
        'refused by server, 56',
      ),
    },
    options: ['-k', '--http1.1', '--tls-max', '1.2'],
  },
  {
    name: 'ports of each protocol, DISABLE',
    yaml: peerAuthentication('foo', 'default', '{ mtls: { mode: DISABLE } }'),
    calls: {
      'declared.foo:8100': sleeps('plaintext', 'plaintext', 'plaintext'),
      'declared.foo:8200': sleeps('plaintext', 'plaintext', 'plaintext'),
      'declared.foo:8300': sleeps('plaintext', 'plaintext', 'plaintext'),
      'declared.foo:8400': sleeps('plaintext', 'plaintext', 'plaintext'),
      'https://declared.foo:8443': sleeps('tls', 'tls', 'tls'),
      '{{foo/httpbin}}:8500': sleeps('plaintext', 'plaintext', 'plaintext'),
      '{{foo/httpbin}}:8080': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
    options: ['-k', '--http1.1', '--tls-max', '1.2'],
  },
  {
    name: 'https to STRICT, as curl calls it by itself',
    yaml: peerAuthentication('foo', 'default', '{ mtls: { mode: STRICT } }'),
    calls: {
      'https://declared.foo:8443': {
        'legacy/sleep': ['refused by server, 16', 'refused by server, 55', 'refused by server, 56'],
      },
    },
    options: ['-k'],
    knownDifferences: {
      'legacy/sleep https://declared.foo:8443':
        'TLS 1.3 fails later than is told, and curl says so otherwise.',
    },
  },
  {
    name: 'https to STRICT over HTTP/1.1',
    yaml: peerAuthentication('foo', 'default', '{ mtls: { mode: STRICT } }'),
    calls: {
      'https://declared.foo:8443': {
        'legacy/sleep': ['refused by server, 56', 'refused by server, 55'],
      },
    },
    options: ['-k', '--http1.1'],
    knownDifferences: { '*': 'TLS 1.3 fails later than is told, and curl says so otherwise.' },
  },
];
