import type { KubeFailure } from '../transport/kubeFailure.ts';
import type { WatchEnd } from '../transport/transport.ts';

/** Where a running watch stands. */
export interface WatchPosition {
  version: string;
  opened: boolean;
  error: KubeFailure | undefined;
}

/** The server's own time limit, or silence on a watch that was open and may be dead: both go on where they were. */
export function isOrdinaryEnd(
  end: WatchEnd,
  { opened }: WatchPosition,
): end is { readonly kind: 'closed' } {
  return end.kind === 'closed' || (end.kind === 'timed-out' && opened);
}

export function watchQuery(resourceVersion: string): Record<string, string | number | boolean> {
  const timeoutSeconds = Math.round(240 + Math.random() * 60);
  return { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds };
}

/** The version we stand at is too old, or the kind itself is gone or forbidden: only a new list tells. */
export function needsList(failure: KubeFailure): boolean {
  return failure.kind === 'status' && [403, 404, 410].includes(failure.status);
}
