import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { manifest } from './manifests.ts';
import { apps } from './workloadArbitrary.ts';

/** What a Gateway has its gateways listen for, whatever is routed there: HTTP in the clear, and TLS that it ends. */
const server = fc
  .record({
    number: fc.constantFrom(80, 443, 8080, 9090, 3306),
    tls: fc.constantFrom<Readonly<Record<string, unknown>> | undefined>(
      undefined,
      undefined,
      { mode: 'SIMPLE', credentialName: 'server' },
      { mode: 'MUTUAL', credentialName: 'server' },
      { mode: 'ISTIO_MUTUAL' },
    ),
  })
  .map(({ number, tls }) => ({
    port: { number, name: `port-${number}`, protocol: tls === undefined ? 'HTTP' : 'HTTPS' },
    hosts: ['*'],
    ...(tls === undefined ? {} : { tls }),
  }));

/** Up to two Gateways in any namespace: a selector reaches gateways of all of them. */
export function gateways(namespaces: readonly string[]): fc.Arbitrary<readonly Manifest[]> {
  const one = fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      name: fc.constantFrom('front', 'side'),
      age: fc.nat(3),
      app: fc.constantFrom(...apps),
      servers: fc.uniqueArray(server, {
        minLength: 1,
        maxLength: 3,
        selector: ({ port }) => port.number,
      }),
    })
    .map(({ namespace, name, age, app, servers }) =>
      manifest(
        { apiVersion: 'networking.istio.io/v1', kind: 'Gateway', namespace, name, age },
        { spec: { selector: { app }, servers } },
      ),
    );
  return fc.uniqueArray(one, {
    maxLength: 2,
    selector: ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`,
  });
}
