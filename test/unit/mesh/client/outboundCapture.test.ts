import { describe } from 'node:test';
import { pod, service, type Json } from '../../../support/meshNotation.ts';
import { rows } from '../../../support/meshRules.ts';
import { checkCall, server, strict, type CallRow } from './callRow.ts';

/** The client with annotations about what its sidecar captures; it replaces the ordinary one. */
function clientWith(settings: Readonly<Record<string, string>>): readonly Json[] {
  const named = Object.entries(settings).map(
    ([name, value]) => [`traffic.sidecar.istio.io/${name}`, value] as const,
  );
  return [pod('web/client', 'sidecar', { annotations: Object.fromEntries(named) })];
}

/** The client with users for its pod and its container; it replaces the ordinary one. */
function runningAs(user: { readonly pod: number; readonly container?: number }): Json {
  const client = pod('web/client', 'sidecar') as { readonly spec: Json };
  const [app, ...others] = client.spec['containers'] as readonly Json[];
  const own =
    user.container === undefined ? app : { ...app, securityContext: { runAsUser: user.container } };
  const containers = [own, ...others];
  return {
    ...client,
    spec: { ...client.spec, securityContext: { runAsUser: user.pod }, containers },
  };
}

const served = service('shop/server') as { readonly spec: Json };
const addressed = [
  pod('shop/server', 'sidecar'),
  { ...served, spec: { ...served.spec, clusterIP: '10.96.0.7' } },
];

const table: readonly CallRow[] = [
  {
    says: 'an address in an excluded range goes past the client’s sidecar',
    rules: ['R142'],
    given: [...clientWith({ excludeOutboundIPRanges: '10.0.0.0/8' }), ...addressed, ...strict],
    outcomes: ['server-resets-plaintext'],
    because: ['outbound-not-captured'],
  },
  {
    says: 'an address outside the excluded ranges does not',
    rules: ['R142'],
    given: [
      ...clientWith({ excludeOutboundIPRanges: '10.97.0.0/16, 192.168.0.1' }),
      ...addressed,
      ...strict,
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'an address outside the included ranges goes past it, too',
    rules: ['R142'],
    given: [...clientWith({ includeOutboundIPRanges: '10.97.0.0/16' }), ...addressed, ...strict],
    outcomes: ['server-resets-plaintext'],
    because: ['outbound-not-captured'],
  },
  {
    says: 'unless its port is included',
    rules: ['R142'],
    given: [
      ...clientWith({ includeOutboundIPRanges: '10.97.0.0/16', includeOutboundPorts: '8080' }),
      ...addressed,
      ...strict,
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'an address inside the included ranges is captured, and one that no cluster has given is taken for such',
    rules: ['R142'],
    given: [
      ...clientWith({ includeOutboundIPRanges: '10.96.0.0/12' }),
      ...addressed,
      service('shop/written', { selector: 'app=server' }),
      ...strict,
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a pod whose containers all run as the proxy’s user is not captured',
    rules: ['R142'],
    given: [...server, ...strict, runningAs({ pod: 1337 })],
    outcomes: ['server-resets-plaintext'],
    because: ['outbound-not-captured'],
  },
  {
    says: 'a container’s own user goes before that of its pod',
    rules: ['R142'],
    given: [...server, ...strict, runningAs({ pod: 1337, container: 1000 })],
    outcomes: ['mutual-tls'],
  },
];

describe('what a client’s sidecar captures', () => {
  rows(table, checkCall);
});
