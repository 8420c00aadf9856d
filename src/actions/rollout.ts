import type { WorkloadRef } from '../mesh/index.ts';
import { asList, asObject, fieldAt, textAt } from '../sources/transport/jsonValue.ts';
import { describeFailure } from '../sources/transport/kubeFailure.ts';
import { collectionPath, objectPath, resourceOf } from '../sources/cluster/kubeResource.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { readLive } from './writeTarget.ts';

/** How far a rollout is. Pods are counted in the new form and ready to serve. */
export interface RolloutProgress {
  readonly updated: number;
  readonly ready: number;
  readonly desired: number;
}

export type RolloutResult =
  | { readonly kind: 'complete' }
  | { readonly kind: 'timed-out'; readonly progress: RolloutProgress | undefined }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'gone' }
  /** The controller itself gave up: its progress deadline passed. */
  | { readonly kind: 'stuck'; readonly cause: string }
  | { readonly kind: 'failed'; readonly cause: string };

export interface RolloutOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  onProgress?(progress: RolloutProgress): void;
}

type RolloutState =
  | { readonly kind: 'complete' }
  | { readonly kind: 'rolling'; readonly progress: RolloutProgress }
  | { readonly kind: 'stuck'; readonly cause: string };

/** Follows a workload by watch until all its pods are new and ready, as `kubectl rollout status` judges it. */
export async function waitForRollout(
  transport: KubeTransport,
  ref: WorkloadRef,
  options: RolloutOptions,
): Promise<RolloutResult> {
  const resource = resourceOf(ref.kind);
  if (resource === undefined) return { kind: 'gone' };
  const [version] = resource.versions;
  const path = objectPath(resource, version, ref);
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([limit, options.signal]);
  let progress: RolloutProgress | undefined;
  while (!signal.aborted) {
    const live = await readLive(transport, path, signal);
    if (live.kind === 'absent') return { kind: 'gone' };
    if (live.kind !== 'present') break;
    const state = rolloutState(live.manifest);
    if (state.kind !== 'rolling') return state;
    progress = state.progress;
    options.onProgress?.(progress);
    const collection = collectionPath(resource, version, ref.namespace);
    const since = live.manifest.metadata.resourceVersion ?? '';
    await nextChange(transport, { path: collection, name: ref.name, since }, signal);
  }
  if (options.signal.aborted) return { kind: 'cancelled' };
  if (limit.aborted) return { kind: 'timed-out', progress };
  const last = await readLive(transport, path, options.signal);
  if (last.kind === 'present') return { kind: 'timed-out', progress };
  return { kind: 'failed', cause: last.kind === 'absent' ? 'It is gone.' : describeFailure(last) };
}

/** A change may be missed by a broken watch; looking again after so long costs one request. */
const LOOK_AGAIN_MS = 5_000;

/** Resolves at the first event of the object after `since`, or when it is time to look again. */
async function nextChange(
  transport: KubeTransport,
  watched: { readonly path: string; readonly name: string; readonly since: string },
  signal: AbortSignal,
): Promise<void> {
  const seen = new AbortController();
  const stop = (): void => {
    seen.abort();
  };
  const timer = setTimeout(stop, LOOK_AGAIN_MS);
  signal.addEventListener('abort', stop, { once: true });
  const end = await transport.watch({
    path: watched.path,
    query: {
      watch: true,
      fieldSelector: `metadata.name=${watched.name}`,
      resourceVersion: watched.since,
    },
    signal: seen.signal,
    onEvent: ({ type, object }) => {
      if (type === 'ERROR' || textAt(object, 'metadata', 'name') === watched.name) stop();
    },
  });
  // A watch that is refused at once must not become a storm of requests.
  if (!seen.signal.aborted && end.kind !== 'cancelled') {
    await new Promise<void>((resolve) => {
      seen.signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  }
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
}

/** Source: kubernetes.io/docs/concepts/workloads/controllers/deployment, "Complete Deployment". */
export function rolloutState(manifest: unknown): RolloutState {
  const progress = progressOf(manifest);
  const seen =
    count(manifest, 'status', 'observedGeneration') >= count(manifest, 'metadata', 'generation');
  const stuck = conditionOf(manifest, 'Progressing');
  if (seen && textAt(stuck, 'reason') === 'ProgressDeadlineExceeded') {
    return { kind: 'stuck', cause: textAt(stuck, 'message') ?? 'The progress deadline passed.' };
  }
  const { updated, ready, desired } = progress;
  const settled = count(manifest, 'status', 'replicas') <= Math.max(updated, desired);
  const complete =
    seen && updated >= desired && ready >= desired && settled && !oldRevisionRuns(manifest);
  return complete ? { kind: 'complete' } : { kind: 'rolling', progress };
}

function progressOf(manifest: unknown): RolloutProgress {
  if (textAt(manifest, 'kind') === 'DaemonSet') {
    return {
      updated: count(manifest, 'status', 'updatedNumberScheduled'),
      ready: count(manifest, 'status', 'numberAvailable'),
      desired: count(manifest, 'status', 'desiredNumberScheduled'),
    };
  }
  const wanted = fieldAt(manifest, 'spec', 'replicas');
  return {
    updated: count(manifest, 'status', 'updatedReplicas'),
    ready: count(
      manifest,
      'status',
      textAt(manifest, 'kind') === 'StatefulSet' ? 'readyReplicas' : 'availableReplicas',
    ),
    desired: typeof wanted === 'number' ? wanted : 1,
  };
}

/** Old pods of a Deployment still count among its replicas; a StatefulSet tells by its revisions. */
function oldRevisionRuns(manifest: unknown): boolean {
  if (textAt(manifest, 'kind') !== 'StatefulSet') {
    return count(manifest, 'status', 'replicas') > progressOf(manifest).updated;
  }
  return (
    textAt(manifest, 'status', 'currentRevision') !== textAt(manifest, 'status', 'updateRevision')
  );
}

function conditionOf(manifest: unknown, type: string): unknown {
  return asList(fieldAt(manifest, 'status', 'conditions')).find(
    (one) => asObject(one)?.['type'] === type,
  );
}

function count(manifest: unknown, ...path: readonly string[]): number {
  const value = fieldAt(manifest, ...path);
  return typeof value === 'number' ? value : 0;
}
