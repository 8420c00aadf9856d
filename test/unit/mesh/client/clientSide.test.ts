import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { seenAs } from '../../../../src/mesh/connection/symptom.ts';
import {
  destinationRule,
  istiod,
  meshConfig,
  namespace,
  peerAuthentications,
  pod,
  service,
  waypoint,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';
import { checkCall, server, sidecarObject, strict, type CallRow } from './callRow.ts';

/** A server whose name `api` means one port of UDP and another of TCP, of which only the latter is DISABLE. */
const unnamed = pod('shop/server', 'sidecar') as { readonly spec: Json };
const namedPorts: Json = {
  ...unnamed,
  spec: {
    containers: [
      {
        name: 'app',
        ports: [
          { name: 'api', containerPort: 5353, protocol: 'UDP' },
          { name: 'api', containerPort: 9090 },
        ],
      },
      { name: 'istio-proxy', args: ['proxy', 'sidecar'] },
    ],
  },
};
const namedPolicy = peerAuthentications(['shop/s app=server STRICT 9090:DISABLE']);

const presetTemplate: Json = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name: 'server' },
  spec: {
    template: {
      metadata: { labels: { app: 'server', 'security.istio.io/tlsMode': 'disabled' } },
      spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
    },
  },
};

const auto: readonly CallRow[] = [
  {
    says: 'endpoints with and without a proxy are served each in its own way',
    rules: ['R149', 'R21', 'R147'],
    given: [
      pod('shop/old', 'none', { labels: 'app=server' }),
      pod('shop/new', 'sidecar', { labels: 'app=server' }),
      service('shop/server'),
    ],
    outcomes: ['mutual-tls new 1/2', 'plaintext old 1/2'],
    because: ['auto-mtls', 'server-mode'],
  },
  {
    says: 'a namespace DISABLE stops auto mTLS although a workload is STRICT',
    rules: ['R146', 'R148', 'R191'],
    given: [
      ...server,
      ...peerAuthentications(['shop/default DISABLE', 'shop/s app=server STRICT']),
    ],
    outcomes: ['server-resets-proxy-plaintext'],
    because: ['namespace-hint-disable'],
  },
  {
    says: 'a rule ISTIO_MUTUAL lifts that trap',
    rules: ['R148', 'R167'],
    given: [
      ...server,
      ...peerAuthentications(['shop/default DISABLE', 'shop/s app=server STRICT']),
      destinationRule('shop/server', { tls: 'ISTIO_MUTUAL' }),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a port that is DISABLE gets plaintext',
    rules: ['R147'],
    given: [...server, ...peerAuthentications(['shop/s app=server STRICT 8080:DISABLE'])],
    outcomes: ['plaintext'],
    because: ['endpoint-mode-disable'],
  },
  {
    says: 'a proxy without the tlsMode label gets plaintext, which STRICT refuses',
    rules: ['R119', 'R147'],
    given: [
      pod('shop/server', 'sidecar', { tlsMode: 'disabled' }),
      service('shop/server'),
      ...strict,
    ],
    outcomes: ['server-resets-proxy-plaintext'],
    because: ['endpoint-without-tls-label'],
  },
  {
    says: 'the label without a proxy gets mutual TLS that nobody understands',
    rules: ['R119', 'R192'],
    given: [pod('shop/server', 'none', { tlsMode: 'istio' }), service('shop/server')],
    outcomes: ['protocol-mismatch'],
    because: ['auto-mtls', 'no-proxy'],
  },
  {
    says: 'the client’s own policy never changes what it sends',
    rules: ['R176'],
    given: [...server, ...peerAuthentications(['web/default DISABLE'])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'an excluded inbound port gets mutual TLS that its application cannot read',
    rules: ['R56', 'R54'],
    given: [
      pod('shop/server', 'sidecar', {
        annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' },
      }),
      service('shop/server'),
    ],
    outcomes: ['protocol-mismatch'],
    because: ['port-not-captured'],
  },
  {
    says: 'host DISABLE reaches the endpoint stage past a port entry without tls',
    rules: ['R166'],
    given: [
      ...server,
      destinationRule('shop/server', { tls: 'DISABLE', ports: { 8080: undefined } }),
    ],
    outcomes: ['plaintext'],
    because: ['destination-rule-without-tls', 'endpoint-stage-follows-rule'],
  },
  {
    says: 'host ISTIO_MUTUAL at the endpoint stage ignores a DISABLE port',
    rules: ['R166'],
    given: [
      ...server,
      ...peerAuthentications(['shop/s app=server 8080:DISABLE']),
      destinationRule('shop/server', { tls: 'ISTIO_MUTUAL', ports: { 8080: undefined } }),
    ],
    outcomes: ['tls-read-as-http'],
    because: ['endpoint-stage-follows-rule'],
  },
];

const rulesAndCredentials: readonly CallRow[] = [
  {
    says: 'a sidecar ignores a credentialName in a rule without selector and sends plaintext',
    rules: ['R170'],
    given: [
      ...server,
      destinationRule('shop/server', { tls: { mode: 'SIMPLE', credentialName: 'c' } }),
    ],
    outcomes: ['plaintext'],
    because: ['credential-ignored'],
  },
  {
    says: 'a credentialName that names a ConfigMap counts',
    rules: ['R170'],
    given: [
      ...server,
      destinationRule('shop/server', { tls: { mode: 'SIMPLE', credentialName: 'configmap://c' } }),
    ],
    outcomes: ['server-resets-foreign-tls'],
  },
  {
    says: 'MUTUAL without certificates sends plaintext',
    rules: ['R171'],
    given: [...server, destinationRule('shop/server', { tls: 'MUTUAL' })],
    outcomes: ['plaintext'],
    because: ['certificates-incomplete'],
  },
  {
    says: 'certificates of one’s own are refused by STRICT unless the mesh issued them',
    rules: ['R183', 'R194'],
    given: [
      ...server,
      ...strict,
      destinationRule('shop/server', {
        tls: { mode: 'MUTUAL', clientCertificate: '/c', privateKey: '/k' },
      }),
    ],
    outcomes: ['client-certificate-required'],
    because: ['foreign-certificate-assumed'],
  },
];

const TUNNEL = 'networking.istio.io/tunnel=http';
const tunnelled = pod('shop/server', 'sidecar', { labels: `app=server,${TUNNEL}` });
const GRPC = { annotations: { 'inject.istio.io/templates': 'grpc-agent' } };

const servers: readonly CallRow[] = [
  {
    says: 'a sidecar that takes HBONE is reached by an ambient client, STRICT or not',
    rules: ['R65', 'R101', 'R182'],
    client: 'ambient',
    given: [tunnelled, service('shop/server'), ...strict],
    outcomes: ['mutual-tls'],
    because: ['hbone'],
  },
  {
    says: 'an endpoint that takes both gets mesh TLS from a sidecar',
    rules: ['R103'],
    given: [tunnelled, service('shop/server'), istiod({ PILOT_ENABLE_AMBIENT: 'true' })],
    outcomes: ['mutual-tls'],
    because: ['auto-mtls'],
  },
  {
    says: 'an endpoint that takes both gets HBONE where the control plane prefers it',
    rules: ['R103'],
    given: [
      tunnelled,
      service('shop/server'),
      istiod({ PILOT_ENABLE_AMBIENT: 'true', PILOT_PREFER_SENDING_HBONE: 'true' }),
    ],
    outcomes: ['mutual-tls'],
    because: ['hbone'],
  },
  {
    says: 'TLS of the application goes untouched through mutual TLS of the mesh',
    rules: ['R181', 'R53'],
    given: [pod('shop/server', 'sidecar'), service('shop/server', { ports: ['https 8080:8080'] })],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a proxyless gRPC server with the label takes PERMISSIVE for STRICT',
    rules: ['R25'],
    client: 'none',
    given: [pod('shop/server', 'sidecar', GRPC), service('shop/server')],
    outcomes: ['server-resets-plaintext'],
  },
  {
    says: 'a proxyless gRPC server without the label takes PERMISSIVE for DISABLE',
    rules: ['R25'],
    client: 'none',
    given: [
      pod('shop/server', 'sidecar', { ...GRPC, tlsMode: 'disabled' }),
      service('shop/server'),
    ],
    outcomes: ['plaintext'],
  },
  {
    says: 'the ingress list of a Sidecar replaces what Services declare',
    rules: ['R46'],
    given: [
      ...server,
      destinationRule('shop/server', { tls: 'SIMPLE' }),
      sidecarObject('shop/default', ['*/*'], {
        ingress: [{ port: { number: 9999, protocol: 'HTTP' } }],
      }),
    ],
    outcomes: ['protocol-mismatch'],
    because: ['port-class'],
  },
  {
    says: 'ztunnel sends through the waypoint that the namespace names',
    rules: ['R97', 'R98', 'R195'],
    client: 'ambient',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way'),
      ...waypoint('shop/way'),
      ...server,
      ...strict,
    ],
    outcomes: ['server-resets-ambient-plaintext'],
    because: ['through-waypoint', 'no-hbone-at-server'],
  },
  {
    says: 'a host outside the mesh gets no mutual TLS, although its endpoint could take it',
    rules: ['R145'],
    given: [
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: { namespace: 'shop', name: 'outside' },
        spec: {
          hosts: ['api.example.com'],
          location: 'MESH_EXTERNAL',
          resolution: 'STATIC',
          ports: [{ number: 8080, name: 'http', protocol: 'HTTP' }],
          endpoints: [{ address: '10.9.9.9', labels: { 'security.istio.io/tlsMode': 'istio' } }],
        },
      },
    ],
    host: 'api.example.com',
    outcomes: ['plaintext'],
    because: ['external-host'],
  },
  {
    says: 'a gateway reads a credentialName that a sidecar leaves out',
    rules: ['R170'],
    client: 'gateway',
    given: [
      ...server,
      ...strict,
      destinationRule('shop/server', { tls: { mode: 'SIMPLE', credentialName: 'files' } }),
    ],
    outcomes: ['client-certificate-required'],
  },
  {
    says: 'HBONE that is switched off for sidecars is not sent, ambient or not',
    rules: ['R102'],
    given: [
      istiod({ PILOT_ENABLE_AMBIENT: 'true', PILOT_ENABLE_SENDING_HBONE: 'false' }),
      pod('shop/server', 'ambient'),
      service('shop/server'),
    ],
    outcomes: ['plaintext'],
    because: ['hbone-not-sent'],
  },
  {
    says: 'a template that presets the label that clients look at keeps it',
    rules: ['R119'],
    given: [namespace('shop', 'istio-injection=enabled'), presetTemplate, service('shop/server')],
    outcomes: ['plaintext'],
    because: ['endpoint-without-tls-label'],
  },
  {
    says: 'the revision that a pod names reads the policies for it',
    rules: ['R121', 'R2'],
    client: 'none',
    given: [
      pod('shop/server', 'sidecar', { annotations: { 'istio.io/rev': 'canary' } }),
      service('shop/server'),
      ...peerAuthentications(['shop/default STRICT rev=canary']),
    ],
    outcomes: ['server-resets-plaintext'],
  },
  {
    says: 'a port name means the container port of that name and protocol',
    rules: ['R208', 'R17'],
    given: [namedPorts, service('shop/server', { ports: ['http 8080:api'] }), ...namedPolicy],
    outcomes: ['plaintext'],
  },
  {
    says: 'plaintext from outside goes past the waypoint, and the policy of the pods decides alone',
    rules: ['R100'],
    client: 'none',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way'),
      ...waypoint('shop/way'),
      pod('shop/server', 'ambient'),
      service('shop/server'),
    ],
    outcomes: ['plaintext'],
    reasons: 'no-proxy data-plane server-mode',
  },
  {
    says: 'and is denied where that policy is STRICT',
    rules: ['R100', 'R193'],
    client: 'none',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way'),
      ...waypoint('shop/way'),
      pod('shop/server', 'ambient'),
      service('shop/server'),
      ...strict,
    ],
    outcomes: ['ztunnel-policy-rejection'],
    reasons: 'no-proxy data-plane server-mode',
  },
  {
    says: 'policies of one second leave open which of them ambient takes',
    rules: ['R93'],
    client: 'none',
    given: [
      pod('shop/server', 'ambient'),
      service('shop/server'),
      ...peerAuthentications(['shop/a PERMISSIVE @1', 'shop/b STRICT @1']),
    ],
    outcomes: ['plaintext'],
    because: ['unspecified-tie'],
  },
  {
    says: 'policies of one second that say the same leave nothing open',
    rules: ['R93'],
    client: 'none',
    given: [
      pod('shop/server', 'ambient'),
      service('shop/server'),
      ...peerAuthentications(['shop/a STRICT @1', 'shop/b STRICT @1']),
    ],
    outcomes: ['ztunnel-policy-rejection'],
    reasons: 'no-proxy data-plane server-mode',
  },
  {
    says: 'to sidecars their names decide between them',
    rules: ['R9', 'R93'],
    client: 'none',
    given: [...server, ...peerAuthentications(['shop/b STRICT @1', 'shop/a PERMISSIVE @1'])],
    outcomes: ['plaintext'],
    reasons: 'no-proxy server-mode',
  },
];

