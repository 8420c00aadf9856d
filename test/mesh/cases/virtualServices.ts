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

/** Routes that choose a subset or another host. */
export const routeSettings: readonly Setting[] = [
  {
    name: 'a route to a subset with DISABLE',
    yaml: subsets + route(`{ host: ${host}, subset: plain }`),
    calls: { 'httpbin.bar:8000': sleeps('plaintext', 'refused by client, 503', 'plaintext') },
    knownDifferences: {
      'foo/sleep httpbin.bar:8000': 'VirtualServices are not read.',
      'bar/sleep httpbin.bar:8000': 'VirtualServices are not read.',
    },
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
    knownDifferences: {
      'foo/sleep httpbin.bar:8000': 'VirtualServices are not read.',
      'bar/sleep httpbin.bar:8000': 'VirtualServices are not read.',
    },
  },
  {
    name: 'a route to another host, without a sidecar',
    yaml: route('{ host: httpbin.legacy.svc.cluster.local }'),
    calls: { 'httpbin.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext') },
    knownDifferences: {
      'foo/sleep httpbin.bar:8000': 'VirtualServices are not read.',
      'bar/sleep httpbin.bar:8000': 'VirtualServices are not read.',
    },
  },
  {
    name: 'a route to the host itself',
    yaml: route(`{ host: ${host} }`) + strictBar,
    calls: { 'httpbin.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56') },
  },
];
