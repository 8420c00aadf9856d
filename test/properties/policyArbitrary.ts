import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { manifest } from './manifests.ts';
import { serviceHost } from './serviceArbitrary.ts';
import type { ServicePlan } from './serviceArbitrary.ts';
import { apps, versions } from './workloadArbitrary.ts';

/** A mutual-TLS block: absent, without a mode, or with one. */
const mutualTls = fc.constantFrom<unknown>(
  undefined,
  {},
  { mode: 'UNSET' },
  { mode: 'STRICT' },
  { mode: 'STRICT' },
  { mode: 'PERMISSIVE' },
  { mode: 'PERMISSIVE' },
  { mode: 'DISABLE' },
);

/** A selector: absent, empty in both spellings, or with labels that some, all or no pods carry. */
const selector = fc.oneof(
  { weight: 4, arbitrary: fc.constant<unknown>(undefined) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>({}, { matchLabels: {} }, { matchLabels: { app: 'ghost' } }),
  },
  { weight: 3, arbitrary: fc.constantFrom(...apps).map((app) => ({ matchLabels: { app } })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...versions).map((version) => ({ matchLabels: { version } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...apps), fc.constantFrom(...versions))
      .map(([app, version]) => ({ matchLabels: { app, version } })),
  },
);

const portLevelMtls = fc.oneof(
  { weight: 2, arbitrary: fc.constant<unknown>(undefined) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom('80', '8080', '9090', '3306'),
      mutualTls.filter((tls) => tls !== undefined),
      {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
  },
);

const revision = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  'default',
  'canary',
);
const policyNames = ['default', 'alfa', 'bravo', 'charlie'] as const;

/** Drops fields that are undefined, as a manifest would not have them. */
function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function revisionLabels(rev: string | undefined): { labels?: Record<string, string> } {
  return rev === undefined ? {} : { labels: { 'istio.io/rev': rev } };
}

/** Up to eight PeerAuthentications; several may share a second of creation. */
export function peerAuthentications(
  namespaces: readonly string[],
): fc.Arbitrary<readonly Manifest[]> {
  const one = fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      name: fc.constantFrom(...policyNames),
      age: fc.nat(3),
      rev: revision,
      selector,
      mtls: mutualTls,
      portLevelMtls,
    })
    .map(({ namespace, name, age, rev, ...spec }) =>
      manifest(
        {
          apiVersion: 'security.istio.io/v1',
          kind: 'PeerAuthentication',
          namespace,
          name,
          age,
          ...revisionLabels(rev),
        },
        {
          spec: present({
            ...spec,
            portLevelMtls: spec.selector === undefined ? undefined : spec.portLevelMtls,
          }),
        },
      ),
    );
  return fc.uniqueArray(one, {
    maxLength: 8,
    selector: ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`,
  });
}

/** Client TLS settings, with the ways a block can be given and yet not be used. */
const clientTls = fc.constantFrom<unknown>(
  undefined,
  undefined,
  {},
  { mode: 'DISABLE' },
  { mode: 'ISTIO_MUTUAL' },
  { mode: 'ISTIO_MUTUAL' },
  { mode: 'SIMPLE' },
  { mode: 'SIMPLE', credentialName: 'server-ca' },
  {
    mode: 'MUTUAL',
    clientCertificate: '/certs/cert.pem',
    privateKey: '/certs/key.pem',
    caCertificates: '/certs/ca.pem',
  },
);

const portLevelSettings = fc.oneof(
  { weight: 2, arbitrary: fc.constant<unknown>(undefined) },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.record({ number: fc.constantFrom(80, 8080, 9090), tls: clientTls }), {
        minLength: 1,
        maxLength: 2,
        selector: ({ number }) => number,
      })
      .map((entries) => entries.map(({ number, tls }) => present({ port: { number }, tls }))),
  },
);

/** PASSTHROUGH keeps the address that the client was given, as for a headless service. */
const loadBalancer = fc
  .nat(11)
  .map((roll): unknown => (roll === 0 ? { simple: 'PASSTHROUGH' } : undefined));

const trafficPolicy = fc.oneof(
  { weight: 1, arbitrary: fc.constant<unknown>(undefined) },
  {
    weight: 4,
    arbitrary: fc.record({ tls: clientTls, portLevelSettings, loadBalancer }).map(present),
  },
);

const subsets = fc.uniqueArray(
  fc
    .record({ version: fc.constantFrom(...versions), trafficPolicy })
    .map(({ version, trafficPolicy: policy }) =>
      present({ name: version, labels: { version }, trafficPolicy: policy }),
    ),
  { maxLength: 2, selector: (subset) => subset['name'] },
);

/** Every way to spell a host of the given Services, and hosts that match several or none. */
function ruleHosts(
  services: readonly ServicePlan[],
  entries: readonly string[],
): fc.Arbitrary<string> {
  const known = services.length === 0 ? [strangeService] : services;
  const service = fc.constantFrom(...known);
  const ofEntries = [...entries, ...entries, '*.example.com', 'alias'];
  return fc.oneof(
    { weight: entries.length === 0 ? 0 : 4, arbitrary: fc.constantFrom(...ofEntries) },
    { weight: 5, arbitrary: service.map(serviceHost) },
    { weight: 2, arbitrary: service.map(({ name }) => name) },
    { weight: 2, arbitrary: service.map(({ namespace }) => `*.${namespace}.svc.cluster.local`) },
    { weight: 1, arbitrary: service.map(({ name, namespace }) => `${name}.${namespace}`) },
    { weight: 1, arbitrary: fc.constantFrom('*.svc.cluster.local', '*.local', '*') },
  );
}

const strangeService: ServicePlan = {
  namespace: 'alpha',
  name: 'ghost',
  selector: { app: 'ghost' },
  ports: [],
  headless: false,
};

const exportTo = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  ['*'],
  ['.'],
  ['beta'],
  ['alpha', '.'],
  ['.', 'gamma'],
);

/** Up to five DestinationRules in any namespace of the mesh. */
export function destinationRules(
  namespaces: readonly string[],
  services: readonly ServicePlan[],
  entries: readonly string[],
): fc.Arbitrary<readonly Manifest[]> {
  const one = fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      name: fc.constantFrom(...policyNames),
      age: fc.nat(3),
      rev: revision,
      host: ruleHosts(services, entries),
      exportTo,
      trafficPolicy,
      subsets,
      workloadSelector: fc.constantFrom(
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        { matchLabels: { app: 'web' } },
      ),
    })
    .map(({ namespace, name, age, rev, ...spec }) =>
      manifest(
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'DestinationRule',
          namespace,
          name,
          age,
          ...revisionLabels(rev),
        },
        {
          spec: present({ ...spec, subsets: spec.subsets.length === 0 ? undefined : spec.subsets }),
        },
      ),
    );
  return fc.uniqueArray(one, {
    maxLength: 5,
    selector: ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`,
  });
}

