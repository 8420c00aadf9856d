import { describe } from 'node:test';
import {
  authorizationPolicy,
  destinationRule,
  meshConfig,
  namespace,
  peerAuthentications,
  pod,
  service,
  virtualService,
  waypoint,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows } from '../../../support/meshRules.ts';
import { checkCall, sidecarObject, type CallRow } from '../client/callRow.ts';

// web/client calls server.shop, which has a sidecar. plain.shop has none, so that where a call ends shows.

const HOST = 'server.shop.svc.cluster.local';
const PLAIN = 'plain.shop.svc.cluster.local';

const server = [
  pod('shop/server', 'sidecar'),
  service('shop/server', { ports: ['http 8080'] }),
  pod('shop/plain', 'none'),
  service('shop/plain', { ports: ['http 8080'] }),
];

const bytes = [
  pod('shop/server', 'sidecar'),
  service('shop/server', { ports: ['tcp 8080'] }),
  pod('shop/plain', 'none'),
  service('shop/plain', { ports: ['tcp 8080'] }),
];

const to = (host: string, more: Json = {}): Json => ({ destination: { host, ...more } });
const route = (...route: readonly Json[]): Json => ({ route });
const routes = (http: readonly Json[], more: Json = {}, at = 'web/routes'): Json =>
  virtualService(at, { hosts: [HOST], http, ...more });

const subsets = destinationRule('web/server', { host: HOST, tls: 'ISTIO_MUTUAL' });
const withSubsets = (labels: Json): Json => ({
  ...subsets,
  spec: {
    ...(subsets['spec'] as Json),
    subsets: [{ name: 'plain', labels, trafficPolicy: { tls: { mode: 'DISABLE' } } }],
  },
});

