import type { MissingFact } from '../../mesh/index.ts';

/** What is known about one kind in one namespace or everywhere. `since` in milliseconds since the epoch. */
export type WatchState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'synced' }
  /** Was synced; the connection is lost and being rebuilt. */
  | { readonly kind: 'stale'; readonly since: number; readonly cause: string }
  /** Forbidden by RBAC; tried again from time to time. */
  | { readonly kind: 'denied'; readonly cause: string }
  /** The server does not serve the kind. */
  | { readonly kind: 'absent' }
  /** Never synced yet; tried again with backoff. */
  | { readonly kind: 'failed'; readonly cause: string };

/** The state after the connection was lost. */
export function lost(state: WatchState, cause: string): WatchState {
  switch (state.kind) {
    case 'synced':
      return { kind: 'stale', since: Date.now(), cause };
    case 'stale':
      return { ...state, cause };
    case 'connecting':
    case 'denied':
    case 'absent':
    case 'failed':
      return { kind: 'failed', cause };
  }
}

/** Why a kind in this state counts as unknown; undefined when it is known. */
export function whyMissing(state: WatchState): MissingFact['why'] | undefined {
  switch (state.kind) {
    case 'synced':
    case 'stale':
      return undefined;
    case 'connecting':
      return 'not-loaded';
    case 'denied':
      return 'forbidden';
    case 'absent':
      return 'not-installed';
    case 'failed':
      return 'failed';
  }
}