const headlessServer = [pod('shop/server', 'sidecar'), service('shop/server', { headless: true })];

const hosts: readonly CallRow[] = [
  {
    says: 'a headless service gets mutual TLS for all its pods',
    rules: ['R60', 'R172'],
    given: headlessServer,
    outcomes: ['mutual-tls'],
    because: ['headless'],
  },
  {
    says: 'a headless service ignores a DISABLE port, and the call fails',
    rules: ['R172'],
    given: [...headlessServer, ...peerAuthentications(['shop/s app=server DISABLE'])],
    outcomes: ['tls-read-as-http'],
  },
  {
    says: 'one pod without the label makes a headless service plaintext to all',
    rules: ['R172'],
    given: [
      pod('shop/a', 'sidecar', { labels: 'app=server' }),
      pod('shop/b', 'none', { labels: 'app=server' }),
      service('shop/server', { headless: true }),
    ],
    outcomes: ['plaintext a 1/2', 'plaintext b 1/2'],
  },
  {
    says: 'a headless service of ambient pods gets plaintext, which STRICT denies',
    rules: ['R173'],
    given: [pod('shop/server', 'ambient'), service('shop/server', { headless: true }), ...strict],
    outcomes: ['ztunnel-policy-rejection'],
  },
  {
    says: 'PASSTHROUGH load balancing knows no endpoints either',
    rules: ['R172'],
    given: [
      ...server,
      ...peerAuthentications(['shop/s app=server DISABLE']),
      destinationRule('shop/server', { policy: { loadBalancer: { simple: 'PASSTHROUGH' } } }),
    ],
    outcomes: ['tls-read-as-http'],
  },
  {
    says: 'a host that the client’s Sidecar does not import is passed through in plaintext',
    rules: ['R144'],
    given: [...server, ...strict, sidecarObject('web/default', ['./*'])],
    outcomes: ['server-resets-proxy-plaintext'],
    because: ['host-not-imported'],
  },
  {
    says: 'a host that the Sidecar imports by namespace is known',
    rules: ['R144'],
    given: [...server, ...strict, sidecarObject('web/default', ['shop/*'])],
    outcomes: ['mutual-tls'],
  },
  {
    says: '“./” in the Sidecar of the root namespace means the client’s namespace',
    rules: ['R144'],
    given: [
      pod('web/server', 'sidecar'),
      service('web/server'),
      sidecarObject('istio-system/default', ['./*']),
    ],
    host: 'server.web',
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a gateway asks all pods of a headless service before it sends any of them mutual TLS',
    rules: ['R172'],
    client: 'gateway',
    given: [
      pod('shop/a', 'sidecar', { labels: 'app=server' }),
      pod('shop/b', 'none', { labels: 'app=server' }),
      service('shop/server', { headless: true }),
    ],
    outcomes: ['plaintext a 1/2', 'plaintext b 1/2'],
    because: ['headless'],
  },
  {
    says: 'a gateway heeds a DISABLE port behind a headless service',
    rules: ['R172'],
    client: 'gateway',
    given: [...headlessServer, ...peerAuthentications(['shop/s app=server DISABLE'])],
    outcomes: ['plaintext'],
  },
  {
    says: 'a subset has only the endpoints with its labels',
    rules: ['R164'],
    subset: 'v1',
    given: [
      pod('shop/a', 'sidecar', { labels: 'app=server,version=v1' }),
      pod('shop/b', 'none', { labels: 'app=server' }),
      service('shop/server'),
      destinationRule('shop/server', { subsets: [{ name: 'v1', labels: { version: 'v1' } }] }),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a subset that no rule defines has no endpoints',
    rules: ['R164'],
    subset: 'v9',
    given: server,
    outcomes: ['unknown'],
    because: ['no-endpoints'],
  },
  {
    says: 'a gateway has nowhere to pass the bytes for a host that it does not know',
    rules: ['R144'],
    client: 'gateway',
    given: [
      pod('shop/server', 'sidecar'),
      service('shop/server', { annotations: { 'networking.istio.io/exportTo': '.' } }),
    ],
    outcomes: ['unknown-host-blocked'],
    because: ['host-not-exported', 'unknown-to-gateway'],
  },
  {
    says: 'REGISTRY_ONLY blocks what the Sidecar does not import',
    rules: ['R144'],
    given: [
      ...server,
      sidecarObject('web/default', ['./*'], { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }),
    ],
    outcomes: ['unknown-host-blocked'],
    because: ['registry-only'],
  },
  {
    says: 'a Service that is not exported to the client’s namespace is passed through',
    rules: ['R144'],
    given: [
      pod('shop/server', 'sidecar'),
      service('shop/server', { annotations: { 'networking.istio.io/exportTo': '.' } }),
      ...strict,
    ],
    outcomes: ['server-resets-proxy-plaintext'],
    because: ['host-not-exported'],
  },
  {
    says: 'an ExternalName that points inside is but another name of that Service',
    rules: ['R145'],
    given: [
      ...server,
      ...strict,
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace: 'shop', name: 'alias' },
        spec: { type: 'ExternalName', externalName: 'server.shop.svc.cluster.local' },
      },
    ],
    host: 'alias.shop',
    outcomes: ['mutual-tls'],
    because: ['other-name', 'auto-mtls'],
  },
  {
    says: 'a mesh-external ServiceEntry gets plaintext',
    rules: ['R145'],
    given: [serviceEntry({ location: 'MESH_EXTERNAL', resolution: 'DNS' })],
    host: 'api.example.com',
    outcomes: ['plaintext'],
  },
  {
    says: 'a mesh-external host takes the TLS that a rule originates, although its port says HTTP',
    rules: ['R180'],
    given: [
      serviceEntry({ location: 'MESH_EXTERNAL', resolution: 'DNS' }),
      destinationRule('web/api', { host: 'api.example.com', tls: 'SIMPLE' }),
    ],
    host: 'api.example.com',
    outcomes: ['tls'],
    because: ['destination-rule', 'external-host'],
  },
  {
    says: 'a mesh-external address takes a certificate of the user’s own, too',
    rules: ['R180'],
    given: [
      serviceEntry({
        location: 'MESH_EXTERNAL',
        resolution: 'STATIC',
        endpoints: [{ address: '10.9.9.9' }],
      }),
      destinationRule('web/api', {
        host: 'api.example.com',
        tls: { mode: 'MUTUAL', clientCertificate: '/c.pem', privateKey: '/k.pem' },
      }),
    ],
    host: 'api.example.com',
    outcomes: ['tls'],
  },
  {
    says: 'a mesh-external host does not take mutual TLS of the mesh',
    rules: ['R180'],
    given: [
      serviceEntry({ location: 'MESH_EXTERNAL', resolution: 'DNS' }),
      destinationRule('web/api', { host: 'api.example.com', tls: 'ISTIO_MUTUAL' }),
    ],
    host: 'api.example.com',
    outcomes: ['protocol-mismatch'],
  },
  {
    says: 'an endpoint of a mesh-internal ServiceEntry with a service account has a proxy',
    rules: ['R147'],
    given: [
      serviceEntry({
        location: 'MESH_INTERNAL',
        resolution: 'STATIC',
        endpoints: [{ address: '10.1.1.1', serviceAccount: 'vm' }],
      }),
    ],
    host: 'api.example.com',
    outcomes: ['mutual-tls'],
  },
  {
    says: 'whom a mesh-internal ServiceEntry without endpoints leads to, only DNS knows',
    rules: ['R147'],
    given: [serviceEntry({ location: 'MESH_INTERNAL', resolution: 'DNS' })],
    host: 'api.example.com',
    outcomes: ['unknown'],
  },
  {
    says: 'a gateway’s pods have no tlsMode label and take what their Gateway says',
    rules: ['R61', 'R119', 'R180'],
    given: [
      pod('shop/server', 'gateway'),
      service('shop/server'),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: { namespace: 'shop', name: 'gw' },
        spec: {
          selector: { app: 'server' },
          servers: [{ port: { number: 8080, protocol: 'HTTP' } }],
        },
      },
      ...strict,
    ],
    outcomes: ['plaintext'],
    because: ['gateway-server'],
  },
  {
    says: 'a Gateway for other pods says nothing about these',
    rules: ['R61'],
    given: [
      pod('shop/server', 'gateway'),
      service('shop/server'),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: { namespace: 'shop', name: 'gw' },
        spec: {
          selector: { app: 'other' },
          servers: [{ port: { number: 8080, protocol: 'HTTP' } }],
        },
      },
    ],
    outcomes: ['unknown'],
    because: ['no-gateway-server'],
  },
  {
    says: 'endpoints that may stand unseen beside those that were found are unknown',
    rules: ['R149'],
    given: server,
    missing: [{ kind: 'WorkloadEntry', namespace: '', why: 'forbidden' }],
    outcomes: ['mutual-tls', 'unknown'],
  },
  {
    says: 'the HTTP class of a port is that of the oldest Service',
    rules: ['R43', 'R44'],
    given: [
      pod('shop/server', 'sidecar'),
      aged(service('shop/older', { selector: 'app=server', ports: ['tcp 9:8080'] }), 1),
      aged(service('shop/server'), 2),
      destinationRule('shop/server', { tls: 'SIMPLE' }),
    ],
    outcomes: ['protocol-mismatch'],
    because: ['port-class'],
  },
];

