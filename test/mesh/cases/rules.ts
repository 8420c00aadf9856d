import { destinationRule, object, peerAuthentication, sleeps } from './clients.ts';
import { applicationCertificate, applicationKey } from '../environment/meshFolder.ts';
import type { Setting } from './setting.ts';

const strictBar = peerAuthentication('bar', 'default', '{ mtls: { mode: STRICT } }');
const disableBar = peerAuthentication('bar', 'default', '{ mtls: { mode: DISABLE } }');
const host = 'host: httpbin.bar.svc.cluster.local';
const tls = (mode: string, more = ''): string => `trafficPolicy: { tls: { mode: ${mode}${more} } }`;
const skip = ', insecureSkipVerify: true';
const declared = 'host: declared.bar.svc.cluster.local';

/** DestinationRules at each level, with each mode. */
export const ruleSettings: readonly Setting[] = [
  {
    name: 'a rule with DISABLE in the namespace of the client, PERMISSIVE',
    yaml: destinationRule('foo', 'd', `{ ${host}, ${tls('DISABLE')} }`),
    calls: { 'httpbin.bar:8000': sleeps('plaintext', 'mutual-tls', 'plaintext') },
  },
  {
    name: 'a rule with DISABLE in the namespace of the client, STRICT',
    yaml: destinationRule('foo', 'd', `{ ${host}, ${tls('DISABLE')} }`) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'a rule with DISABLE in the namespace of the Service',
    yaml: destinationRule('bar', 'd', `{ ${host}, ${tls('DISABLE')} }`) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
    },
  },
  {
    name: 'a rule with DISABLE in the root namespace',
    yaml: destinationRule('istio-system', 'd', `{ ${host}, ${tls('DISABLE')} }`) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
    },
  },
  {
    name: 'a rule for all hosts with DISABLE in the root namespace, and an exact one of the client',
    yaml:
      destinationRule('istio-system', 'd', `{ host: "*.local", ${tls('DISABLE')} }`) +
      destinationRule('foo', 'e', `{ ${host}, ${tls('ISTIO_MUTUAL')} }`),
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', 'plaintext', 'plaintext'),
      'httpbin.foo:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
  },
  {
    name: 'a rule with a short host',
    yaml: destinationRule('bar', 'd', `{ host: httpbin, ${tls('DISABLE')} }`) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
    },
  },
  {
    name: 'a rule that is not exported',
    yaml:
      destinationRule('bar', 'd', `{ ${host}, exportTo: ["."], ${tls('DISABLE')} }`) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', 'refused by server, 503', 'refused by server, 56'),
    },
  },
  {
    name: 'a rule for some clients',
    yaml:
      destinationRule(
        'foo',
        'd',
        `{ ${host}, workloadSelector: { matchLabels: { app: other } }, ${tls('DISABLE')} }`,
      ) + strictBar,
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'a rule for these clients',
    yaml:
      destinationRule(
        'foo',
        'd',
        `{ ${host}, workloadSelector: { matchLabels: { app: sleep } }, ${tls('DISABLE')} }`,
      ) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'a rule of one port',
    yaml:
      destinationRule(
        'foo',
        'd',
        `{ ${host}, trafficPolicy: { portLevelSettings: [{ port: { number: 8000 }, tls: { mode: DISABLE } }] } }`,
      ) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'a rule of one port without tls, below one with DISABLE',
    yaml:
      destinationRule(
        'foo',
        'd',
        `{ ${host}, trafficPolicy: { tls: { mode: DISABLE }, portLevelSettings: [{ port: { number: 8000 }, connectionPool: { tcp: { maxConnections: 7 } } }] } }`,
      ) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'a rule without tls',
    yaml:
      destinationRule(
        'foo',
        'd',
        `{ ${host}, trafficPolicy: { connectionPool: { tcp: { maxConnections: 7 } } } }`,
      ) + strictBar,
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'a rule with a subset that nobody chooses',
    yaml:
      destinationRule(
        'foo',
        'd',
        `{ ${host}, subsets: [{ name: plain, labels: { app: httpbin }, ${tls('DISABLE')} }] }`,
      ) + strictBar,
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'two rules of one host',
    yaml:
      destinationRule('foo', 'a', `{ ${host}, ${tls('ISTIO_MUTUAL')} }`) +
      destinationRule('foo', 'b', `{ ${host}, ${tls('DISABLE')} }`) +
      strictBar,
    inOrder: true,
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'ISTIO_MUTUAL to DISABLE',
    yaml: destinationRule('foo', 'd', `{ ${host}, ${tls('ISTIO_MUTUAL')} }`) + disableBar,
    calls: { 'httpbin.bar:8000': sleeps('refused by server, 503', 'plaintext', 'plaintext') },
  },
  {
    name: 'SIMPLE to an HTTP port that is PERMISSIVE',
    yaml: destinationRule('foo', 'd', `{ ${host}, ${tls('SIMPLE', skip)} }`),
    calls: { 'httpbin.bar:8000': sleeps('refused by server, 503', 'mutual-tls', 'plaintext') },
  },
  {
    name: 'SIMPLE to STRICT',
    yaml: destinationRule('foo', 'd', `{ ${host}, ${tls('SIMPLE', skip)} }`) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'SIMPLE to DISABLE',
    yaml: destinationRule('foo', 'd', `{ ${host}, ${tls('SIMPLE', skip)} }`) + disableBar,
    calls: { 'httpbin.bar:8000': sleeps('refused by server, 503', 'plaintext', 'plaintext') },
  },
  {
    name: 'MUTUAL with files of another authority, to STRICT',
    yaml:
      destinationRule(
        'foo',
        'd',
        `{ ${host}, ${tls('MUTUAL', `, clientCertificate: ${applicationCertificate}, privateKey: ${applicationKey}${skip}`)} }`,
      ) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
    },
  },
  {
    name: 'the server may have another name than it has',
    yaml: destinationRule(
      'foo',
      'd',
      `{ ${host}, ${tls('ISTIO_MUTUAL', ', subjectAltNames: [spiffe://cluster.local/ns/bar/sa/other]')} }`,
    ),
    calls: { 'httpbin.bar:8000': sleeps('refused by client, 503', 'mutual-tls', 'plaintext') },
  },
  {
    name: 'the server may have the name that it has',
    yaml: destinationRule(
      'foo',
      'd',
      `{ ${host}, ${tls('ISTIO_MUTUAL', ', subjectAltNames: [spiffe://cluster.local/ns/bar/sa/httpbin]')} }`,
    ),
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext') },
  },
  {
    name: 'ISTIO_MUTUAL to pods without a sidecar, some and all',
    yaml:
      destinationRule(
        'foo',
        'd',
        `{ host: httpbin.legacy.svc.cluster.local, ${tls('ISTIO_MUTUAL')} }`,
      ) +
      destinationRule(
        'foo',
        'e',
        `{ host: declared.legacy.svc.cluster.local, ${tls('ISTIO_MUTUAL')} }`,
      ),
    calls: {
      'httpbin.legacy:8000': sleeps('refused by server, 503', 'plaintext', 'plaintext'),
      'declared.legacy:8100': sleeps(
        ['refused by server, 56', 'refused by server, 52'],
        'plaintext',
        'plaintext',
      ),
      'declared.legacy:8200': sleeps('refused by server, 503', 'plaintext', 'plaintext'),
    },
  },
  {
    name: 'SIMPLE to an application that speaks TLS, without a sidecar',
    yaml:
      object(
        'v1',
        'Service',
        'legacy/lt',
        'spec: { selector: { app: httpbin }, ports: [{ name: http, port: 80, targetPort: 8443 }] }',
      ) +
      destinationRule('foo', 's', `{ host: lt.legacy.svc.cluster.local, ${tls('SIMPLE', skip)} }`),
    calls: { 'lt.legacy:80': sleeps('tls', 'refused by server, 503', 'refused by server, 52') },
    knownDifferences: {
      'foo/sleep lt.legacy:80': 'The rule says that the server speaks TLS, and is not believed.',
      'bar/sleep lt.legacy:80': 'Nothing in the cluster says that the application speaks TLS.',
      'legacy/sleep lt.legacy:80': 'Nothing in the cluster says that the application speaks TLS.',
    },
  },
  {
    name: 'DISABLE to STRICT ports that are not HTTP',
    yaml: destinationRule('foo', 'd', `{ ${declared}, ${tls('DISABLE')} }`) + strictBar,
    calls: {
      'declared.bar:8100': sleeps(
        'refused by server, 56',
        'mutual-tls, identity not shown',
        'refused by server, 56',
      ),
      'declared.bar:8200': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
      'declared.bar:8400': sleeps(
        'refused by server, 56',
        'mutual-tls, identity not shown',
        'refused by server, 56',
      ),
      'https://declared.bar:8443': sleeps(
        'refused by server, 35',
        'mutual-tls, identity not shown',
        'refused by server, 35',
      ),
    },
    options: ['-k', '--http1.1', '--tls-max', '1.2'],
  },
  {
    name: 'SIMPLE to ports that are not HTTP',
    yaml: destinationRule('foo', 'd', `{ ${declared}, ${tls('SIMPLE', skip)} }`),
    calls: {
      'declared.bar:8100': sleeps(
        ['refused by server, 52', 'refused by server, 56'],
        'mutual-tls, identity not shown',
        'plaintext',
      ),
      'declared.bar:8200': sleeps('refused by server, 503', 'mutual-tls', 'plaintext'),
    },
    knownDifferences: {
      'foo/sleep declared.bar:8100':
        'Over TCP the proxy has no status to answer with, and TLS 1.3 ends without a reset.',
    },
  },
  {
    name: 'SIMPLE to STRICT ports that are not HTTP',
    yaml: destinationRule('foo', 'd', `{ ${declared}, ${tls('SIMPLE', skip)} }`) + strictBar,
    calls: {
      'declared.bar:8100': sleeps(
        ['refused by server, 52', 'refused by server, 56'],
        'mutual-tls, identity not shown',
        'refused by server, 56',
      ),
      'declared.bar:8200': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
      'declared.bar:8300': sleeps('refused by server, 503', 'mutual-tls', 'refused by server, 56'),
    },
    knownDifferences: {
      'foo/sleep declared.bar:8100':
        'Over TCP the proxy has no status to answer with, and TLS 1.3 ends without a reset.',
    },
  },
];
