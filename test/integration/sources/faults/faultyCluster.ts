import assert from 'node:assert/strict';
import type { MeshObject } from '../../../../src/mesh/model/objects.ts';
import type { ObjectRef } from '../../../../src/mesh/model/reference.ts';
import { refKey } from '../../../../src/mesh/model/reference.ts';
import type { Pace } from '../../../../src/sources/cluster/backoff.ts';
import { openClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import type { ClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import type { ClusterStatus } from '../../../../src/sources/cluster/clusterStatus.ts';
import { openTransport } from '../../../../src/sources/transport/httpsTransport.ts';
import { KUBE_RESOURCES } from '../../../../src/sources/cluster/kubeResource.ts';
import type { KubeTransport } from '../../../../src/sources/transport/transport.ts';
import { openCredentials } from '../../../../src/sources/kubeconfig/credentials.ts';
import { startScriptedServer, type ScriptedServer } from './scriptedServer.ts';
import { untilHolds } from '../../../support/until.ts';

/** A scripted server and the product's own view of it. */
export interface FaultyCluster {
  readonly server: ScriptedServer;
  readonly transport: KubeTransport;
  readonly source: ClusterSource;
  /** All statuses so far, without repetitions. */
  readonly statuses: readonly ClusterStatus[];
  /** Waits for a status of this kind. */
  until(kind: ClusterStatus['kind']): Promise<ClusterStatus>;
  /**
   * Waits until the cache, and what subscribers were told since the start, equal what the server
   * has, and asserts that no object was told twice in the same version.
   */
  untilEqual(): Promise<void>;
  dispose(): Promise<void>;
}

/** Quick enough for tests; the shape of the waits is that of the product. */
export const quickPace: Pace = { baseMs: 5, maxMs: 40, refusedMs: 200 };

/** Calls that would hang for minutes in the field hang for `patienceMs` here. */
export async function startFaultyCluster(
  patienceMs = 400,
  pace = quickPace,
): Promise<FaultyCluster> {
  const server = await startScriptedServer();
  fill(server);
  const transport = openScripted(server.url, patienceMs);
  const source = openClusterSource({ transport, namespace: 'default', pace });
  const told = new Map<string, string | undefined>();
  const statuses: ClusterStatus[] = [source.status];
  let twice = 0;
  source.subscribe(({ upsert, remove }) => {
    for (const object of upsert) {
      if (told.get(refKey(object)) === object.labels['revision']) twice += 1;
      told.set(refKey(object), object.labels['revision']);
    }
    for (const ref of remove) told.delete(refKey(ref));
    if (JSON.stringify(source.status) !== JSON.stringify(statuses.at(-1))) {
      statuses.push(source.status);
    }
  });
  return {
    server,
    transport,
    source,
    statuses,
    until: (kind) =>
      untilHolds(`status ${kind}`, () => {
        assert.equal(source.status.kind, kind, JSON.stringify(source.status));
        return source.status;
      }),
    untilEqual: () =>
      untilHolds('the cache to equal a fresh list', () => {
        const fresh = freshList(server);
        assert.deepEqual(cacheOf(source), fresh);
        assert.deepEqual(sorted(told), fresh);
        assert.equal(twice, 0, 'an object was told twice in the same version');
      }),
    dispose: async () => {
      source.dispose();
      transport.close();
      await server.dispose();
    },
  };
}

/**
 * A transport to a server in plain HTTP without credentials. Each answer that did not come in time makes it a little more patient:
 * on a busy machine good answers, too, take longer than a fault should be waited for.
 */
export function openScripted(url: string, patienceMs: number): KubeTransport {
  const transport = openTransport({
    server: url,
    credentials: openCredentials({
      name: 'scripted',
      namespace: 'default',
      cluster: { server: url, insecureSkipTlsVerify: false },
      user: {},
    }),
  });
  let patience = patienceMs;
  const learning = async <T extends { readonly kind: string }>(answer: Promise<T>): Promise<T> => {
    const { kind } = await answer;
    if (kind === 'timed-out') patience = Math.min(patience * 1.02, 5_000);
    return answer;
  };
  return {
    server: transport.server,
    closed: transport.closed,
    upgrade: (call) => transport.upgrade(call),
    closeIdle: () => {
      transport.closeIdle();
    },
    close: () => {
      transport.close();
    },
    request: (call) => learning(transport.request({ ...call, timeoutMs: patience })),
    watch: (call) => learning(transport.watch({ ...call, idleMs: patience })),
  };
}

/** More than one page of pods, and some of everything else. */
function fill({ store }: ScriptedServer): void {
  for (const namespace of ['foo', 'bar', 'istio-system']) store.put('namespaces', namespace);
  for (let i = 0; i < 1_100; i += 1) store.put('pods', `pod-${i}`, 'foo');
  for (let i = 0; i < 20; i += 1) store.put('destinationrules', `rule-${i}`, 'foo');
  for (let i = 0; i < 5; i += 1) store.put('peerauthentications', `policy-${i}`, 'bar');
}

type Versions = Readonly<Record<string, string | undefined>>;

function cacheOf(source: ClusterSource): Versions {
  const objects: Iterable<MeshObject> = source.snapshot().objects;
  return sorted(new Map(Array.from(objects, (one) => [refKey(one), one.labels['revision']])));
}

function freshList({ store }: ScriptedServer): Versions {
  const versions = new Map<string, string | undefined>();
  for (const { plural, kind } of KUBE_RESOURCES) {
    for (const { metadata } of store.list(plural)) {
      const ref: ObjectRef = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
      versions.set(refKey(ref), metadata.labels['revision']);
    }
  }
  return sorted(versions);
}

function sorted(versions: ReadonlyMap<string, string | undefined>): Versions {
  return Object.fromEntries([...versions].sort(([left], [right]) => (left < right ? -1 : 1)));
}
