import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connect, type Connection } from '../../../../src/mesh/connection/connection.ts';
import {
  meshOf,
  peerAuthentications,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface HostRow extends Row {
  readonly client?: 'gateway';
  readonly subset?: string;
  readonly given: readonly Json[];
  readonly host: string;
  /** `outcome :workload port`, one for each connection; no port outside the mesh. */
  readonly outcomes: readonly string[];
  /** Kinds of reason of the first connection, in order. */
  readonly reasons?: string;
}

function shown({ outcome, workloadPort }: Connection): string {
  const word = outcome.kind === 'refused' ? outcome.symptom : outcome.kind;
  return workloadPort === undefined ? word : `${word} :${workloadPort}`;
}

function check(row: HostRow): void {
  const client = { kind: 'Pod', namespace: 'web', name: 'client' } as const;
  const mesh = meshOf([pod('web/client', row.client ?? 'sidecar'), ...row.given]);
  const call = { host: row.host, port: 8080 };
  const server = row.subset === undefined ? call : { ...call, subset: row.subset };
  const connections = connect(mesh, { kind: 'workload', workload: client }, server);
  assert.deepEqual(connections.map(shown), row.outcomes);
  const kinds = connections[0].because.map(({ kind }) => kind).join(' ');
  if (row.reasons !== undefined) assert.equal(kinds, row.reasons);
}

function object(kind: string, at: string, spec: Json, labels: Json = {}): Json {
  const [namespace, name] = at.split('/');
  const apiVersion = kind === 'Service' ? 'v1' : 'networking.istio.io/v1';
  return { apiVersion, kind, metadata: { namespace, name, labels }, spec };
}

/** The machine of a WorkloadEntry in namespace shop, with a proxy. */
function machine(spec: Json, labels?: Json): Json {
  const base = { address: '10.9.9.9', serviceAccount: 'vm', labels: { app: 'server' } };
  return object('WorkloadEntry', 'shop/vm', { ...base, ...spec }, labels);
}

function serviceEntry(spec: Json): Json {
  return object('ServiceEntry', 'shop/api', {
    hosts: ['api.example.com'],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    ports: [{ number: 8080, name: 'http', protocol: 'HTTP' }],
    ...spec,
  });
}

function alias(name: string, externalName: string): Json {
  return object('Service', `shop/${name}`, { type: 'ExternalName', externalName });
}

const selecting = { workloadSelector: { labels: { app: 'server' } } };
const simple = object('DestinationRule', 'shop/simple', {
  host: 'api.example.com',
  trafficPolicy: { tls: { mode: 'SIMPLE' } },
});

describe('machines behind a Service', () => {
  const table: readonly HostRow[] = [
    {
      says: 'a machine listens where its own list of ports says, by the name of the Service port',
      rules: ['R208', 'R147'],
      given: [service('shop/server'), machine({ ports: { http: 9090 } })],
      host: 'server.shop',
      outcomes: ['mutual-tls :9090'],
    },
    {
      says: 'a named target port is looked up in that list, too',
      rules: ['R208'],
      given: [
        service('shop/server', { ports: ['http 8080:web'] }),
        machine({ ports: { web: 9090 } }),
      ],
      host: 'server.shop',
      outcomes: ['mutual-tls :9090'],
    },
    {
      says: 'a named target port that the machine does not list leads nowhere',
      rules: ['R208'],
      given: [service('shop/server', { ports: ['http 8080:web'] }), machine({})],
      host: 'server.shop',
      outcomes: ['no-endpoints'],
    },
    {
      says: 'a headless Service leads to pods alone, because its name does',
      rules: ['R172'],
      given: [
        pod('shop/server', 'sidecar'),
        machine({ serviceAccount: undefined }),
        service('shop/server', { headless: true }),
      ],
      host: 'server.shop',
      outcomes: ['mutual-tls :8080'],
    },
    {
      says: 'an empty service account is no identity',
      rules: ['R147'],
      given: [service('shop/server'), machine({ serviceAccount: '' })],
      host: 'server.shop',
      outcomes: ['plaintext :8080'],
    },
    {
      says: 'the labels of a WorkloadEntry itself go before those of its spec',
      rules: ['R7'],
      given: [
        service('shop/server'),
        machine({ labels: { app: 'other' } }, { app: 'server' }),
        ...peerAuthentications(['shop/s app=server DISABLE']),
      ],
      host: 'server.shop',
      outcomes: ['plaintext :8080'],
    },
  ];
  rows(table, check);
});

describe('workloads behind a ServiceEntry', () => {
  const table: readonly HostRow[] = [
    {
      says: 'the ServiceEntry that selects a workload declares its protocol',
      rules: ['R44', 'R50'],
      given: [pod('shop/server', 'sidecar'), serviceEntry(selecting), simple],
      host: 'api.example.com',
      outcomes: ['server-resets-foreign-tls :8080'],
    },
    {
      says: 'an older Service goes before it',
      rules: ['R44', 'R50'],
      given: [
        pod('shop/server', 'sidecar'),
        withAge(service('shop/server', { ports: ['tcp 8080:8080'] }), 1),
        withAge(serviceEntry(selecting), 2),
        simple,
      ],
      host: 'api.example.com',
      outcomes: ['protocol-mismatch :8080'],
    },
    {
      says: 'of two Services of one second the host decides, not the name',
      rules: ['R44', 'R50'],
      given: [
        pod('shop/server', 'sidecar'),
        service('shop/server', { ports: ['http 8080:8080'] }),
        service('shop/server-b', { ports: ['tcp 8080:8080'], selector: 'app=server' }),
        { ...simple, spec: { host: 'server', trafficPolicy: { tls: { mode: 'SIMPLE' } } } },
      ],
      host: 'server.shop',
      outcomes: ['protocol-mismatch :8080'],
    },
    {
      says: 'a ServiceEntry that selects nobody leads nowhere',
      rules: ['R144'],
      given: [serviceEntry({ ...selecting, resolution: 'DNS' })],
      host: 'api.example.com',
      outcomes: ['unknown'],
      reasons: 'data-plane no-endpoints',
    },
  ];
  rows(table, check);
});

describe('other names', () => {
  const table: readonly HostRow[] = [
    {
      says: 'a name of a name is followed to the Service at its end',
      rules: ['R145'],
      given: [
        pod('shop/server', 'sidecar'),
        service('shop/server'),
        alias('second', 'server.shop.svc.cluster.local'),
        alias('first', 'second.shop.svc.cluster.local'),
      ],
      host: 'first.shop',
      outcomes: ['mutual-tls :8080'],
      reasons: 'data-plane other-name auto-mtls server-mode port-class',
    },
    {
      says: 'names that stand for one another lead nowhere',
      rules: ['R144'],
      given: [
        alias('first', 'second.shop.svc.cluster.local'),
        alias('second', 'first.shop.svc.cluster.local'),
      ],
      host: 'first.shop',
      outcomes: ['unknown'],
    },
    {
      says: 'a name of a ServiceEntry has its rules and endpoints',
      rules: ['R145', 'R151'],
      given: [
        pod('shop/server', 'sidecar'),
        serviceEntry(selecting),
        alias('api', 'api.example.com'),
      ],
      host: 'api.shop',
      outcomes: ['mutual-tls :8080'],
    },
    {
      says: 'a name that no registry knows is outside the mesh, where no proxy has a rule for it',
      rules: ['R144', 'R145'],
      given: [
        alias('api', 'elsewhere.example.org'),
        { ...simple, spec: { host: 'api', trafficPolicy: { tls: { mode: 'SIMPLE' } } } },
      ],
      host: 'api.shop',
      outcomes: ['plaintext'],
      reasons: 'data-plane other-name external-host passed-through',
    },
    {
      says: 'a Sidecar that imports the Service but not its other name routes no HTTP by that name',
      rules: ['R144'],
      given: [
        pod('shop/server', 'sidecar'),
        service('shop/server'),
        alias('alias', 'server.shop.svc.cluster.local'),
        ...peerAuthentications(['shop/default STRICT']),
        object('Sidecar', 'web/default', {
          egress: [{ hosts: ['shop/server.shop.svc.cluster.local'] }],
        }),
      ],
      host: 'alias.shop',
      outcomes: ['server-resets-proxy-plaintext :8080'],
      reasons: 'data-plane other-name host-not-imported passed-through server-mode',
    },
  ];
  rows(table, check);
});

/** A Gateway of namespace edge whose gateways are the pods of shop/server. */
function gateway(name: string, servers: readonly Json[]): Json {
  return object('Gateway', `edge/${name}`, { selector: { app: 'server' }, servers });
}

const https = (number: number, mode: string): Json => ({
  port: { number, protocol: 'HTTPS' },
  tls: { mode },
});

describe('gateways', () => {
  const front = [pod('shop/server', 'gateway'), service('shop/server', { ports: ['x 8080:8443'] })];
  const rule = (mode: string): Json => ({
    ...simple,
    spec: { host: 'server', trafficPolicy: { tls: { mode, ...certificate } } },
  });
  const certificate = { clientCertificate: '/cert', privateKey: '/key' };
  const table: readonly HostRow[] = [
    {
      says: 'a Gateway names a Service port, whose target its gateways listen on',
      rules: ['R61', 'R180'],
      given: [...front, gateway('gw', [https(8080, 'ISTIO_MUTUAL')]), rule('ISTIO_MUTUAL')],
      host: 'server.shop',
      outcomes: ['mutual-tls :8443'],
    },
    {
      says: 'of several Gateways for one port the oldest is heeded',
      rules: ['R61'],
      given: [
        ...front,
        withAge(gateway('younger', [https(8080, 'SIMPLE')]), 2),
        withAge(gateway('older', [https(8443, 'ISTIO_MUTUAL')]), 1),
        rule('ISTIO_MUTUAL'),
      ],
      host: 'server.shop',
      outcomes: ['mutual-tls :8443'],
    },
    {
      says: 'a server that asks for certificates refuses TLS without one',
      rules: ['R61', 'R194'],
      given: [...front, gateway('gw', [https(8080, 'MUTUAL')]), rule('SIMPLE')],
      host: 'server.shop',
      outcomes: ['client-certificate-required :8443'],
    },
    {
      says: 'and takes one that is not the mesh’s',
      rules: ['R61', 'R180'],
      given: [...front, gateway('gw', [https(8080, 'MUTUAL')]), rule('MUTUAL')],
      host: 'server.shop',
      outcomes: ['tls :8443'],
    },
    {
      says: 'a gateway as a client has no endpoints for a host that keeps its address',
      rules: ['R172'],
      client: 'gateway',
      given: [serviceEntry({ location: 'MESH_EXTERNAL', resolution: 'NONE' })],
      host: 'api.example.com',
      outcomes: ['unknown-host-blocked'],
    },
  ];
  rows(table, check);
});

describe('subsets', () => {
  const table: readonly HostRow[] = [
    {
      says: 'a client whose sidecar does not see the call reaches endpoints of every subset',
      rules: ['R142', 'R164'],
      subset: 'v1',
      given: [
        pod('web/client', 'sidecar', {
          annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '8080' },
        }),
        pod('shop/server', 'sidecar', { labels: 'app=server,version=v2' }),
        service('shop/server'),
        object('DestinationRule', 'shop/server', {
          host: 'server',
          subsets: [{ name: 'v1', labels: { version: 'v1' } }],
        }),
      ],
      host: 'server.shop',
      outcomes: ['plaintext :8080'],
    },
  ];
  rows(table, check);
});

function withAge(manifest: Json, seconds: number): Json {
  const creationTimestamp = `2026-01-01T00:00:0${seconds}Z`;
  return { ...manifest, metadata: { ...(manifest['metadata'] as Json), creationTimestamp } };
}
