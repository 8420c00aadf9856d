import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import { stored } from './storedObject.ts';
import { appOf, type Team } from './team.ts';
import { workloadsPerNamespace } from './workloads.ts';

const NETWORKING = 'networking.istio.io/v1';

type Json = Readonly<Record<string, unknown>>;

const modes = ['STRICT', 'PERMISSIVE', 'STRICT', 'UNSET', 'DISABLE'] as const;

/** A policy for the namespace, one for a workload with an exception for a port, and client settings for a host. */
export function* policyManifests(team: Team): Iterable<Manifest> {
  const { index, kind } = team;
  // Ways into the mesh repeat every ten namespaces, modes every fifty: each meets each.
  const round = Math.floor(index / 10);
  yield peerAuthentication(team, {
    name: 'default',
    age: 1,
    spec: { mtls: { mode: modes[round % modes.length] } },
    ...(kind === 'canary' ? { labels: { 'istio.io/rev': 'canary' } } : {}),
  });
  yield peerAuthentication(team, {
    name: 'one-workload',
    age: 2,
    spec: {
      selector: { matchLabels: { app: appOf(round % workloadsPerNamespace) } },
      mtls: { mode: modes[(round + 1) % modes.length] },
      portLevelMtls: { 9090: { mode: 'PERMISSIVE' } },
    },
  });
  yield destinationRule(team, index % 8);
}

interface Policy {
  readonly name: string;
  readonly age: number;
  readonly spec: Json;
  readonly labels?: Readonly<Record<string, string>>;
}

