import { isDeepStrictEqual } from 'node:util';

import type { Manifest } from '../mesh/index.ts';
import type { JsonObject } from '../sources/transport/jsonValue.ts';
import { asObject, isJsonObject } from '../sources/transport/jsonValue.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import type { JournalChange } from './journal.ts';
import { sameContent, writable } from './manifestContent.ts';
import type { WriteOptions, Written } from './write.ts';
import { applyObject, deleteObject, mergeIntoObject, preconditionOf } from './write.ts';
import type { WriteTarget } from './writeTarget.ts';

/** One change to take back, and the object as it is now. */
export interface Reversal {
  readonly kind: 'reversal';
  readonly target: WriteTarget;
  readonly change: JournalChange;
  readonly live: Manifest | undefined;
}

type RestoreOptions = Omit<WriteOptions, 'only'>;

/** Sends, or rehearses, the write that takes the change back. */
export async function restore(
  transport: KubeTransport,
  { target, change, live }: Reversal,
  restoring: RestoreOptions,
): Promise<Written> {
  const { before, configurationBefore } = change;
  if (live === undefined) {
    if (before === undefined) return { kind: 'written', manifest: undefined, created: false };
    return applyObject(transport, target, writable(before), restoring);
  }
  if (before === undefined)
    return deleteObject(transport, target, { ...restoring, only: preconditionOf(live) });
  return takeBack(
    transport,
    { target, live, before, configuration: configurationBefore ?? bare(before) },
    restoring,
  );
}

interface TakingBack {
  readonly target: WriteTarget;
  readonly live: Manifest;
  readonly before: Manifest;
  readonly configuration: Manifest;
}

/**
 * Applying what we applied before the change gives every field that we added back to nobody and every field that we
 * already had its old value; the owners are then the same as before, too. It cannot empty a map that somebody else
 * applied empty: the server makes null of it and refuses that. A dry run shows whether it suffices; else the difference
 * is merged in, guarded by uid and resource version, which overwrites nothing but our own change: nobody wrote since.
 */
async function takeBack(
  transport: KubeTransport,
  { target, live, before, configuration }: TakingBack,
  restoring: RestoreOptions,
): Promise<Written> {
  const { ref } = target;
  const options = { ...restoring, only: preconditionOf(live) };
  const patch = asPatch(before, mergePatch(writable(live), writable(before)));
  const ways = [
    (dryRun: boolean) => applyObject(transport, target, configuration, { ...options, dryRun }),
    (dryRun: boolean) => mergeIntoObject(transport, target, patch, { ...options, dryRun }),
  ];
  for (const way of ways) {
    const rehearsed = await way(true);
    const { manifest } = rehearsed.kind === 'written' ? rehearsed : {};
    if (manifest !== undefined && sameContent(manifest, before))
      return restoring.dryRun ? rehearsed : way(false);
  }
  const cause = `The API server would not make ${ref.kind} ${ref.name} what it was before.`;
  return { kind: 'failed', ref, cause };
}

function bare({ apiVersion, kind, metadata }: Manifest): Manifest {
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

function asPatch({ apiVersion, kind, metadata }: Manifest, patch: JsonObject): Manifest {
  const fields = asObject(patch['metadata']);
  return { ...patch, apiVersion, kind, metadata: { ...fields, name: metadata.name } };
}

/** The JSON merge patch (RFC 7396) from one object to another. */
function mergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const differing = keys.filter((key) => !isDeepStrictEqual(from[key], to[key]));
  return Object.fromEntries(
    differing.map((key): [string, unknown] => {
      const [was, becomes] = [from[key], to[key]];
      if (becomes === undefined) return [key, null];
      return [key, isJsonObject(was) && isJsonObject(becomes) ? mergePatch(was, becomes) : becomes];
    }),
  );
}
