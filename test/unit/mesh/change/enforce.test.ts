import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { Desired } from '../../../../src/mesh/change/change.ts';
import { withDesired } from '../../../../src/mesh/change/change.ts';
import type {
  DesiredMode,
  EnforceTarget,
  EnforcementPlan,
} from '../../../../src/mesh/change/enforce.ts';
import { planEnforcement } from '../../../../src/mesh/change/enforce.ts';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { findWorkload } from '../../../../src/mesh/snapshot/mesh.ts';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import { effectiveMode } from '../../../../src/mesh/policy/serverMode.ts';
import { namespaceMtls } from '../../../../src/mesh/server/namespaceMtls.ts';
import type { PolicyMode } from '../../../../src/mesh/model/mode.ts';

const cart: WorkloadRef = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
const gateway: WorkloadRef = { kind: 'Deployment', namespace: 'istio-system', name: 'gateway' };

const base = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
${deployment('shop', 'cart', '{ app: cart, pod-template-hash: abc }')}
---
${deployment('shop', 'cart-canary', '{ app: cart }')}
---
${deployment('shop', 'web', '{ app: web }')}
---
${deployment('istio-system', 'gateway', '{ app: gateway }')}
`;

function deployment(namespace: string, name: string, labels: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: ${labels} }
    spec: { containers: [{ name: app, ports: [{ containerPort: 8080 }] }] }`;
}

interface PolicyRow {
  readonly at: string;
  readonly mode?: PolicyMode;
  readonly selector?: string;
  readonly ports?: string;
  readonly created?: number;
}

function policy({ at, mode, selector, ports, created = 1 }: PolicyRow): string {
  const [namespace = '', name = ''] = at.split('/');
  const spec = [
    selector === undefined ? '' : `selector: { matchLabels: { app: ${selector} } }`,
    mode === undefined ? '' : `mtls: { mode: ${mode} }`,
    ports === undefined ? '' : `portLevelMtls: ${ports}`,
  ].filter((field) => field !== '');
  return `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { namespace: ${namespace}, name: ${name}, creationTimestamp: 2026-01-0${created}T00:00:00Z }
spec: { ${spec.join(', ')} }`;
}

function meshWith(policies: readonly PolicyRow[]): Mesh {
  const text = [base, ...policies.map(policy)].join('\n---\n');
  const objects = parseAllDocuments(text).flatMap((document) => {
    const value: unknown = document.toJS();
    return decodeObject(value, { kind: 'cluster' }).object ?? [];
  });
  return buildMesh({ objects });
}

interface PlanRow {
  readonly name: string;
  readonly policies: readonly PolicyRow[];
  readonly target: EnforceTarget;
  readonly mode: DesiredMode;
  /** Each written object: its name and its whole spec, or `deleted`. */
  readonly writes: Readonly<Record<string, unknown>>;
}

const strict = { mtls: { mode: 'STRICT' } };
const selectsCart = { selector: { matchLabels: { app: 'cart' } } };
const workload: EnforceTarget = { scope: 'workload', workload: cart };
const port: EnforceTarget = { scope: 'port', workload: cart, port: 8080 };
const namespace: EnforceTarget = { scope: 'namespace', namespace: 'shop' };