const chosen: readonly CallRow[] = [
  {
    says: 'a route leads to another host',
    rules: ['R310'],
    given: [...server, routes([route(to(PLAIN))])],
    outcomes: ['plaintext'],
    because: ['routed'],
  },
  {
    says: 'a short name is of the namespace of the VirtualService',
    rules: ['R310'],
    given: [
      ...server,
      virtualService('shop/routes', { hosts: ['server'], http: [route(to('plain'))] }),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'a route of another namespace counts if it is exported',
    rules: ['R310'],
    given: [...server, routes([route(to(PLAIN))], {}, 'far/routes')],
    outcomes: ['plaintext'],
  },
  {
    says: 'and not if it is private there',
    rules: ['R310'],
    given: [...server, routes([route(to(PLAIN))], { exportTo: ['.'] }, 'far/routes')],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'the mesh config may make it private',
    rules: ['R310'],
    given: [
      meshConfig('defaultVirtualServiceExportTo: ["."]'),
      ...server,
      routes([route(to(PLAIN))], {}, 'far/routes'),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a private one of the client’s namespace goes before a public one',
    rules: ['R310'],
    given: [
      ...server,
      routes([route(to(HOST))], {}, 'far/a'),
      routes([route(to(PLAIN))], { exportTo: ['.'] }, 'web/b'),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'one that names the host goes before one that covers it',
    rules: ['R310'],
    given: [
      ...server,
      virtualService('web/a', { hosts: ['*.shop.svc.cluster.local'], http: [route(to(HOST))] }),
      routes([route(to(PLAIN))], {}, 'web/b'),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'the closer of two that cover it counts',
    rules: ['R310'],
    given: [
      ...server,
      virtualService('web/a', { hosts: ['*.svc.cluster.local'], http: [route(to(HOST))] }),
      virtualService('web/b', { hosts: ['*.shop.svc.cluster.local'], http: [route(to(PLAIN))] }),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'one that has no route for the client leaves the host to the next',
    rules: ['R310', 'R311'],
    given: [
      ...server,
      routes([{ match: [{ port: 9090 }], ...route(to(HOST)) }], {}, 'web/a'),
      routes([route(to(PLAIN))], {}, 'web/b'),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'one for gateways is not for sidecars',
    rules: ['R310'],
    given: [...server, routes([route(to(PLAIN))], { gateways: ['edge/gate'] })],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'one for both is',
    rules: ['R310'],
    given: [...server, routes([route(to(PLAIN))], { gateways: ['edge/gate', 'mesh'] })],
    outcomes: ['plaintext'],
  },
  {
    says: 'a client without a proxy has no routes',
    rules: ['R310'],
    client: 'none',
    given: [...server, routes([route(to(PLAIN))])],
    outcomes: ['plaintext'],
    reasons: 'no-proxy server-mode',
  },
  {
    says: 'a Sidecar has to import it',
    rules: ['R310'],
    given: [
      ...server,
      sidecarObject('web/default', ['shop/*']),
      routes([route(to(PLAIN))], {}, 'far/routes'),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a host that a route leads to need not be imported',
    rules: ['R310'],
    given: [...server, sidecarObject('web/default', [`*/${HOST}`]), routes([route(to(PLAIN))])],
    outcomes: ['plaintext'],
    reasons: 'data-plane routed endpoint-without-tls-label no-proxy',
  },
  {
    says: 'ztunnel knows no routes',
    rules: ['R310'],
    client: 'ambient',
    given: [...server, routes([route(to(PLAIN))])],
    outcomes: ['plaintext'],
    because: ['no-hbone-at-server'],
  },
  {
    says: 'a waypoint does',
    rules: ['R310', 'R97'],
    client: 'ambient',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way'),
      ...waypoint('shop/way'),
      ...server,
      routes([route(to(PLAIN))], {}, 'shop/routes'),
    ],
    outcomes: ['plaintext'],
    reasons: 'data-plane through-waypoint routed no-proxy',
  },
  {
    says: 'routes lead away from a Service without pods, too',
    rules: ['R310'],
    given: [...server.slice(1), routes([route(to(PLAIN))])],
    outcomes: ['plaintext'],
  },
];

const matched: readonly CallRow[] = [
  {
    says: 'a route for another port is not taken',
    rules: ['R311'],
    given: [...server, routes([{ match: [{ port: 9090 }], ...route(to(PLAIN)) }])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a route for clients of another namespace is not taken',
    rules: ['R311'],
    given: [...server, routes([{ match: [{ sourceNamespace: 'far' }], ...route(to(PLAIN)) }])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a route for clients with certain labels is taken by them',
    rules: ['R311'],
    given: [
      ...server,
      routes([{ match: [{ sourceLabels: { app: 'client' } }], ...route(to(PLAIN)) }]),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'a path that every request has decides nothing',
    rules: ['R311'],
    given: [...server, routes([{ match: [{ uri: { prefix: '/' } }], ...route(to(PLAIN)) }])],
    outcomes: ['plaintext'],
  },
  {
    says: 'what paths decide is an entry for each',
    rules: ['R311', 'R312'],
    given: [
      ...server,
      routes([{ match: [{ uri: { prefix: '/v2' } }], ...route(to(PLAIN)) }, route(to(HOST))]),
    ],
    outcomes: ['plaintext', 'mutual-tls'],
  },
  {
    says: 'a route behind one that takes everything is never tried',
    rules: ['R311'],
    given: [...server, routes([route(to(HOST)), route(to(PLAIN))])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'bytes go by tcp routes, not by those for HTTP',
    rules: ['R311'],
    given: [...bytes, routes([route(to(PLAIN))])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a tcp route leads bytes away',
    rules: ['R311'],
    given: [...bytes, virtualService('web/routes', { hosts: [HOST], tcp: [route(to(PLAIN))] })],
    outcomes: ['plaintext'],
  },
  {
    says: 'requests that no route takes are answered by the proxy',
    rules: ['R312'],
    given: [...server, routes([{ match: [{ uri: { exact: '/v2' } }], ...route(to(HOST)) }])],
    outcomes: ['mutual-tls', 'no-route'],
  },
  {
    says: 'weights divide, and each part is an entry',
    rules: ['R312'],
    given: [...server, routes([route({ ...to(PLAIN), weight: 30 }, { ...to(HOST), weight: 70 })])],
    outcomes: ['plaintext', 'mutual-tls'],
  },
  {
    says: 'no part goes where the weight is 0',
    rules: ['R312'],
    given: [...server, routes([route({ ...to(PLAIN), weight: 100 }, { ...to(HOST), weight: 0 })])],
    outcomes: ['plaintext'],
  },
  {
    says: 'a delegate has the routes',
    rules: ['R312'],
    given: [
      ...server,
      routes([{ delegate: { name: 'more' } }]),
      virtualService('web/more', { http: [route(to(PLAIN))] }),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'a redirect reaches nobody',
    rules: ['R312'],
    given: [...server, routes([{ redirect: { uri: '/other' } }])],
    outcomes: ['no-route'],
  },
];

const targets: readonly CallRow[] = [
  {
    says: 'a subset of the client’s own rule decides its TLS',
    rules: ['R310', 'R164'],
    given: [
      ...server,
      withSubsets({ app: 'server' }),
      routes([route(to(HOST, { subset: 'plain' }))]),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'to a STRICT server it is refused there',
    rules: ['R310', 'R164'],
    given: [
      ...server,
      ...peerAuthentications(['shop/default STRICT']),
      withSubsets({ app: 'server' }),
      routes([route(to(HOST, { subset: 'plain' }))]),
    ],
    outcomes: ['server-resets-proxy-plaintext'],
  },
  {
    says: 'a subset that no rule defines leads nowhere',
    rules: ['R313'],
    given: [...server, routes([route(to(HOST, { subset: 'plain' }))])],
    outcomes: ['route-leads-nowhere'],
    because: ['routed', 'route-target-unknown'],
  },
  {
    says: 'whether one does is unknown where rules may not be read',
    rules: ['R313'],
    given: [...server, routes([route(to(HOST, { subset: 'plain' }))])],
    missing: [{ kind: 'DestinationRule', namespace: 'shop', why: 'forbidden' }],
    outcomes: ['unknown'],
  },
  {
    says: 'a subset without pods has nobody to take the call',
    rules: ['R313'],
    given: [
      ...server,
      withSubsets({ app: 'ghost' }),
      routes([route(to(HOST, { subset: 'plain' }))]),
    ],
    outcomes: ['no-endpoints'],
  },
  {
    says: 'a host that nothing defines leads nowhere',
    rules: ['R313'],
    given: [...server, routes([route(to('ghost.shop.svc.cluster.local'))])],
    outcomes: ['route-leads-nowhere'],
  },
  {
    says: 'so does a port that the host does not have',
    rules: ['R313'],
    given: [...server, routes([route(to(PLAIN, { port: { number: 9999 } }))])],
    outcomes: ['route-leads-nowhere'],
  },
  {
    says: 'the only port of a host needs no naming',
    rules: ['R313'],
    given: [
      ...server,
      pod('shop/other', 'none'),
      service('shop/other', { ports: ['http 9000:8080'] }),
      routes([route(to('other.shop.svc.cluster.local'))]),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'policies of the server that is reached count, not of the one that is called',
    rules: ['R310'],
    given: [...server, authorizationPolicy('shop/server', {}), routes([route(to(PLAIN))])],
    outcomes: ['plaintext'],
  },
  {
    says: 'where routes may not be read anywhere, where a call ends is unknown',
    rules: ['R310'],
    given: server,
    missing: [{ kind: 'VirtualService', namespace: '', why: 'forbidden' }],
    outcomes: ['unknown'],
  },
  {
    says: 'but not to a client that has none',
    rules: ['R310'],
    client: 'none',
    given: server,
    missing: [{ kind: 'VirtualService', namespace: '', why: 'forbidden' }],
    outcomes: ['plaintext'],
  },
];

describe('a VirtualService', () => {
  describe('that counts', () => {
    rows(chosen, checkCall);
  });
  describe('tries its routes', () => {
    rows(matched, checkCall);
  });
  describe('leads somewhere', () => {
    rows(targets, checkCall);
  });
});
