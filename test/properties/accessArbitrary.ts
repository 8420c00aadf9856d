import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { manifest } from './manifests.ts';
import { apps } from './workloadArbitrary.ts';

const selector = fc.constantFrom(undefined, ...apps.map((app) => ({ matchLabels: { app } })));

const source = fc.constantFrom<unknown>(
  { principals: ['*'] },
  { notPrincipals: ['*'] },
  { namespaces: ['alpha'] },
  { notNamespaces: ['beta'] },
  { principals: ['cluster.local/ns/alpha/sa/*'] },
  { ipBlocks: ['10.0.0.0/8'] },
);

const operation = fc.constantFrom<unknown>(
  { ports: ['8080'] },
  { notPorts: ['80'] },
  { paths: ['/info'] },
  { methods: ['POST'], ports: ['8080'] },
);

const rule = fc.oneof(
  { weight: 1, arbitrary: fc.constant<unknown>({}) },
  { weight: 3, arbitrary: source.map((one): unknown => ({ from: [{ source: one }] })) },
  { weight: 2, arbitrary: operation.map((one): unknown => ({ to: [{ operation: one }] })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(source, operation)
      .map(([from, to]): unknown => ({ from: [{ source: from }], to: [{ operation: to }] })),
  },
);

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Up to three AuthorizationPolicies in namespaces of a mesh. */
export function authorizationPolicies(
  namespaces: readonly string[],
): fc.Arbitrary<readonly Manifest[]> {
  const one = fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      name: fc.constantFrom('alfa', 'bravo', 'charlie'),
      action: fc.constantFrom('ALLOW', 'ALLOW', 'DENY', 'DENY', 'AUDIT'),
      selector,
      rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
    })
    .map(({ namespace, name, ...spec }) =>
      manifest(
        {
          apiVersion: 'security.istio.io/v1',
          kind: 'AuthorizationPolicy',
          namespace,
          name,
          age: 0,
        },
        { spec: present(spec) },
      ),
    );
  return fc.uniqueArray(one, { maxLength: 3, selector: nameOf });
}

/** Up to three VirtualServices that route hosts of a mesh to one another. */
export function virtualServices(
  namespaces: readonly string[],
  hosts: readonly string[],
): fc.Arbitrary<readonly Manifest[]> {
  if (hosts.length === 0) return fc.constant([]);
  const host = fc.constantFrom(...hosts);
  const target = fc
    .tuple(host, fc.constantFrom(undefined, undefined, undefined, 'v1', 'v9'))
    .map(([name, subset]) => ({ destination: present({ host: name, subset }) }));
  const match = fc.constantFrom<unknown>(
    undefined,
    undefined,
    [{ uri: { prefix: '/v2' } }],
    [{ port: 80 }],
    [{ sourceNamespace: 'alpha' }],
  );
  const routes = fc.array(
    fc
      .tuple(match, fc.array(target, { minLength: 1, maxLength: 2 }))
      .map(([when, all]) =>
        present({ match: when, route: all.map((each) => ({ ...each, weight: 50 })) }),
      ),
    { minLength: 1, maxLength: 2 },
  );
  const one = fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      name: fc.constantFrom('alfa', 'bravo', 'charlie'),
      age: fc.nat(3),
      host,
      exportTo: fc.constantFrom(undefined, undefined, ['.'], ['*']),
      protocol: fc.constantFrom('http', 'http', 'tcp'),
      routes,
    })
    .map(({ namespace, name, age, host: routed, exportTo, protocol, routes: all }) =>
      manifest(
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'VirtualService',
          namespace,
          name,
          age,
        },
        { spec: present({ hosts: [routed], exportTo, [protocol]: all }) },
      ),
    );
  return fc.uniqueArray(one, { maxLength: 3, selector: nameOf });
}

function nameOf({ metadata }: Manifest): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