const plans: readonly PlanRow[] = [
  {
    name: 'a mesh without policy gets one in the root namespace',
    policies: [],
    target: { scope: 'mesh' },
    mode: 'STRICT',
    writes: { 'istio-system/default': strict },
  },
  {
    name: 'a namespace without policy gets one without a selector [R92]',
    policies: [],
    target: namespace,
    mode: 'STRICT',
    writes: { 'shop/default': strict },
  },
  {
    name: 'the policy that governs a namespace is changed whatever its name [R18]',
    policies: [{ at: 'shop/old', mode: 'PERMISSIVE' }],
    target: namespace,
    mode: 'STRICT',
    writes: { 'shop/old': strict },
  },
  {
    name: 'of two namespace policies the oldest is changed, because only it counts [R10]',
    policies: [
      { at: 'shop/a-young', mode: 'DISABLE', created: 2 },
      { at: 'shop/z-old', mode: 'PERMISSIVE', created: 1 },
    ],
    target: namespace,
    mode: 'STRICT',
    writes: { 'shop/z-old': strict },
  },
  {
    name: 'a taken name is not written over by a policy for another scope',
    policies: [{ at: 'shop/default', mode: 'PERMISSIVE', selector: 'web' }],
    target: namespace,
    mode: 'STRICT',
    writes: { 'shop/default-2': strict },
  },
  {
    name: 'a new workload policy selects by lasting labels only',
    policies: [],
    target: workload,
    mode: 'STRICT',
    writes: { 'shop/cart': { ...selectsCart, ...strict } },
  },
  {
    name: 'a workload policy keeps its ports when its mode changes [R14]',
    policies: [
      { at: 'shop/c', mode: 'STRICT', selector: 'cart', ports: '{ 9090: { mode: DISABLE } }' },
    ],
    target: workload,
    mode: 'PERMISSIVE',
    writes: {
      'shop/c': {
        ...selectsCart,
        mtls: { mode: 'PERMISSIVE' },
        portLevelMtls: { 9090: { mode: 'DISABLE' } },
      },
    },
  },
  {
    name: 'a port joins the workload policy that governs [R11]',
    policies: [{ at: 'shop/c', mode: 'STRICT', selector: 'cart' }],
    target: port,
    mode: 'PERMISSIVE',
    writes: {
      'shop/c': { ...selectsCart, ...strict, portLevelMtls: { 8080: { mode: 'PERMISSIVE' } } },
    },
  },
  {
    name: 'a port without workload policy leaves the other ports inherited [R12]',
    policies: [],
    target: port,
    mode: 'STRICT',
    writes: { 'shop/cart': { ...selectsCart, portLevelMtls: { 8080: { mode: 'STRICT' } } } },
  },
  {
    name: 'going back to inherited deletes a policy that says nothing else',
    policies: [{ at: 'shop/default', mode: 'STRICT' }],
    target: namespace,
    mode: 'INHERITED',
    writes: { 'shop/default': 'deleted' },
  },
  {
    name: 'going back to inherited keeps a policy that holds a younger one down [R10]',
    policies: [
      { at: 'shop/old', mode: 'STRICT', created: 1 },
      { at: 'shop/young', mode: 'DISABLE', created: 2 },
    ],
    target: namespace,
    mode: 'INHERITED',
    writes: { 'shop/old': {} },
  },
  {
    name: 'a workload that goes back to inherited keeps its ports',
    policies: [
      { at: 'shop/c', mode: 'STRICT', selector: 'cart', ports: '{ 9090: { mode: DISABLE } }' },
    ],
    target: workload,
    mode: 'INHERITED',
    writes: { 'shop/c': { ...selectsCart, portLevelMtls: { 9090: { mode: 'DISABLE' } } } },
  },
  {
    name: 'the last port that goes back to inherited takes the policy with it',
    policies: [{ at: 'shop/c', selector: 'cart', ports: '{ 8080: { mode: STRICT } }' }],
    target: port,
    mode: 'INHERITED',
    writes: { 'shop/c': 'deleted' },
  },
];

describe('planning to enforce a mode', () => {
  for (const row of plans) {
    it(row.name, () => {
      const plan = planEnforcement(meshWith(row.policies), row.target, row.mode);
      assert.deepEqual(writesOf(plan), row.writes);
    });
  }

  it('gives the mode to the target and to nothing else in the namespace', () => {
    const mesh = meshWith([{ at: 'shop/default', mode: 'STRICT' }]);
    const after = withDesired(mesh, desiredOf(planEnforcement(mesh, workload, 'PERMISSIVE')));
    assert.equal(modeOf(after, cart), 'PERMISSIVE');
    assert.equal(modeOf(after, { ...cart, name: 'web' }), 'STRICT');
    assert.equal(namespaceMtls(after, 'shop').mode, 'STRICT');
  });

  it('keeps an excepted workload open in the same plan', () => {
    const mesh = meshWith([]);
    const after = withDesired(mesh, desiredOf(planEnforcement(mesh, namespace, 'STRICT', [cart])));
    assert.equal(namespaceMtls(after, 'shop').mode, 'STRICT');
    assert.equal(modeOf(after, cart), 'PERMISSIVE');
    assert.equal(modeOf(after, { ...cart, name: 'web' }), 'STRICT');
  });

  it('never makes an excepted workload STRICT while the plan is written object by object', () => {
    let written = meshWith([]);
    for (const step of desiredOf(planEnforcement(written, namespace, 'STRICT', [cart]))) {
      written = withDesired(written, [step]);
      assert.equal(modeOf(written, cart), 'PERMISSIVE');
    }
  });
});

interface RefusalRow {
  readonly name: string;
  readonly policies?: readonly PolicyRow[];
  readonly target: EnforceTarget;
  readonly mode?: DesiredMode;
  readonly result: string;
}

