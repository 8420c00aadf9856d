import type { ObjectKind } from '../../mesh/index.ts';
import type { WatchState } from './watchState.ts';

/** What is known about the connection to a cluster as a whole. `since` in milliseconds since the epoch. */
export type ClusterStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'synced' }
  /** It was synced; what is shown may be out of date. */
  | { readonly kind: 'stale'; readonly since: number; readonly cause: string }
  /** It was synced, and is not followed while nothing needs it; then everything is read again. */
  | { readonly kind: 'paused'; readonly since: number }
  /**
   * Nothing could be read. Trying again goes on. `hint` says what to do about it; `forbidden` when all of it was, so that
   * other namespaces may be worth a try.
   */
  | {
      readonly kind: 'failed';
      readonly cause: string;
      readonly hint?: string;
      readonly forbidden?: true;
    };

/** One kind and what is known about it. */
export interface StateOfKind {
  readonly kind: ObjectKind;
  readonly state: WatchState;
}

/**
 * The state of the whole from the states of all kinds. A single kind that cannot be read, as when its conversion
 * webhook is down, leaves the rest usable and is a missing fact; without namespaces there is nothing to show.
 */
export function statusOf(kinds: readonly StateOfKind[]): ClusterStatus {
  const states = kinds.map(({ state }) => state);
  const stale = states.filter((state) => state.kind === 'stale');
  const [oldest] = stale.sort((left, right) => left.since - right.since);
  if (oldest !== undefined) return { kind: 'stale', since: oldest.since, cause: oldest.cause };
  const namespaces = kinds.find(({ kind }) => kind === 'Namespace')?.state;
  if (namespaces?.kind === 'failed') return { kind: 'failed', cause: namespaces.cause };
  if (states.some((state) => state.kind === 'connecting')) return { kind: 'connecting' };
  if (states.some((state) => state.kind === 'synced')) return { kind: 'synced' };
  return nothingAllowed(states);
}

function nothingAllowed(states: readonly WatchState[]): ClusterStatus {
  const denied = states.find((state) => state.kind === 'denied');
  return {
    kind: 'failed',
    cause: `The API server lets this context list nothing: ${denied?.cause ?? 'every kind is absent'}`,
    hint: 'Ask for permission to list and watch namespaces, pods, services and Istio policies.',
    ...(denied !== undefined && { forbidden: true }),
  };
}
