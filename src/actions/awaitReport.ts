import type { Manifest } from '../mesh/index.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { sameContent } from './manifestContent.ts';
import type { WriteRefusal } from './refusal.ts';
import type { Step } from './step.ts';
import type { Live } from './writeTarget.ts';
import { readLive } from './writeTarget.ts';

/** Milliseconds for the API server to report a write that it took, reading again every so often. */
const REPORT_LIMIT_MS = 5_000;
const REPORT_PAUSE_MS = 250;

/**
 * Waits until the cluster itself tells what was written (`undefined` for a deletion): a write that nobody can read back
 * did not happen. Versions are opaque and cannot be put in order, so it is the same version or the same content that
 * counts; an answer from before the write is neither.
 */
export async function awaitReport(
  transport: KubeTransport,
  { target, change }: Step,
  written: Manifest | undefined,
  signal: AbortSignal,
): Promise<WriteRefusal | undefined> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(REPORT_LIMIT_MS)]);
  let isThere = false;
  while (!end.aborted) {
    const answer = await readLive(transport, target.path, end);
    if (isReported(answer, written, change.before)) return undefined;
    isThere = answer.kind === 'present';
    await new Promise((resolve) => setTimeout(resolve, REPORT_PAUSE_MS));
  }
  const cause =
    isThere && written !== undefined
      ? 'The API server took the change, but reports another state of the object: somebody may have changed it again.'
      : 'The API server took the change but does not report it.';
  return { kind: 'failed', ref: change.ref, cause };
}

function isReported(
  live: Live,
  written: Manifest | undefined,
  before: Manifest | undefined,
): boolean {
  if (live.kind === 'absent') return written === undefined;
  if (live.kind !== 'present') return false;
  const { uid, resourceVersion } = live.manifest.metadata;
  if (written === undefined) {
    // A finalizer may hold a deleted object for a while, and another may have its name already.
    return (
      uid !== before?.metadata.uid || live.manifest.metadata['deletionTimestamp'] !== undefined
    );
  }
  const isSameVersion = resourceVersion === written.metadata.resourceVersion;
  return uid === written.metadata.uid && (isSameVersion || sameContent(live.manifest, written));
}