/** Replaces the ports of Services as what the sidecar listens for (R46). */
const inboundListener = {
  port: { number: 9090, protocol: 'HTTP', name: 'http' },
  defaultEndpoint: '127.0.0.1:9090',
};

/** At most one Sidecar, for a namespace or some of its workloads, that narrows what clients can call. */
export function sidecars(namespaces: readonly string[]): fc.Arbitrary<readonly Manifest[]> {
  const one = fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      hosts: fc.constantFrom(
        ['./*'],
        ['*/*'],
        ['./*', 'alpha/*'],
        ['beta/*'],
        ['*/web.alpha.svc.cluster.local'],
        ['./*', '*/ext.example.com'],
        ['*/*.example.com'],
        ['~/*'],
      ),
      port: fc.constantFrom(undefined, undefined, undefined, {
        number: 80,
        protocol: 'HTTP',
        name: 'http',
      }),
      outboundTrafficPolicy: fc.constantFrom(undefined, undefined, { mode: 'REGISTRY_ONLY' }),
      workloadSelector: fc.constantFrom(undefined, { labels: { app: 'api' } }),
      ingress: fc.constantFrom(undefined, undefined, [inboundListener]),
    })
    .map(({ namespace, hosts, port, ...spec }) =>
      manifest(
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'Sidecar',
          namespace,
          name: 'narrow',
          age: 0,
        },
        { spec: present({ ...spec, egress: [present({ port, hosts })] }) },
      ),
    );
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: one.map((made) => [made]) },
  );
}
