import { destinationRule, object, peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

const strictBar = peerAuthentication('bar', 'default', '{ mtls: { mode: STRICT } }');
const host = 'httpbin.bar.svc.cluster.local';
const subsets = destinationRule(
  'foo',
  'd',
  `{ host: ${host}, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } }, subsets: [{ name: plain, labels: { app: httpbin }, trafficPolicy: { tls: { mode: DISABLE } } }] }`,
);

function route(destination: string): string {
  return object(
    'networking.istio.io/v1',
    'VirtualService',
    'foo/v',
    `spec: { hosts: [${host}], http: [{ route: [{ destination: ${destination} }] }] }`,
  );
}

function routes(at: string, spec: string): string {
  return object('networking.istio.io/v1', 'VirtualService', at, `spec: ${spec}`);
}

const toLegacy = 'route: [{ destination: { host: httpbin.legacy.svc.cluster.local } }]';

/** Routes that choose a subset or another host. */
export const routeSettings: readonly Setting[] = [
  {
    name: 'a route to a subset with DISABLE',
    yaml: subsets + route(`{ host: ${host}, subset: plain }`),
    calls: { 'httpbin.bar:8000': sleeps('plaintext', 'refused by client, 503', 'plaintext') },
  },
  {
    name: 'a route to a subset with DISABLE, to STRICT',
    yaml: subsets + route(`{ host: ${host}, subset: plain }`) + strictBar,
    calls: {
      'httpbin.bar:8000': sleeps(
        'refused by server, 503',
        'refused by client, 503',
        'refused by server, 56',
      ),
    },
  },
  {
    name: 'a route to another host, without a sidecar',
    yaml: route('{ host: httpbin.legacy.svc.cluster.local }'),
    calls: { 'httpbin.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext') },
  },
  {
    name: 'a route to the host itself',
    yaml: route(`{ host: ${host} }`) + strictBar,
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
  {
    name: 'a route of one namespace alone',
    yaml: routes('foo/v', `{ hosts: [${host}], exportTo: ["."], http: [{ ${toLegacy} }] }`),
    calls: { 'httpbin.bar:8000': sleeps('plaintext', 'mutual-tls', 'plaintext') },
  },
  {
    name: 'a route for clients of one namespace',
    yaml: routes(
      'foo/v',
      `{ hosts: [${host}], http: [{ match: [{ sourceNamespace: bar }], ${toLegacy} }] }`,
    ),
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'plaintext', 'plaintext') },
  },
  {
    name: 'a route for a wildcard, and one for the host',
    yaml:
      routes('foo/a', `{ hosts: ["*.bar.svc.cluster.local"], http: [{ ${toLegacy} }] }`) +
      routes(
        'foo/b',
        `{ hosts: [${host}], http: [{ route: [{ destination: { host: ${host} } }] }] }`,
      ),
    calls: {
      'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'native.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
  },
  {
    name: 'routes for a path that is not asked for, and none for others',
    yaml: routes(
      'foo/v',
      `{ hosts: [${host}], http: [{ match: [{ uri: { exact: /other } }], ${toLegacy} }] }`,
    ),
    calls: {
      'httpbin.bar:8000': sleeps('refused by client, 404', 'refused by client, 404', 'plaintext'),
    },
  },
  {
    name: 'a route that divides by weight',
    yaml: routes(
      'foo/v',
      `{ hosts: [${host}], http: [{ route: [{ destination: { host: ${host} }, weight: 50 }, { destination: { host: httpbin.legacy.svc.cluster.local }, weight: 50 }] }] }`,
    ),
    calls: {
      'httpbin.bar:8000': {
        'foo/sleep': ['mutual-tls', 'plaintext'],
        'bar/sleep': ['mutual-tls', 'plaintext'],
      },
    },
  },
  {
    name: 'a tcp route to a host without a sidecar',
    yaml: routes(
      'foo/v',
      '{ hosts: [declared.bar.svc.cluster.local], tcp: [{ match: [{ port: 8100 }], route: [{ destination: { host: declared.legacy.svc.cluster.local, port: { number: 8100 } } }] }] }',
    ),
    calls: {
      'declared.bar:8100': sleeps('plaintext', 'plaintext', 'plaintext'),
      'declared.bar:8300': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
    },
  },
  {
    name: 'a route to a host that is not there, and to a port that it does not have',
    yaml:
      routes(
        'foo/a',
        `{ hosts: [${host}], http: [{ route: [{ destination: { host: ghost.bar.svc.cluster.local } }] }] }`,
      ) +
      routes(
        'foo/b',
        '{ hosts: [native.bar.svc.cluster.local], http: [{ route: [{ destination: { host: native.bar.svc.cluster.local, port: { number: 9999 } } }] }] }',
      ),
    calls: {
      'httpbin.bar:8000': { 'foo/sleep': 'refused by client, 503' },
      'native.bar:8000': { 'foo/sleep': 'refused by client, 503' },
    },
  },
  {
    name: 'a route to a Service without pods, and from one to pods',
    yaml:
      routes(
        'foo/a',
        `{ hosts: [${host}], http: [{ route: [{ destination: { host: nobody.bar.svc.cluster.local } }] }] }`,
      ) +
      routes(
        'foo/b',
        `{ hosts: [nobody.bar.svc.cluster.local], http: [{ route: [{ destination: { host: ${host} } }] }] }`,
      ),
    calls: {
      'httpbin.bar:8000': { 'foo/sleep': 'refused by client, 503' },
      'nobody.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by client, 7'),
    },
  },
  {
    name: 'a delegate has the routes',
    yaml:
      routes('foo/v', `{ hosts: [${host}], http: [{ delegate: { name: more } }] }`) +
      routes('foo/more', `{ http: [{ ${toLegacy} }] }`),
    calls: { 'httpbin.bar:8000': { 'foo/sleep': 'plaintext' } },
  },
];
