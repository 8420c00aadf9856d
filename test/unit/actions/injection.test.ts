import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { InjectionPlan, InjectionTarget } from '../../../src/actions/injection.ts';
import { planInjection } from '../../../src/actions/injection.ts';
import type { KubeTransport } from '../../../src/sources/transport/transport.ts';
import type { PodKind } from '../../support/meshNotation.ts';
import { meshOf, namespace, pod } from '../../support/meshNotation.ts';

const NEVER = new AbortController().signal;

/** What is refused is refused by the mesh alone: nothing is asked of the cluster. */
const untouched: KubeTransport = {
  server: 'https://127.0.0.1:1',
  request: () => assert.fail('the cluster was asked'),
  watch: () => assert.fail('the cluster was asked'),
  upgrade: () => assert.fail('the cluster was asked'),
  closed: NEVER,
  closeIdle: () => undefined,
  close: () => undefined,
};

const replicaSet = { kind: 'ReplicaSet', name: 'cart-1', controller: true };

/** The Deployment `shop/cart` with one pod of each kind. */
function cart(...kinds: readonly PodKind[]): readonly unknown[] {
  const metadata = { namespace: 'shop', name: 'cart' };
  const template = { metadata: { labels: { app: 'cart' } }, spec: { containers: [] } };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } };
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace: 'shop',
      name: 'cart-1',
      ownerReferences: [{ kind: 'Deployment', name: 'cart', controller: true }],
    },
  };
  const pods = kinds.map((kind, index) => {
    const made = pod(`shop/cart-1-${index}`, kind, { labels: 'app=cart' });
    const own = made['metadata'] as object;
    return { ...made, metadata: { ...own, ownerReferences: [replicaSet] } };
  });
  return [deployment, owner, ...pods];
}

const workload: InjectionTarget = {
  scope: 'workload',
  workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
};
const wholeNamespace: InjectionTarget = { scope: 'namespace', namespace: 'shop' };
const ambient = namespace('shop', 'istio.io/dataplane-mode=ambient');

const cases: readonly {
  readonly name: string;
  readonly manifests: readonly unknown[];
  readonly target: InjectionTarget;
  readonly plan: InjectionPlan;
}[] = [
  {
    name: 'a workload whose pods all have a sidecar needs nothing',
    manifests: [namespace('shop'), ...cart('sidecar', 'sidecar')],
    target: workload,
    plan: { kind: 'nothing-to-do' },
  },
  {
    name: 'a workload of the ambient mesh gets no sidecar beside ztunnel',
    manifests: [ambient, ...cart('ambient', 'ambient')],
    target: workload,
    plan: { kind: 'refused', why: 'ambient' },
  },
  {
    name: 'a namespace of the ambient mesh gets no injection label',
    manifests: [ambient, ...cart('ambient')],
    target: wholeNamespace,
    plan: { kind: 'refused', why: 'ambient' },
  },
  {
    name: 'a namespace with a workload that joined the ambient mesh by itself gets no injection label',
    manifests: [namespace('shop'), ...cart('ambient'), pod('shop/sleep', 'none')],
    target: wholeNamespace,
    plan: { kind: 'refused', why: 'ambient' },
  },
  {
    name: 'a workload with one pod without a sidecar is not in the mesh yet, and its namespace keeps it out',
    manifests: [
      namespace('shop', 'istio-injection=disabled'),
      ...cart('sidecar', 'sidecar', 'none'),
    ],
    target: workload,
    plan: { kind: 'refused', why: 'namespace-opts-out' },
  },
];

describe('bringing into the mesh', () => {
  for (const { name, manifests, target, plan } of cases) {
    it(name, async () => {
      const options = { now: 0, signal: NEVER };
      assert.deepEqual(await planInjection(untouched, meshOf(manifests), target, options), plan);
    });
  }
});