function aged(object: Json, second: number): Json {
  const metadata = object['metadata'] as Json;
  const creationTimestamp = `2026-01-01T00:00:0${second}Z`;
  return { ...object, metadata: { ...metadata, creationTimestamp } };
}

function serviceEntry(more: Json): Json {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { namespace: 'shop', name: 'api' },
    spec: {
      hosts: ['api.example.com'],
      ports: [{ number: 8080, name: 'http', protocol: 'HTTP' }],
      ...more,
    },
  };
}

const FORBIDDEN = { namespace: '', why: 'forbidden' } as const;

const unknowns: readonly CallRow[] = [
  {
    says: 'policies that may not be read make an injected server unknown',
    rules: ['R12', 'R146'],
    given: server,
    missing: [{ kind: 'PeerAuthentication', ...FORBIDDEN }],
    outcomes: ['unknown'],
  },
  {
    says: 'rules that may not be read make a sidecar’s call unknown',
    rules: ['R152'],
    given: server,
    missing: [{ kind: 'DestinationRule', ...FORBIDDEN }],
    outcomes: ['unknown'],
  },
  {
    says: 'a rule of the client’s own namespace decides whatever others may say',
    rules: ['R154'],
    given: [...server, destinationRule('web/server', { tls: 'DISABLE' })],
    missing: [{ kind: 'DestinationRule', namespace: 'shop', why: 'forbidden' }],
    outcomes: ['plaintext'],
  },
  {
    says: 'a kind that is not installed is not missing',
    rules: ['R13'],
    given: server,
    missing: [{ kind: 'PeerAuthentication', namespace: '', why: 'not-installed' }],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a mesh config that may not be read leaves auto mTLS unknown',
    rules: ['R145', 'R250'],
    given: server,
    missing: [{ kind: 'ConfigMap', namespace: 'istio-system', why: 'forbidden' }],
    outcomes: ['unknown'],
  },
  {
    says: 'a mesh config that cannot be read with certainty leaves auto mTLS unknown',
    rules: ['R145', 'R250'],
    given: [...server, meshConfig('enableAutoMtls: *anchor\n')],
    outcomes: ['unknown'],
  },
  {
    says: 'a host that nobody defines is unknown',
    rules: ['R144'],
    given: [namespace('shop')],
    host: 'nobody.shop',
    outcomes: ['unknown'],
    because: ['unknown-host'],
  },
  {
    says: 'a port that the Service does not have is unknown',
    rules: ['R161'],
    given: server,
    port: 9999,
    outcomes: ['unknown'],
    because: ['no-such-port'],
  },
  {
    says: 'nobody takes a call of a Service without pods',
    rules: ['R149'],
    given: [service('shop/server')],
    outcomes: ['no-endpoints'],
    because: ['no-endpoints'],
  },
];

