import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { effectiveMode } from '../../../../src/mesh/policy/serverMode.ts';
import { findWorkload, workloadsIn } from '../../../../src/mesh/snapshot/mesh.ts';
import type { EffectiveMode } from '../../../../src/mesh/model/explanation.ts';
import {
  meshConfig,
  meshOf,
  namespace as namespaceObject,
  peerAuthentications,
  pod,
  type Json,
} from '../../../support/meshNotation.ts';
import { describeIgnored } from '../../../../src/mesh/words/describe.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface ModeRow extends Row {
  readonly policies: readonly string[];
  /** Mode and deciding policy, for ports 8080 and 9090: `STRICT mesh istio-system/default`. */
  readonly at8080: string;
  readonly at9090: string;
  /** Policies that lost, with the reason: `shop/later older-policy-wins`. */
  readonly ignored?: readonly string[];
  readonly namespace?: string;
  readonly config?: string;
  readonly namespaceLabels?: string;
}

function modeOf(row: ModeRow, port: number): EffectiveMode {
  const namespace = row.namespace ?? 'shop';
  const labels = 'app=cart,version=v1';
  const objects = [
    pod(`${namespace}/cart`, 'sidecar', { labels }),
    ...peerAuthentications(row.policies),
    ...(row.config === undefined ? [] : [meshConfig(row.config)]),
    namespaceObject(namespace, row.namespaceLabels),
  ];
  const mesh = meshOf(objects);
  const workload = findWorkload(mesh, { kind: 'Pod', namespace, name: 'cart' });
  assert.ok(workload);
  return effectiveMode(mesh, workload, port);
}

function shown({ mode, from }: EffectiveMode): string {
  if (from.kind === 'default') return `${mode} default`;
  const { namespace, name } = from.field.object;
  return `${mode} ${from.scope} ${namespace}/${name}`;
}

function check(row: ModeRow): void {
  const first = modeOf(row, 8080);
  assert.equal(shown(first), row.at8080);
  assert.equal(shown(modeOf(row, 9090)), row.at9090);
  if (row.ignored === undefined) return;
  const ignored = first.ignored.map(
    ({ policy, reason }) => `${policy.namespace}/${policy.name} ${reason}`,
  );
  assert.deepEqual(ignored, row.ignored);
}

const MESH_STRICT = 'istio-system/default STRICT';

const examples: readonly ModeRow[] = [
  {
    says: 'a1: without any policy a port is PERMISSIVE',
    rules: ['R12', 'R13', 'R20'],
    policies: [],
    at8080: 'PERMISSIVE default',
    at9090: 'PERMISSIVE default',
    ignored: [],
  },
  {
    says: 'a2: a policy of the root namespace holds for the mesh',
    rules: ['R4', 'R12', 'R8'],
    policies: [MESH_STRICT],
    at8080: 'STRICT mesh istio-system/default',
    at9090: 'STRICT mesh istio-system/default',
    ignored: [],
  },
  {
    says: 'a3: a namespace policy without a mode inherits that of the mesh',
    rules: ['R12'],
    policies: [MESH_STRICT, 'shop/default'],
    at8080: 'STRICT mesh istio-system/default',
    at9090: 'STRICT mesh istio-system/default',
    ignored: ['shop/default mode-unset'],
  },
  {
    says: 'a4: a namespace policy overrides the mesh',
    rules: ['R4', 'R12'],
    policies: [MESH_STRICT, 'shop/default PERMISSIVE'],
    at8080: 'PERMISSIVE namespace shop/default',
    at9090: 'PERMISSIVE namespace shop/default',
    ignored: ['istio-system/default overridden'],
  },
  {
    says: 'a5: only the oldest namespace policy exists, even when it sets no mode',
    rules: ['R9', 'R10'],
    policies: ['shop/default UNSET', 'shop/later STRICT'],
    at8080: 'PERMISSIVE default',
    at9090: 'PERMISSIVE default',
    ignored: ['shop/default mode-unset', 'shop/later older-policy-wins'],
  },
  {
    says: 'a6: a selector in the root namespace has no effect on other namespaces',
    rules: ['R6'],
    policies: ['istio-system/x app=cart STRICT'],
    at8080: 'PERMISSIVE default',
    at9090: 'PERMISSIVE default',
    ignored: ['istio-system/x selector-in-root-namespace'],
  },
  {
    says: 'a7: a port entry decides its port, the mesh decides the others',
    rules: ['R14', 'R15', 'R16'],
    policies: [MESH_STRICT, 'shop/cart app=cart 9090:DISABLE'],
    at8080: 'STRICT mesh istio-system/default',
    at9090: 'DISABLE port shop/cart',
    ignored: ['shop/cart port-not-listed'],
  },
  {
    says: 'a8: a port entry without a mode inherits that of its workload policy',
    rules: ['R15'],
    policies: ['shop/default STRICT', 'shop/cart app=cart PERMISSIVE 9090:UNSET'],
    at8080: 'PERMISSIVE workload shop/cart',
    at9090: 'PERMISSIVE workload shop/cart',
  },
  {
    says: 'a9: of two workload policies the younger is ignored as a whole, its ports included',
    rules: ['R11', 'R14'],
    policies: ['shop/a app=cart DISABLE', 'shop/b version=v1 9090:STRICT'],
    at8080: 'DISABLE workload shop/a',
    at9090: 'DISABLE workload shop/a',
    ignored: ['shop/b older-policy-wins'],
  },
  {
    says: 'a10: of two policies of the same second the first by name wins',
    rules: ['R9'],
    policies: ['shop/beta app=cart PERMISSIVE @7', 'shop/alpha app=cart STRICT @7'],
    at8080: 'STRICT workload shop/alpha',
    at9090: 'STRICT workload shop/alpha',
    ignored: ['shop/beta older-policy-wins'],
  },
  {
    says: 'a11: a selector must match with every one of its labels',
    rules: ['R7'],
    policies: ['shop/cart app=cart,tier=web STRICT'],
    at8080: 'PERMISSIVE default',
    at9090: 'PERMISSIVE default',
    ignored: [],
  },
  {
    says: 'a12: an empty selector selects the namespace',
    rules: ['R5'],
    policies: ['shop/default {} STRICT'],
    at8080: 'STRICT namespace shop/default',
    at9090: 'STRICT namespace shop/default',
  },
  {
    says: 'a13: a STRICT port stands out of a DISABLE mesh',
    rules: ['R15', 'R19'],
    policies: ['istio-system/default DISABLE', 'shop/cart app=cart 8080:STRICT'],
    at8080: 'STRICT port shop/cart',
    at9090: 'DISABLE mesh istio-system/default',
  },
  {
    says: 'a14: a port entry for a Service port is no entry for the workload port behind it',
    rules: ['R17'],
    policies: ['shop/cart app=cart 80:STRICT'],
    at8080: 'PERMISSIVE default',
    at9090: 'PERMISSIVE default',
    ignored: ['shop/cart port-not-listed'],
  },
  {
    says: 'a15: workloads of the root namespace have no workload policies',
    rules: ['R6'],
    namespace: 'istio-system',
    policies: ['istio-system/gw app=cart STRICT', 'istio-system/default PERMISSIVE'],
    at8080: 'PERMISSIVE mesh istio-system/default',
    at9090: 'PERMISSIVE mesh istio-system/default',
    ignored: ['istio-system/gw selector-in-root-namespace'],
  },
  {
    says: 'a16: a policy for another revision is invisible',
    rules: ['R2'],
    policies: ['shop/default STRICT rev=canary'],
    at8080: 'PERMISSIVE default',
    at9090: 'PERMISSIVE default',
    ignored: ['shop/default other-revision'],
  },
];

