import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { manifest } from './manifests.ts';
import type { ServicePlan } from './serviceArbitrary.ts';
import { serviceHost } from './serviceArbitrary.ts';
import { apps, versions } from './workloadArbitrary.ts';

const NETWORKING = 'networking.istio.io/v1';

/** Drops fields that are undefined, as a manifest would not have them. */
function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const endpointPorts = fc.constantFrom<unknown>(
  undefined,
  undefined,
  { db: 3306 },
  { http: 9090 },
  { 'tcp-db': 9090, secure: 8080 },
);

const endpointAccount = fc.constantFrom<unknown>(undefined, 'vm', 'vm');
const tlsModeLabel = fc.constantFrom<Record<string, string>>(
  ...Array<Record<string, string>>(4).fill({}),
  { 'security.istio.io/tlsMode': 'istio' },
  { 'security.istio.io/tlsMode': 'disabled' },
);

/** The address of an endpoint that no pod has: 10.3.<entry>.<endpoint>. */
function entryAddress(entry: number, endpoint: number): string {
  return `10.3.${entry}.${endpoint + 1}`;
}

/** Up to two VMs that Services and ServiceEntries may select; labels are written in one of both places, or in both. */
export function workloadEntries(namespaces: readonly string[]): fc.Arbitrary<readonly Manifest[]> {
  const one = fc.record({
    namespace: fc.constantFrom(...namespaces),
    app: fc.constantFrom(...apps),
    version: fc.constantFrom(...versions),
    ownVersion: fc.constantFrom(undefined, undefined, undefined, ...versions),
    tlsMode: tlsModeLabel,
    serviceAccount: endpointAccount,
    ports: endpointPorts,
    age: fc.nat(3),
  });
  return fc
    .uniqueArray(one, { maxLength: 2, selector: ({ namespace, app }) => `${namespace}/${app}` })
    .map((entries) =>
      entries.map(({ namespace, app, version, ownVersion, age, tlsMode, ...spec }, index) => {
        const labels = ownVersion === undefined ? {} : { labels: { version: ownVersion } };
        return manifest(
          {
            apiVersion: NETWORKING,
            kind: 'WorkloadEntry',
            namespace,
            name: `vm-${app}`,
            age,
            ...labels,
          },
          {
            spec: present({
              address: entryAddress(index, 0),
              labels: { app, version, ...tlsMode },
              ...spec,
            }),
          },
        );
      }),
    );
}

/** Ports of ServiceEntries: each way to declare a protocol, with and without a target. */
const entryPorts = fc.subarray(
  [
    { number: 80, name: 'http', protocol: 'HTTP', targetPort: 8080 },
    { number: 3306, name: 'tcp-db', protocol: 'TCP' },
    { number: 443, name: 'secure', protocol: 'TLS' },
    { number: 8080, name: 'other', protocol: 'HTTP' },
  ],
  { minLength: 1, maxLength: 2 },
);

const hosts = ['ext.example.com', 'vm.alpha.mesh', '*.wild.example.com'] as const;

/** What stands behind a ServiceEntry: endpoints that are written out, workloads that it selects, or nothing. */
const behind = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.record({
          labels: fc
            .tuple(fc.constantFrom(...apps), fc.constantFrom(...versions), tlsModeLabel)
            .map(([app, version, tlsMode]) => ({ app, version, ...tlsMode })),
          serviceAccount: endpointAccount,
          ports: endpointPorts,
        }),
        { minLength: 1, maxLength: 2 },
      )
      .map((endpoints) => ({
        endpoints: endpoints.map((one, index) =>
          present({ address: entryAddress(9, index), ...one }),
        ),
      })),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...apps).map((app) => ({ workloadSelector: { labels: { app } } })),
  },
  { weight: 1, arbitrary: fc.constant({}) },
);

const exportTo = fc.constantFrom(undefined, undefined, undefined, ['*'], ['.'], ['beta']);

/** At most one ServiceEntry: inside and outside the mesh, in each resolution that Istio lets it have. */
export function serviceEntries(namespaces: readonly string[]): fc.Arbitrary<readonly Manifest[]> {
  const one = fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      host: fc.constantFrom(...hosts, ...hosts.slice(0, 2)),
      location: fc.constantFrom(undefined, 'MESH_EXTERNAL', 'MESH_INTERNAL', 'MESH_INTERNAL'),
      resolution: fc.constantFrom('NONE', 'STATIC', 'STATIC', 'STATIC', 'DNS'),
      ports: entryPorts,
      behind,
      exportTo,
      age: fc.nat(3),
    })
    .map(({ namespace, host, age, behind: endpoints, resolution, ...spec }) =>
      manifest(
        { apiVersion: NETWORKING, kind: 'ServiceEntry', namespace, name: 'entry', age },
        {
          spec: present({
            ...spec,
            hosts: [host],
            // Istio refuses endpoints of what keeps its address, and DNS for a wildcard.
            resolution: host.startsWith('*') && resolution === 'DNS' ? 'NONE' : resolution,
            ...(resolution === 'NONE' || host.startsWith('*') ? {} : endpoints),
          }),
        },
      ),
    );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: one.map((made) => [made]) },
  );
}

/** At most one Service that is another name: of a host outside, or of a Service of the mesh. */
export function externalNames(
  namespaces: readonly string[],
  services: readonly ServicePlan[],
): fc.Arbitrary<readonly Manifest[]> {
  const targets = ['outside.example.com', ...services.map(serviceHost)];
  const one = fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      externalName: fc.constantFrom(...targets),
    })
    .map(({ namespace, externalName }) =>
      manifest(
        { apiVersion: 'v1', kind: 'Service', namespace, name: 'alias', age: 0 },
        {
          spec: {
            type: 'ExternalName',
            externalName,
            ports: [
              { name: 'http', port: 80, protocol: 'TCP' },
              { name: 'tcp-db', port: 3306, protocol: 'TCP' },
            ],
          },
        },
      ),
    );
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: one.map((made) => [made]) },
  );
}

/** The hosts that a DestinationRule may be written for besides those of Services. */
export function entryHosts(entries: readonly Manifest[]): readonly string[] {
  return entries.flatMap(({ spec }) => (spec as { readonly hosts: readonly string[] }).hosts);
}