export function peerAuthentication(
  { namespace }: Pick<Team, 'namespace'>,
  policy: Policy,
): Manifest {
  const { spec, ...named } = policy;
  const header = { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', namespace };
  return stored({ ...header, ...named }, { spec });
}

/** Eight kinds of rule, one a namespace: by host, subset, port and client, hidden from others, and with each TLS mode. */
function destinationRule({ namespace }: Team, variety: number): Manifest {
  const host = variety % 4 === 0 ? '*' : 'app-1';
  const connectionPool = { tcp: { maxConnections: 100 } };
  const specs: Readonly<Record<number, Json>> = {
    0: { trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' }, connectionPool } },
    1: { trafficPolicy: { tls: { mode: 'DISABLE' } }, exportTo: ['.'] },
    2: { trafficPolicy: { tls: { mode: 'SIMPLE' } } },
    3: {
      trafficPolicy: {
        connectionPool,
        portLevelSettings: [{ port: { number: 9090 }, tls: { mode: 'DISABLE' } }],
      },
    },
    4: { trafficPolicy: { loadBalancer: { simple: 'LEAST_REQUEST' }, connectionPool } },
    5: {
      trafficPolicy: { tls: { mode: 'DISABLE' } },
      workloadSelector: { matchLabels: { app: 'app-5' } },
    },
    6: {
      trafficPolicy: {
        tls: {
          mode: 'MUTUAL',
          clientCertificate: '/etc/certs/client.pem',
          privateKey: '/etc/certs/client-key.pem',
          caCertificates: '/etc/certs/ca.pem',
        },
      },
    },
    7: { trafficPolicy: { connectionPool } },
  };
  const subset = { name: 'v1', labels: { version: 'v1' } };
  const subsets =
    variety === 7 ? [{ ...subset, trafficPolicy: { tls: { mode: 'DISABLE' } } }] : [subset];
  return stored(
    { apiVersion: NETWORKING, kind: 'DestinationRule', namespace, name: 'host', age: 3 },
    { spec: { host: `${host}.${namespace}.svc.cluster.local`, subsets, ...specs[variety] } },
  );
}

/** Policies that lose, Sidecars, Gateways and backend policies, on top of what each namespace has. */
export function* morePolicyManifests(team: Team): Iterable<Manifest> {
  const { index } = team;
  const strict = { mtls: { mode: 'STRICT' } };
  if (index % 10 === 1) yield peerAuthentication(team, { name: 'younger', age: 30, spec: strict });
  if (index % 20 === 2) {
    const spec = { selector: { matchLabels: {} }, mtls: { mode: 'PERMISSIVE' } };
    yield peerAuthentication(team, { name: 'selects-nothing', age: 31, spec });
  }
  if (index % 10 === 8) {
    const labels = { 'istio.io/rev': 'canary' };
    yield peerAuthentication(team, { name: 'of-canary', age: 0, spec: strict, labels });
  }
  if (index % 5 === 1) yield sidecar(team);
  if (index % 10 === 3) yield gateway(team);
  if (index % 10 === 5) yield* backendPolicies(team);
  yield virtualService(team);
  if (index % 2 === 0) yield authorizationPolicy(team);
}

const HERE = 'svc.cluster.local';

/** A path of its own for a new version, and everything else as it is. */
function virtualService({ namespace }: Team): Manifest {
  const host = `app-1.${namespace}.${HERE}`;
  const route = [{ destination: { host } }];
  const http = [{ match: [{ uri: { prefix: '/v2' } }], route }, { route }];
  return stored(
    { apiVersion: NETWORKING, kind: 'VirtualService', namespace, name: 'app-1', age: 12 },
    { spec: { hosts: [host], http } },
  );
}

/** One workload of the namespace lets in whoever shows a certificate of the mesh. */
function authorizationPolicy({ namespace }: Team): Manifest {
  return stored(
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace,
      name: 'app-2',
      age: 13,
    },
    {
      spec: {
        selector: { matchLabels: { app: 'app-2' } },
        rules: [{ from: [{ source: { principals: ['*'] } }] }],
      },
    },
  );
}

/** Client TLS by the Gateway API's own kinds. */
function* backendPolicies({ namespace }: Team): Iterable<Manifest> {
  const targetRefs = [{ group: '', kind: 'Service', name: 'app-0' }];
  const validation = { hostname: 'app-0.example.com', wellKnownCACertificates: 'System' };
  yield stored(
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'BackendTLSPolicy',
      namespace,
      name: 'app-0',
      age: 10,
    },
    { spec: { targetRefs, validation } },
  );
  yield stored(
    {
      apiVersion: 'gateway.networking.x-k8s.io/v1alpha1',
      kind: 'XBackendTrafficPolicy',
      namespace,
      name: 'app-0',
      age: 11,
    },
    { spec: { targetRefs, retryConstraint: { budget: { percent: 20, interval: '10s' } } } },
  );
}

/** What the namespace's proxies know, and for one workload TLS that its sidecar ends itself. */
function sidecar({ namespace, index }: Team): Manifest {
  const ingress = {
    port: { number: 8080, protocol: 'HTTPS', name: 'https' },
    tls: { mode: 'SIMPLE', credentialName: 'app-0-tls' },
    defaultEndpoint: '127.0.0.1:8080',
  };
  const own = { workloadSelector: { labels: { app: 'app-0' } }, ingress: [ingress] };
  return stored(
    { apiVersion: NETWORKING, kind: 'Sidecar', namespace, name: 'default', age: 8 },
    {
      spec: {
        ...(index % 10 === 1 ? own : {}),
        egress: [{ hosts: ['./*', 'istio-system/*', 'team-0001/*'] }],
        outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      },
    },
  );
}

function gateway({ namespace }: Team): Manifest {
  return stored(
    { apiVersion: NETWORKING, kind: 'Gateway', namespace, name: 'public', age: 9 },
    {
      spec: {
        selector: { app: 'app-8' },
        servers: [
          {
            port: { number: 8080, name: 'https', protocol: 'HTTPS' },
            hosts: [`app.${namespace}.example.com`],
            tls: { mode: 'SIMPLE', credentialName: 'public-tls' },
          },
        ],
      },
    },
  );
}
