import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import { clientRank, probePods } from '../../../../src/mesh/probe/probe.ts';
import { meshOf, type Json } from '../../../support/meshNotation.ts';

const client: WorkloadRef = { kind: 'Deployment', namespace: 'web', name: 'client' };

interface PodState {
  readonly containers: readonly string[];
  /** Native sidecars. */
  readonly sidecars?: readonly string[];
  readonly phase?: string;
  readonly ready?: boolean;
  readonly terminating?: boolean;
}

const deployment: Json = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'web', name: 'client' },
  spec: { selector: { matchLabels: { app: 'client' } }, template: {} },
};

const replicaSet: Json = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    namespace: 'web',
    name: 'client-1',
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'client', controller: true },
    ],
  },
};

function podOf(name: string, { containers, sidecars = [], ...state }: PodState): Json {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'client-1', controller: true };
  const deleted =
    state.terminating === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : undefined;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'web', name, ownerReferences: [owner], ...deleted },
    spec: {
      containers: containers.map((container) => ({ name: container })),
      initContainers: sidecars.map((container) => ({ name: container, restartPolicy: 'Always' })),
    },
    status: {
      phase: state.phase ?? 'Running',
      conditions: [{ type: 'Ready', status: state.ready === false ? 'False' : 'True' }],
    },
  };
}

interface PlaceRow {
  readonly name: string;
  readonly pods: Readonly<Record<string, PodState>>;
  readonly offered: readonly string[];
}

const table: readonly PlaceRow[] = [
  {
    name: 'a container made for requests first, the proxy’s own last, whatever the pod’s order is [R142]',
    pods: { a: { containers: ['istio-proxy', 'app', 'curl'] } },
    offered: ['a/curl', 'a/app', 'a/istio-proxy'],
  },
  {
    name: 'a proxy that is a native sidecar last, too [R64 R142]',
    pods: { a: { containers: ['app'], sidecars: ['istio-proxy'] } },
    offered: ['a/app', 'a/istio-proxy'],
  },
  {
    name: 'all of a ready pod before any of one that is not',
    pods: { a: { containers: ['sleep'], ready: false }, b: { containers: ['app', 'istio-proxy'] } },
    offered: ['b/app', 'b/istio-proxy', 'a/sleep'],
  },
  {
    name: 'nothing of pods that do not run or are being deleted',
    pods: {
      a: { containers: ['sleep'], phase: 'Pending' },
      b: { containers: ['sleep'], terminating: true },
    },
    offered: [],
  },
];

describe('a probe is offered, of the pods of its client,', () => {
  for (const { name, pods, offered } of table) {
    it(name, () => {
      const running = Object.entries(pods).map(([pod, state]) => podOf(pod, state));
      const places = probePods(meshOf([deployment, replicaSet, ...running]), client);
      assert.deepEqual(
        places.map(({ pod, container }) => `${pod}/${container}`),
        offered,
      );
    });
  }
});

describe('a probe is offered, of all workloads,', () => {
  it('those made for requests first, and none that only sounds so', () => {
    const names = ['httpbin', 'sleepy', 'my-curl', 'sleep', 'curlew'];
    const ranked = names.toSorted(
      (left, right) =>
        clientRank({ ...client, name: left }) - clientRank({ ...client, name: right }),
    );
    assert.deepEqual(ranked, ['my-curl', 'sleep', 'httpbin', 'sleepy', 'curlew']);
  });
});