const others: readonly ModeRow[] = [
  {
    says: 'the name of a policy carries no meaning',
    rules: ['R18'],
    policies: ['shop/anything STRICT'],
    at8080: 'STRICT namespace shop/anything',
    at9090: 'STRICT namespace shop/anything',
  },
  {
    says: 'a namespace DISABLE is a value of its own and overrides a STRICT mesh',
    rules: ['R19'],
    policies: [MESH_STRICT, 'shop/default DISABLE'],
    at8080: 'DISABLE namespace shop/default',
    at9090: 'DISABLE namespace shop/default',
  },
  {
    says: 'port entries of a namespace policy have no effect',
    rules: ['R14', 'R281'],
    policies: ['shop/default PERMISSIVE 8080:STRICT'],
    at8080: 'PERMISSIVE namespace shop/default',
    at9090: 'PERMISSIVE namespace shop/default',
  },
  {
    says: 'policies of a third namespace are no candidates',
    rules: ['R8'],
    policies: ['other/default STRICT', 'other/cart app=cart STRICT'],
    at8080: 'PERMISSIVE default',
    at9090: 'PERMISSIVE default',
    ignored: [],
  },
  {
    says: 'the root namespace is the one that the mesh config names',
    rules: ['R1', 'R250'],
    config: 'rootNamespace: mesh-root\n',
    policies: ['istio-system/default DISABLE', 'mesh-root/default STRICT'],
    at8080: 'STRICT mesh mesh-root/default',
    at9090: 'STRICT mesh mesh-root/default',
  },
  {
    says: 'a namespace that discoverySelectors leave out has no policies',
    rules: ['R3'],
    config: 'discoverySelectors:\n- matchLabels:\n    mesh: "on"\n',
    namespaceLabels: 'mesh=off',
    policies: ['shop/default STRICT'],
    at8080: 'PERMISSIVE default',
    at9090: 'PERMISSIVE default',
  },
  {
    says: 'a namespace that discoverySelectors select has its policies',
    rules: ['R3'],
    config: 'discoverySelectors:\n- matchLabels:\n    mesh: "on"\n',
    namespaceLabels: 'mesh=on',
    policies: ['shop/default STRICT'],
    at8080: 'STRICT namespace shop/default',
    at9090: 'STRICT namespace shop/default',
  },
  {
    says: 'a policy labelled with the revision of the pod’s control plane is visible',
    rules: ['R2'],
    policies: ['shop/default STRICT rev=default'],
    at8080: 'STRICT namespace shop/default',
    at9090: 'STRICT namespace shop/default',
  },
];

describe('composing PeerAuthentications', () => {
  describe('the worked examples of the specification', () => {
    rows(examples, check);
  });
  describe('and what they leave open', () => {
    rows(others, check);
  });
});

it('does not call a policy younger than another where neither has been created yet', () => {
  const unborn = (name: string): Json => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { namespace: 'shop', name },
    spec: { mtls: { mode: 'STRICT' } },
  });
  const mesh = meshOf([pod('shop/cart', 'sidecar'), unborn('b'), unborn('a')]);
  const [workload] = workloadsIn(mesh, 'shop');
  assert.ok(workload);
  const { ignored } = effectiveMode(mesh, workload);
  assert.deepEqual(
    ignored.map(({ policy, reason }) => `${policy.name} ${reason}`),
    ['b ages-unknown'],
  );
  assert.doesNotMatch(ignored.map(describeIgnored).join(), /younger/);
});
