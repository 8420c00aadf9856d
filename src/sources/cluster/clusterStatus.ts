import type { WatchState } from './watchState.ts';

/** What is known about the connection to a cluster as a whole. `since` in milliseconds since the epoch. */
export type ClusterStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'synced' }
  /** It was synced; what is shown may be out of date. */
  | { readonly kind: 'stale'; readonly since: number; readonly cause: string }
  /** Nothing could be read. Trying again goes on. `hint` says what to do about it. */
  | { readonly kind: 'failed'; readonly cause: string; readonly hint?: string };

/** The state of the whole from the states of all kinds. */
export function statusOf(states: readonly WatchState[]): ClusterStatus {
  const stale = states.filter((state) => state.kind === 'stale');
  const [oldest] = stale.sort((left, right) => left.since - right.since);
  if (oldest !== undefined) return { kind: 'stale', since: oldest.since, cause: oldest.cause };
  if (states.some((state) => state.kind === 'synced')) {
    return states.some((state) => state.kind === 'connecting')
      ? { kind: 'connecting' }
      : { kind: 'synced' };
  }
  const failed = states.find((state) => state.kind === 'failed');
  if (failed !== undefined) return { kind: 'failed', cause: failed.cause };
  if (states.some((state) => state.kind === 'connecting')) return { kind: 'connecting' };
  return nothingAllowed(states);
}

function nothingAllowed(states: readonly WatchState[]): ClusterStatus {
  const denied = states.find((state) => state.kind === 'denied');
  return {
    kind: 'failed',
    cause: `The API server lets this context list nothing: ${denied?.cause ?? 'every kind is absent'}`,
    hint: 'Ask for permission to list and watch namespaces, pods, services and Istio policies.',
  };
}
