/** What is known about the connection to a cluster as a whole. `since` in milliseconds since the epoch. */
export type ClusterStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'synced' }
  /** It was synced; what is shown may be out of date. */
  | { readonly kind: 'stale'; readonly since: number; readonly cause: string }
  /** Nothing could be read. Trying again goes on. `hint` says what to do about it. */
  | { readonly kind: 'failed'; readonly cause: string; readonly hint?: string };
