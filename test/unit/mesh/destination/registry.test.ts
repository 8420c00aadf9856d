import { describe } from 'node:test';
import {
  istiod,
  meshConfig,
  namespace,
  peerAuthentications,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows } from '../../../support/meshRules.ts';
import { checkCall, strict, type CallRow } from '../client/callRow.ts';

// Who is behind a host: by Istio's registry for clients with a proxy, by EndpointSlices for all others.

function object(kind: string, at: string, spec: Json, labels: Json = {}): Json {
  const [space, name] = at.split('/');
  const apiVersion = kind === 'EndpointSlice' ? 'discovery.k8s.io/v1' : 'networking.istio.io/v1';
  return { apiVersion, kind, metadata: { namespace: space, name, labels }, spec };
}

/** A pod with an address. */
function at(address: string, made: Json): Json {
  const status = made['status'] as Json;
  return { ...made, status: { ...status, podIP: address, podIPs: [{ ip: address }] } };
}

function notReady(made: Json): Json {
  const status = made['status'] as Json;
  return { ...made, status: { ...status, conditions: [{ type: 'Ready', status: 'False' }] } };
}

/** A Service without selector, and the slice that is written for it. */
function written(endpoints: readonly Json[], home = 'shop'): readonly Json[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: home, name: 'server' },
      spec: { ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
    },
    {
      ...object(
        'EndpointSlice',
        `${home}/server-1`,
        {},
        { 'kubernetes.io/service-name': 'server' },
      ),
      addressType: 'IPv4',
      endpoints,
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
  ];
}

const far = (kind: 'sidecar' | 'ambient' = 'sidecar'): Json =>
  at('10.0.0.9', pod('far/real', kind, { labels: 'app=server' }));
const farStrict = peerAuthentications(['far/default STRICT']);