describe('what a client’s proxy sends', () => {
  describe('by auto mTLS', () => {
    rows(auto, checkCall);
  });
  describe('by the credentials of a rule', () => {
    rows(rulesAndCredentials, checkCall);
  });
  describe('to servers of every kind', () => {
    rows(servers, checkCall);
  });
  describe('to hosts of every kind', () => {
    rows(hosts, checkCall);
  });
});

describe('what is not known is not guessed', () => {
  rows(unknowns, checkCall);
});

interface SymptomRow extends Row {
  readonly symptom:
    | 'server-resets-plaintext'
    | 'server-resets-proxy-plaintext'
    | 'protocol-mismatch'
    | 'ztunnel-policy-rejection'
    | 'client-certificate-required'
    | 'server-resets-ambient-plaintext';
  readonly client: 'none' | 'sidecar' | 'ambient';
  readonly seen: string;
}

const symptoms: readonly SymptomRow[] = [
  {
    says: 'refused plaintext without a proxy is a reset',
    rules: ['R190'],
    symptom: 'server-resets-plaintext',
    client: 'none',
    seen: '56 -',
  },
  {
    says: 'a sidecar answers 503 for its own plaintext',
    rules: ['R191'],
    symptom: 'server-resets-proxy-plaintext',
    client: 'sidecar',
    seen: '0 503',
  },
  {
    says: 'a sidecar answers 503 for a failed handshake',
    rules: ['R192'],
    symptom: 'protocol-mismatch',
    client: 'sidecar',
    seen: '0 503',
  },
  {
    says: 'TLS to plaintext fails the handshake',
    rules: ['R192'],
    symptom: 'protocol-mismatch',
    client: 'none',
    seen: '35 -',
  },
  {
    says: 'ztunnel’s denial is a reset',
    rules: ['R193'],
    symptom: 'ztunnel-policy-rejection',
    client: 'none',
    seen: '56 -',
  },
  {
    says: 'ztunnel’s denial is a 503 behind a sidecar',
    rules: ['R193'],
    symptom: 'ztunnel-policy-rejection',
    client: 'sidecar',
    seen: '0 503',
  },
  {
    says: 'a missing client certificate shows after the handshake of TLS 1.3',
    rules: ['R194'],
    symptom: 'client-certificate-required',
    client: 'none',
    seen: '56 -',
  },
  {
    says: 'an ambient client sees an orderly end',
    rules: ['R195'],
    symptom: 'server-resets-ambient-plaintext',
    client: 'ambient',
    seen: '52 -',
  },
];

describe('how a refusal shows itself', () => {
  rows(symptoms, ({ symptom, client: dataPlane, seen }) => {
    const outcome = { kind: 'refused', by: 'server', symptom } as const;
    const applicationTls = symptom === 'client-certificate-required';
    const sight = { dataPlane, takesFor: 'HTTP', applicationTls } as const;
    const { curlExit, httpStatus } = seenAs({ outcome }, sight);
    assert.equal(`${curlExit ?? '-'} ${httpStatus ?? '-'}`, seen);
  });
});
