import { destinationRule, object, peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

const strictBar = peerAuthentication('bar', 'default', '{ mtls: { mode: STRICT } }');
const ports = 'ports: [{ number: 8000, name: http, protocol: HTTP, targetPort: 8080 }]';

function entry(spec: string): string {
  return object(
    'networking.istio.io/v1',
    'ServiceEntry',
    'foo/exts',
    `spec: { hosts: [exts.example.com], ${spec} }`,
  );
}

function withAddress(location: string, endpoint: string, more = ''): string {
  return entry(
    `addresses: [240.1.1.2], location: ${location}, resolution: STATIC, ${ports}, endpoints: [{ address: "${endpoint}"${more} }]`,
  );
}

const outside = { 'exts.example.com': ['bar/httpbin'] };
const legacy = { 'exts.example.com': ['legacy/httpbin'] };

/** Hosts that ServiceEntries add. A sidecar knows their addresses; DNS of the cluster answers for them with those of pods. */
export const entrySettings: readonly Setting[] = [
  {
    name: 'MESH_EXTERNAL, at the address of a pod',
    yaml: withAddress('MESH_EXTERNAL', '{{bar/httpbin}}'),
    outsideHosts: outside,
    calls: { 'exts.example.com:8000': { 'foo/sleep': 'plaintext', 'bar/sleep': 'plaintext' } },
  },
  {
    name: 'MESH_EXTERNAL, at the address of a pod that is STRICT',
    yaml: withAddress('MESH_EXTERNAL', '{{bar/httpbin}}') + strictBar,
    outsideHosts: outside,
    calls: {
      'exts.example.com:8000': {
        'foo/sleep': 'refused by server, 503',
        'bar/sleep': 'refused by server, 503',
      },
    },
  },
  {
    name: 'MESH_INTERNAL, at the address of a pod that is STRICT',
    yaml: withAddress('MESH_INTERNAL', '{{bar/httpbin}}') + strictBar,
    outsideHosts: outside,
    calls: {
      'exts.example.com:8000': {
        'foo/sleep': 'refused by server, 503',
        'bar/sleep': 'refused by server, 503',
      },
    },
  },
  {
    name: 'MESH_INTERNAL, at the address of a pod that is STRICT, labelled for mutual TLS',
    yaml:
      withAddress(
        'MESH_INTERNAL',
        '{{bar/httpbin}}',
        ', labels: { security.istio.io/tlsMode: istio }',
      ) + strictBar,
    outsideHosts: outside,
    calls: { 'exts.example.com:8000': { 'foo/sleep': 'mutual-tls', 'bar/sleep': 'mutual-tls' } },
  },
  {
    name: 'MESH_EXTERNAL, at an address without a sidecar',
    yaml: withAddress('MESH_EXTERNAL', '{{legacy/httpbin}}'),
    outsideHosts: legacy,
    calls: { 'exts.example.com:8000': { 'foo/sleep': 'plaintext', 'bar/sleep': 'plaintext' } },
  },
  {
    name: 'MESH_EXTERNAL, at an address without a sidecar, and a rule with ISTIO_MUTUAL',
    yaml:
      withAddress('MESH_EXTERNAL', '{{legacy/httpbin}}') +
      destinationRule(
        'foo',
        'e',
        '{ host: exts.example.com, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }',
      ),
    outsideHosts: legacy,
    calls: {
      'exts.example.com:8000': {
        'foo/sleep': 'refused by server, 503',
        'bar/sleep': 'refused by server, 503',
      },
    },
  },
  {
    name: 'an application that speaks TLS, and a rule with SIMPLE',
    yaml:
      entry(
        'addresses: [240.1.1.2], location: MESH_EXTERNAL, resolution: STATIC, ports: [{ number: 8000, name: http, protocol: HTTP, targetPort: 8443 }], endpoints: [{ address: "{{legacy/httpbin}}" }]',
      ) +
      destinationRule(
        'foo',
        'e',
        '{ host: exts.example.com, trafficPolicy: { tls: { mode: SIMPLE, insecureSkipVerify: true } } }',
      ),
    outsideHosts: legacy,
    calls: { 'exts.example.com:8000': { 'foo/sleep': 'tls' } },
  },
  {
    name: 'https to a host outside, passed through',
    yaml: entry(
      'location: MESH_EXTERNAL, resolution: DNS, ports: [{ number: 8443, name: tls, protocol: TLS }]',
    ),
    outsideHosts: legacy,
    calls: { 'https://exts.example.com:8443': sleeps('tls', 'tls', 'tls') },
    options: ['-k', '--http1.1', '--tls-max', '1.2'],
  },
  {
    name: 'resolution NONE, at the address of a pod that is STRICT',
    yaml:
      entry(
        'location: MESH_EXTERNAL, resolution: NONE, ports: [{ number: 8080, name: http, protocol: HTTP }]',
      ) + strictBar,
    outsideHosts: outside,
    calls: { 'exts.example.com:8080': { 'foo/sleep': 'refused by server, 503' } },
    knownDifferences: {
      'foo/sleep exts.example.com:8080': 'That a pod of the mesh has this address is not known.',
    },
  },
  {
    name: 'resolution DNS, a host without a sidecar',
    yaml: entry(
      'location: MESH_EXTERNAL, resolution: DNS, ports: [{ number: 8080, name: http, protocol: HTTP }]',
    ),
    outsideHosts: legacy,
    calls: { 'exts.example.com:8080': sleeps('plaintext', 'plaintext', 'plaintext') },
  },
  {
    name: 'resolution DNS in the mesh, a host that is a pod which is STRICT',
    yaml:
      entry(
        'location: MESH_INTERNAL, resolution: DNS, ports: [{ number: 8080, name: http, protocol: HTTP }]',
      ) + strictBar,
    outsideHosts: outside,
    calls: { 'exts.example.com:8080': { 'foo/sleep': 'refused by server, 503' } },
    knownDifferences: {
      'foo/sleep exts.example.com:8080': 'What DNS says cannot be known.',
    },
  },
  {
    name: 'a workload selector that selects pods',
    yaml:
      object(
        'networking.istio.io/v1',
        'ServiceEntry',
        'bar/exts',
        `spec: { hosts: [exts.example.com], addresses: [240.1.1.2], location: MESH_INTERNAL, resolution: STATIC, ${ports}, workloadSelector: { labels: { app: httpbin } } }`,
      ) + strictBar,
    outsideHosts: outside,
    calls: { 'exts.example.com:8000': { 'foo/sleep': 'mutual-tls', 'bar/sleep': 'mutual-tls' } },
  },
];