const refusals: readonly RefusalRow[] = [
  {
    name: 'a workload in the root namespace, because selectors there have no effect [R6]',
    target: { scope: 'workload', workload: gateway },
    result: 'selector-in-root-namespace',
  },
  {
    name: 'a port in the root namespace [R6]',
    target: { scope: 'port', workload: gateway, port: 8080 },
    result: 'selector-in-root-namespace',
  },
  {
    name: 'the root namespace as a namespace, because that is the whole mesh [R4]',
    target: { scope: 'namespace', namespace: 'istio-system' },
    result: 'root-namespace-is-the-mesh',
  },
  {
    name: 'a workload that is gone',
    target: { scope: 'workload', workload: { ...cart, name: 'gone' } },
    result: 'no-such-workload',
  },
  {
    name: 'a governing policy that is invalid',
    policies: [{ at: 'shop/default', ports: '{ 8080: { mode: STRICT } }' }],
    target: namespace,
    result: 'invalid-policy',
  },
  {
    name: 'nothing when the policy says so already',
    policies: [{ at: 'shop/default', mode: 'STRICT' }],
    target: namespace,
    result: 'nothing-to-do',
  },
  {
    name: 'nothing when an inherited mode is to be inherited',
    target: workload,
    mode: 'INHERITED',
    result: 'nothing-to-do',
  },
];

describe('planning refuses or leaves alone', () => {
  for (const row of refusals) {
    it(row.name, () => {
      const plan = planEnforcement(meshWith(row.policies ?? []), row.target, row.mode ?? 'STRICT');
      assert.equal(plan.kind === 'refused' ? plan.why.kind : plan.kind, row.result);
    });
  }

  it('anything while policies may not be listed', () => {
    const missing = [{ kind: 'PeerAuthentication', namespace: '', why: 'forbidden' }] as const;
    const mesh = { ...meshWith([]), missing };
    const plan = planEnforcement(mesh, namespace, 'STRICT');
    assert.equal(plan.kind === 'refused' && plan.why.kind, 'policies-unknown');
  });

  it('the whole mesh while nobody may read which namespace is its root', () => {
    const missing = [{ kind: 'ConfigMap', namespace: 'istio-system', why: 'forbidden' }] as const;
    const mesh = { ...meshWith([]), missing };
    const plan = planEnforcement(mesh, { scope: 'mesh' }, 'STRICT');
    assert.equal(plan.kind === 'refused' && plan.why.kind, 'policies-unknown');
    assert.equal(planEnforcement(mesh, namespace, 'STRICT').kind, 'plan');
  });
});

interface WarningRow {
  readonly name: string;
  readonly policies?: readonly PolicyRow[];
  readonly target: EnforceTarget;
  readonly warning: string;
}

const warnings: readonly WarningRow[] = [
  {
    name: 'a port that no container declares [R17]',
    target: { ...port, port: 4711 },
    warning: 'port-not-declared',
  },
  {
    name: 'a workload policy that selects others too',
    policies: [{ at: 'shop/c', selector: 'cart', mode: 'PERMISSIVE' }],
    target: workload,
    warning: 'governs-others',
  },
  {
    name: 'STRICT below a namespace that says DISABLE, which clients follow [R148]',
    policies: [{ at: 'shop/default', mode: 'DISABLE' }],
    target: workload,
    warning: 'clients-see-disable',
  },
  {
    name: 'a direct step from DISABLE to STRICT',
    policies: [{ at: 'shop/default', mode: 'DISABLE' }],
    target: namespace,
    warning: 'disable-to-strict',
  },
  {
    name: 'a namespace that stays PERMISSIVE below a STRICT mesh [R12]',
    policies: [{ at: 'shop/default', mode: 'PERMISSIVE' }],
    target: { scope: 'mesh' },
    warning: 'stays-different',
  },
  {
    name: 'a workload that stays DISABLE in a STRICT namespace [R12]',
    policies: [{ at: 'shop/web', selector: 'web', mode: 'DISABLE' }],
    target: namespace,
    warning: 'stays-different',
  },
  {
    name: 'a port that stays PERMISSIVE at a STRICT workload [R15]',
    policies: [
      { at: 'shop/c', selector: 'cart', mode: 'PERMISSIVE', ports: '{ 8080: { mode: DISABLE } }' },
    ],
    target: workload,
    warning: 'stays-different',
  },
];

describe('planning STRICT warns of', () => {
  for (const row of warnings) {
    it(row.name, () => {
      const plan = planEnforcement(meshWith(row.policies ?? []), row.target, 'STRICT');
      const kinds = plan.kind === 'plan' ? plan.warnings.map(({ kind }) => kind as string) : [];
      assert.ok(kinds.includes(row.warning), kinds.join());
    });
  }
});

function desiredOf(plan: EnforcementPlan): readonly Desired[] {
  assert.ok(plan.kind === 'plan', plan.kind);
  return plan.desired;
}

function writesOf(plan: EnforcementPlan): Record<string, unknown> {
  const entries = desiredOf(plan).map(({ ref, after }) => [
    `${ref.namespace}/${ref.name}`,
    after === undefined ? 'deleted' : after['spec'],
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function modeOf(mesh: Mesh, ref: WorkloadRef): string | undefined {
  const found = findWorkload(mesh, ref);
  return found && effectiveMode(mesh, found).mode;
}