const slices: readonly CallRow[] = [
  {
    says: 'a slice that names no pod leads to a pod of another namespace with plaintext, which STRICT refuses there',
    rules: ['R147'],
    given: [...written([{ addresses: ['10.0.0.9'] }]), far(), ...farStrict],
    outcomes: ['server-resets-proxy-plaintext'],
    because: ['endpoint-without-tls-label'],
  },
  {
    says: 'and PERMISSIVE lets in',
    rules: ['R147'],
    given: [...written([{ addresses: ['10.0.0.9'] }]), far()],
    outcomes: ['plaintext'],
  },
  {
    says: 'a pod of the slice’s own namespace is known by its address',
    rules: ['R147'],
    given: [...written([{ addresses: ['10.0.0.9'] }], 'far'), far(), ...farStrict],
    host: 'server.far',
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a slice may name a pod of another namespace, whose mode counts then',
    rules: ['R147'],
    given: [
      ...written([
        { addresses: ['10.0.0.9'], targetRef: { kind: 'Pod', namespace: 'far', name: 'real' } },
      ]),
      far(),
      pod('shop/real', 'none'),
      ...farStrict,
    ],
    client: 'none',
    outcomes: ['server-resets-plaintext'],
  },
  {
    says: 'an address that no pod has is reached with plaintext',
    rules: ['R147'],
    given: written([{ addresses: ['10.9.9.9'] }]),
    outcomes: ['plaintext'],
  },
  {
    says: 'it counts beside pods that are known',
    rules: ['R149'],
    given: [
      ...written([{ addresses: ['10.9.9.9'] }, { addresses: ['10.0.0.1'] }]),
      at('10.0.0.1', pod('shop/known', 'sidecar')),
    ],
    outcomes: ['plaintext 10.9.9.9 1/2', 'mutual-tls known 1/2'],
  },
  {
    says: 'what a slice calls not ready is not called',
    rules: ['R149'],
    given: [
      ...written([
        { addresses: ['10.9.9.9'], conditions: { ready: false } },
        { addresses: ['10.0.0.1'] },
      ]),
      at('10.0.0.1', pod('shop/known', 'sidecar')),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'ztunnel takes an address without a named pod for a machine without identity',
    rules: ['R101'],
    given: [...written([{ addresses: ['10.0.0.9'] }], 'far'), far('ambient'), ...farStrict],
    host: 'server.far',
    client: 'ambient',
    outcomes: ['ztunnel-policy-rejection'],
  },
  {
    says: 'a sidecar asks by the address and sends HBONE',
    rules: ['R102'],
    given: [
      istiod({ PILOT_ENABLE_AMBIENT: 'true' }),
      ...written([{ addresses: ['10.0.0.9'] }]),
      far('ambient'),
      ...farStrict,
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'the slices decide the protocol of a pod that no Service selects',
    rules: ['R44'],
    given: [
      ...written([{ addresses: ['10.0.0.1'] }]),
      at('10.0.0.1', pod('shop/known', 'sidecar')),
      object('DestinationRule', 'web/server', {
        host: 'server.shop.svc.cluster.local',
        trafficPolicy: { tls: { mode: 'SIMPLE' } },
      }),
    ],
    outcomes: ['server-resets-foreign-tls'],
  },
];

function entry(where: string, spec: Json, labels: Json = {}): Json {
  const base = {
    hosts: ['api.example.com'],
    location: 'MESH_EXTERNAL',
    resolution: 'STATIC',
    ports: [{ number: 8080, name: 'http', protocol: 'HTTP' }],
  };
  return object('ServiceEntry', where, { ...base, ...spec }, labels);
}

const entries: readonly CallRow[] = [
  {
    says: 'an endpoint of a ServiceEntry may be a pod of the mesh, which refuses plaintext under STRICT',
    rules: ['R145'],
    given: [entry('shop/api', { endpoints: [{ address: '10.0.0.9' }] }), far(), ...farStrict],
    host: 'api.example.com',
    outcomes: ['server-resets-proxy-plaintext'],
  },
  {
    says: 'and takes it under PERMISSIVE',
    rules: ['R145'],
    given: [entry('shop/api', { endpoints: [{ address: '10.0.0.9' }] }), far()],
    host: 'api.example.com',
    outcomes: ['plaintext'],
  },
  {
    says: 'labelled as one with a proxy it gets mutual TLS',
    rules: ['R147'],
    given: [
      entry('shop/api', {
        location: 'MESH_INTERNAL',
        endpoints: [{ address: '10.0.0.9', labels: { 'security.istio.io/tlsMode': 'istio' } }],
      }),
      far(),
      ...farStrict,
    ],
    host: 'api.example.com',
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a private ServiceEntry of another namespace does not hide a public one',
    rules: ['R144'],
    given: [
      entry('shop/api', {
        location: 'MESH_INTERNAL',
        exportTo: ['.'],
        endpoints: [{ address: '10.3.0.1', serviceAccount: 'vm' }],
      }),
      entry('team/api', {
        location: 'MESH_INTERNAL',
        endpoints: [{ address: '10.3.0.2', serviceAccount: 'vm' }],
      }),
    ],
    host: 'api.example.com',
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a ServiceEntry of the client’s own namespace goes before the Service of that name',
    rules: ['R144'],
    given: [
      pod('shop/server', 'sidecar'),
      service('shop/server'),
      entry('web/server', {
        hosts: ['server.shop.svc.cluster.local'],
        endpoints: [{ address: '10.3.0.1' }],
      }),
    ],
    host: 'server.shop.svc.cluster.local',
    outcomes: ['plaintext'],
  },
  {
    says: 'one of any other namespace does not',
    rules: ['R144'],
    given: [
      pod('shop/server', 'sidecar'),
      service('shop/server'),
      entry('team/server', {
        hosts: ['server.shop.svc.cluster.local'],
        endpoints: [{ address: '10.3.0.1' }],
      }),
    ],
    host: 'server.shop.svc.cluster.local',
    outcomes: ['mutual-tls'],
  },
  {
    says: 'an entry for another revision is nothing to the client’s control plane',
    rules: ['R2', 'R144'],
    given: [
      entry('shop/api', { endpoints: [{ address: '10.3.0.1' }] }, { 'istio.io/rev': 'canary' }),
      meshConfig('outboundTrafficPolicy:\n  mode: REGISTRY_ONLY'),
    ],
    host: 'api.example.com',
    outcomes: ['unknown-host-blocked'],
    because: ['host-of-other-revision'],
  },
];

const machine = object('WorkloadEntry', 'shop/vm', {
  address: '10.3.0.1',
  labels: { app: 'server' },
});

const registry: readonly CallRow[] = [
  {
    says: 'a client without a proxy reaches no machine behind a Service: kube-proxy leads to pods alone',
    rules: ['R149'],
    given: [pod('shop/server', 'sidecar'), service('shop/server'), machine],
    client: 'none',
    outcomes: ['plaintext'],
  },
  {
    says: 'a sidecar does',
    rules: ['R149'],
    given: [pod('shop/server', 'sidecar'), service('shop/server'), machine],
    outcomes: ['mutual-tls server 1/2', 'plaintext vm 1/2'],
  },
  {
    says: 'pods that are not ready are not called while others are',
    rules: ['R149'],
    given: [
      pod('shop/server', 'sidecar'),
      notReady(pod('shop/slow', 'none', { labels: 'app=server' })),
      service('shop/server'),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'where none is ready, what they will take is told',
    rules: ['R149'],
    given: [notReady(pod('shop/server', 'sidecar')), service('shop/server')],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a Deployment that is scaled to zero serves nothing',
    rules: ['R149', 'R172'],
    given: [
      pod('shop/server', 'sidecar'),
      service('shop/server', { headless: true }),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace: 'shop', name: 'old' },
        spec: { replicas: 0, template: { metadata: { labels: { app: 'server' } }, spec: {} } },
      },
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a Service may select a label that only some pods of a workload carry',
    rules: ['R149'],
    given: [
      ...['one', 'two'].map((name, index): Json => {
        const made = pod(`shop/${name}`, 'sidecar', {
          labels: index === 0 ? 'app=server' : 'app=server,tier=front',
        });
        const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'server', controller: true };
        const metadata = { ...(made['metadata'] as Json), ownerReferences: [owner] };
        return { ...made, metadata };
      }),
      service('shop/server', { selector: 'tier=front' }),
    ],
    outcomes: ['mutual-tls'],
  },
];

const gateways: readonly CallRow[] = [
  {
    says: 'a Gateway for another revision opens no port',
    rules: ['R2', 'R61'],
    given: [
      pod('shop/server', 'gateway'),
      service('shop/server'),
      object(
        'Gateway',
        'shop/server',
        {
          selector: { app: 'server' },
          servers: [{ port: { number: 8080, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
        },
        { 'istio.io/rev': 'canary' },
      ),
    ],
    outcomes: ['unknown'],
    because: ['no-gateway-server'],
  },
  {
    says: 'nor does one in a namespace that the control plane does not look at',
    rules: ['R3', 'R61'],
    given: [
      meshConfig('discoverySelectors:\n- matchLabels:\n    mesh: "yes"'),
      namespace('web', 'mesh=yes'),
      namespace('shop', 'mesh=yes'),
      namespace('hidden'),
      pod('shop/server', 'gateway'),
      service('shop/server'),
      object('Gateway', 'hidden/server', {
        selector: { app: 'server' },
        servers: [{ port: { number: 8080, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
      }),
    ],
    outcomes: ['unknown'],
    because: ['no-gateway-server'],
  },
];

const protocols: readonly CallRow[] = [
  {
    says: 'TLS of an application inside mutual TLS is read as HTTP where another port declares the target port HTTP',
    rules: ['R44', 'R51'],
    given: [
      pod('shop/server', 'sidecar', { ports: [8443] }),
      service('shop/server', { ports: ['http 8000:8443', 'https-x 8080:8443'] }),
      ...strict,
    ],
    outcomes: ['tls-read-as-http'],
  },
];

describe('slices that are written by hand', () => {
  rows(slices, checkCall);
});
describe('hosts of ServiceEntries', () => {
  rows(entries, checkCall);
});
describe('who is behind a Service', () => {
  rows(registry, checkCall);
});
describe('Gateways that count', () => {
  rows(gateways, checkCall);
});
describe('one workload port by two protocols', () => {
  rows(protocols, checkCall);
});
