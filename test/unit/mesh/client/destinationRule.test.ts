import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { ruleTls } from '../../../../src/mesh/client/clientTls.ts';
import { findDestinationRule } from '../../../../src/mesh/client/destinationRule.ts';
import { revisionOf } from '../../../../src/mesh/snapshot/mesh.ts';
import {
  destinationRule,
  meshConfig,
  meshOf,
  type Json,
  type RuleOptions,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface LookupRow extends Row {
  readonly given: Readonly<Record<string, RuleOptions>>;
  readonly client?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly config?: string;
  /** `namespace/name MODE`, a mode of `auto` for no tls block, or `none`. */
  readonly found: string;
  readonly ambiguous?: readonly string[];
  readonly port?: number;
  readonly subset?: string;
}

function check(row: LookupRow): void {
  const objects: readonly Json[] = Object.entries(row.given).map(([at, options]) =>
    destinationRule(at, options),
  );
  const config = row.config === undefined ? [] : [meshConfig(row.config)];
  const mesh = meshOf([...objects, ...config]);
  const { rule, ambiguous } = findDestinationRule(mesh, {
    clientNamespace: row.client ?? 'web',
    clientLabels: row.labels ?? {},
    revision: revisionOf(mesh, undefined),
    host: 'server.shop.svc.cluster.local',
    serviceNamespace: 'shop',
  });
  const tls = rule === undefined ? undefined : ruleTls(rule, row.port ?? 8080, row.subset);
  const from = tls?.block?.field.object ?? tls?.rule.object;
  const shown =
    from === undefined
      ? 'none'
      : `${from.namespace}/${from.name} ${tls?.block?.tls.mode ?? 'auto'}`;
  assert.equal(shown, row.found);
  if (row.ambiguous !== undefined) {
    assert.deepEqual(
      ambiguous.map(({ namespace, name }) => `${namespace}/${name}`),
      row.ambiguous,
    );
  }
}

const SHORT = 'server';
const WILD = '*.shop.svc.cluster.local';

const hosts: readonly LookupRow[] = [
  {
    says: 'a name without a dot is a Service of the rule’s own namespace',
    rules: ['R150'],
    given: { 'shop/r': { host: SHORT, tls: 'DISABLE' } },
    found: 'shop/r DISABLE',
  },
  {
    says: 'the same short name in the client’s namespace means another Service',
    rules: ['R150'],
    given: { 'web/r': { host: SHORT, tls: 'DISABLE' } },
    found: 'none',
  },
  {
    says: 'a name with one dot is taken literally and matches no Service',
    rules: ['R150'],
    given: { 'shop/r': { host: 'server.shop', tls: 'DISABLE' } },
    found: 'none',
  },
  {
    says: 'an exact host goes before a wildcard',
    rules: ['R151'],
    given: { 'shop/w': { host: WILD, tls: 'SIMPLE' }, 'shop/e': { tls: 'DISABLE' } },
    found: 'shop/e DISABLE',
  },
  {
    says: 'of several wildcards the longest counts',
    rules: ['R151'],
    given: {
      'shop/a': { host: '*.local', tls: 'SIMPLE' },
      'shop/b': { host: WILD, tls: 'DISABLE' },
    },
    found: 'shop/b DISABLE',
  },
  {
    says: 'a lone asterisk covers every host',
    rules: ['R150', 'R151'],
    given: { 'istio-system/all': { host: '*', tls: 'ISTIO_MUTUAL' } },
    found: 'istio-system/all ISTIO_MUTUAL',
  },
];

const order: readonly LookupRow[] = [
  {
    says: 'the client’s namespace is asked first',
    rules: ['R152'],
    given: { 'web/r': { tls: 'DISABLE' }, 'shop/r': { tls: 'SIMPLE' } },
    found: 'web/r DISABLE',
  },
  {
    says: 'then the service’s, then the root namespace',
    rules: ['R152'],
    given: { 'shop/r': { tls: 'SIMPLE' }, 'istio-system/r': { tls: 'DISABLE' } },
    found: 'shop/r SIMPLE',
  },
  {
    says: 'the root namespace is asked last',
    rules: ['R152'],
    given: { 'istio-system/r': { host: '*.local', tls: 'ISTIO_MUTUAL' } },
    found: 'istio-system/r ISTIO_MUTUAL',
  },
  {
    says: 'any other namespace is never asked',
    rules: ['R152'],
    given: { 'third/r': { tls: 'DISABLE' } },
    found: 'none',
  },
  {
    says: 'a rule without tls in the client’s namespace hides the tls of the service’s',
    rules: ['R154'],
    given: { 'web/r': { policy: { connectionPool: {} } }, 'shop/r': { tls: 'DISABLE' } },
    found: 'web/r auto',
  },
  {
    says: 'a private rule of the service’s namespace is not for other namespaces',
    rules: ['R152'],
    given: { 'shop/r': { tls: 'DISABLE', exportTo: ['.'] } },
    found: 'none',
  },
  {
    says: 'a rule that is exported to others only is not used in its own namespace',
    rules: ['R156'],
    given: { 'web/r': { tls: 'DISABLE', exportTo: ['third'] } },
    found: 'none',
  },
  {
    says: 'the most specific host is chosen before anyone asks who may see it',
    rules: ['R153'],
    given: {
      'shop/exact': { tls: 'SIMPLE', exportTo: ['third'] },
      'shop/wide': { host: WILD, tls: 'DISABLE' },
    },
    found: 'none',
  },
  {
    says: 'a client in the root namespace uses its private rules first',
    rules: ['R152'],
    client: 'istio-system',
    given: { 'istio-system/r': { tls: 'DISABLE', exportTo: ['.'] }, 'shop/r': { tls: 'SIMPLE' } },
    found: 'istio-system/r DISABLE',
  },
  {
    says: 'a client in the root namespace asks the service’s before public rules of the root',
    rules: ['R152'],
    client: 'istio-system',
    given: { 'istio-system/r': { tls: 'DISABLE' }, 'shop/r': { tls: 'SIMPLE' } },
    found: 'shop/r SIMPLE',
  },
  {
    says: 'a rule of the root namespace exported to “.” and another is not used by clients there',
    rules: ['R156'],
    client: 'istio-system',
    given: { 'istio-system/r': { tls: 'DISABLE', exportTo: ['.', 'x'] } },
    found: 'none',
  },
  {
    says: 'a mesh default of “.” makes rules without exportTo private',
    rules: ['R155'],
    config: 'defaultDestinationRuleExportTo: ["."]\n',
    given: { 'shop/r': { tls: 'DISABLE' } },
    found: 'none',
  },
];

const several: readonly LookupRow[] = [
  {
    says: 'of two rules for a host the older one’s trafficPolicy counts as a whole',
    rules: ['R157'],
    given: { 'shop/b': { tls: 'SIMPLE', age: 1 }, 'shop/a': { tls: 'DISABLE', age: 2 } },
    found: 'shop/b SIMPLE',
    ambiguous: [],
  },
  {
    says: 'a later trafficPolicy is used where the first rule has none at all',
    rules: ['R157'],
    given: { 'shop/b': { age: 1 }, 'shop/a': { tls: 'DISABLE', age: 2 } },
    found: 'shop/a DISABLE',
  },
  {
    says: 'a rule that selects the client is filled by an older one that is for its own namespace',
    rules: ['R157', 'R159'],
    client: 'web',
    labels: { app: 'client' },
    given: {
      'web/wide': { tls: 'DISABLE', age: 1, exportTo: ['.'] },
      'web/own': { selector: 'app=client', age: 2 },
    },
    found: 'web/wide DISABLE',
  },
  {
    says: 'a rule that is exported wider is merged into the older one, which leaves open what clients elsewhere get',
    rules: ['R157', 'R158'],
    given: {
      'shop/a': { tls: 'SIMPLE', age: 1, exportTo: ['web'] },
      'shop/b': { tls: 'DISABLE', age: 2, exportTo: ['web', 'third'] },
    },
    found: 'shop/a SIMPLE',
    ambiguous: ['shop/b'],
  },
  {
    says: 'with different exportTo the last rule counts, and the other is named',
    rules: ['R158'],
    given: {
      'shop/a': { tls: 'SIMPLE', age: 1, exportTo: ['*'] },
      'shop/b': { tls: 'DISABLE', age: 2, exportTo: ['web', 'third'] },
    },
    found: 'shop/b DISABLE',
    ambiguous: ['shop/a'],
  },
  {
    says: 'a rule is merged into an earlier one and still stands alone when the last before it differs',
    rules: ['R157', 'R158'],
    given: {
      'shop/bravo': { exportTo: ['*'], policy: {}, age: 1, ports: {} },
      'shop/alfa': { tls: 'DISABLE', age: 2 },
      'shop/default': { tls: 'SIMPLE', exportTo: ['*'], age: 3 },
    },
    found: 'shop/default SIMPLE',
  },
  {
    says: 'a rule that selects the client goes before one that selects nobody',
    rules: ['R159'],
    labels: { app: 'client' },
    given: {
      'web/wide': { tls: 'SIMPLE', age: 1 },
      'web/mine': { tls: 'DISABLE', age: 2, selector: 'app=client' },
    },
    found: 'web/mine DISABLE',
  },
  {
    says: 'a rule that selects other clients is passed over',
    rules: ['R159'],
    labels: { app: 'other' },
    given: {
      'web/wide': { tls: 'SIMPLE', age: 1 },
      'web/mine': { tls: 'DISABLE', age: 2, selector: 'app=client' },
    },
    found: 'web/wide SIMPLE',
  },
  {
    says: 'a selecting rule stands alone: it does not inherit the tls of a rule for everybody',
    rules: ['R159'],
    labels: { app: 'client' },
    given: {
      'web/wide': { tls: 'SIMPLE' },
      'web/mine': { selector: 'app=client', policy: { connectionPool: {} } },
    },
    found: 'web/mine auto',
  },
  {
    says: 'a selecting rule is private to its namespace',
    rules: ['R159'],
    labels: { app: 'client' },
    given: { 'shop/r': { tls: 'DISABLE', selector: 'app=client' } },
    found: 'none',
  },
];

const blocks: readonly LookupRow[] = [
  {
    says: 'port settings are for Service ports and replace the host level',
    rules: ['R161', 'R162'],
    given: { 'shop/r': { tls: 'SIMPLE', ports: { 8080: 'DISABLE' } } },
    found: 'shop/r DISABLE',
  },
  {
    says: 'a port entry without tls leaves no tls at all',
    rules: ['R162'],
    given: { 'shop/r': { tls: 'SIMPLE', ports: { 8080: undefined } } },
    found: 'shop/r auto',
  },
  {
    says: 'other ports keep the host level',
    rules: ['R162'],
    port: 9090,
    given: { 'shop/r': { tls: 'SIMPLE', ports: { 8080: 'DISABLE' } } },
    found: 'shop/r SIMPLE',
  },
  {
    says: 'an empty tls block is DISABLE',
    rules: ['R165'],
    given: { 'shop/r': { tls: {} } },
    found: 'shop/r DISABLE',
  },
  {
    says: 'a plain call uses no subset',
    rules: ['R164'],
    given: { 'shop/r': { tls: 'SIMPLE', subsets: [subset({ tls: { mode: 'DISABLE' } })] } },
    found: 'shop/r SIMPLE',
  },
  {
    says: 'a subset’s tls overrides',
    rules: ['R163'],
    subset: 'v1',
    given: { 'shop/r': { tls: 'SIMPLE', subsets: [subset({ tls: { mode: 'DISABLE' } })] } },
    found: 'shop/r DISABLE',
  },
  {
    says: 'a subset without tls inherits',
    rules: ['R163'],
    subset: 'v1',
    given: { 'shop/r': { tls: 'SIMPLE', subsets: [subset({ connectionPool: {} })] } },
    found: 'shop/r SIMPLE',
  },
  {
    says: 'a port entry inside a subset replaces everything, its missing tls too',
    rules: ['R163'],
    subset: 'v1',
    given: {
      'shop/r': {
        tls: 'SIMPLE',
        subsets: [subset({ portLevelSettings: [{ port: { number: 8080 }, connectionPool: {} }] })],
      },
    },
    found: 'shop/r auto',
  },
];

function subset(trafficPolicy: Json): Json {
  return { name: 'v1', labels: { version: 'v1' }, trafficPolicy };
}

describe('which DestinationRule applies', () => {
  describe('by its host', () => {
    rows(hosts, check);
  });
  describe('by where it is', () => {
    rows(order, check);
  });
  describe('of several', () => {
    rows(several, check);
  });
  describe('and which tls block of it', () => {
    rows(blocks, check);
  });
});
