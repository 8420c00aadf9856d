import assert from 'node:assert/strict';

import { parse } from 'yaml';

import type { DemoOptions } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import type { ClusterActions } from '../../../src/actions/clusterActions.ts';
import { clusterActions } from '../../../src/actions/clusterActions.ts';
import type { Asked, Journal } from '../../../src/actions/journal.ts';
import { journalInMemory, openJournal } from '../../../src/actions/journal.ts';
import type { Desired } from '../../../src/mesh/change/change.ts';
import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import type { ObjectRef } from '../../../src/mesh/model/reference.ts';
import { openTransport } from '../../../src/sources/transport/httpsTransport.ts';
import type { KubeTransport } from '../../../src/sources/transport/transport.ts';
import { chooseContext } from '../../../src/sources/kubeconfig/contexts.ts';
import { openCredentials } from '../../../src/sources/kubeconfig/credentials.ts';
import { loadKubeconfig } from '../../../src/sources/kubeconfig/kubeconfig.ts';
import type { Denial } from '../../support/denials.ts';
import { startDenyingDemo } from '../../support/denyingDemo.ts';

/** What a test asked for, where it does not matter. */
export const ASKED: Asked = { title: 'Changed something' };

export const NEVER = new AbortController().signal;

/** The demo mesh with the product's own actions, and a way to act as somebody else. */
export interface DemoCluster {
  readonly transport: KubeTransport;
  readonly actions: ClusterActions;
  readonly journal: Journal;
  /** What is stored of the journal, as after a restart. */
  readonly store: Map<string, string>;
  /** The live object, or undefined. */
  live(ref: ObjectRef): Promise<Manifest | undefined>;
  /** Server-side apply under another field manager. */
  applyAs(manager: string, manifest: Manifest): Promise<Manifest>;
  dispose(): Promise<void>;
}

/** @param denials what its user may not do */
export async function startDemoCluster(
  options: DemoOptions = {},
  denials: readonly Denial[] = [],
): Promise<DemoCluster> {
  const quick = { meshes: ['tutorial'], podStartMs: 50, podStopMs: 20, ...options } as const;
  const demo = await (denials.length > 0 ? startDenyingDemo(denials, quick) : startDemo(quick));
  assert.equal(typeof parse(demo.kubeconfig), 'object');
  const loaded = await loadKubeconfig(['/demo'], () => Promise.resolve(demo.kubeconfig));
  assert.equal(loaded.kind, 'loaded');
  const choice = chooseContext(loaded.kubeconfig);
  assert.equal(choice.kind, 'chosen');
  const { context } = choice;
  const transport = openTransport({
    server: context.cluster.server,
    credentials: openCredentials(context),
  });
  const store = new Map<string, string>();
  const journal = openJournal(journalInMemory(store));
  const actions = clusterActions({ transport, journal, context: context.name });
  return {
    transport,
    actions,
    journal,
    store,
    live: async (ref) => {
      const live = await actions.read(ref, NEVER);
      return live.kind === 'present' ? live.manifest : undefined;
    },
    applyAs: (manager, manifest) => applyAs(transport, manager, manifest),
    dispose: async () => {
      transport.close();
      await demo.dispose();
    },
  };
}

export function policyRef(namespace: string, name = 'default'): ObjectRef {
  return { kind: 'PeerAuthentication', namespace, name };
}

export function policy(namespace: string, spec: object, name = 'default'): Manifest {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name, namespace },
    spec,
  };
}

export function desire(after: Manifest): Desired {
  const { namespace = '', name } = after.metadata;
  return { ref: policyRef(namespace, name), apiVersion: after.apiVersion, after };
}

/** Prepares and commits; returns the journal entry's id. */
export async function change(
  cluster: DemoCluster,
  ...desired: readonly Desired[]
): Promise<string> {
  const prepared = await cluster.actions.prepare(desired, NEVER);
  assert.equal(prepared.kind, 'ready', JSON.stringify(prepared));
  const applied = await cluster.actions.commit(prepared, ASKED, NEVER);
  assert.equal(applied.kind, 'applied', JSON.stringify(applied));
  return applied.entry.id;
}

async function applyAs(
  transport: KubeTransport,
  manager: string,
  manifest: Manifest,
): Promise<Manifest> {
  const { namespace = '', name } = manifest.metadata;
  const answer = await transport.request({
    method: 'PATCH',
    path: `/apis/${manifest.apiVersion}/namespaces/${namespace}/peerauthentications/${name}`,
    query: { fieldManager: manager, force: true },
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: manifest,
  });
  assert.equal(answer.kind, 'ok', JSON.stringify(answer));
  return manifest;
}
