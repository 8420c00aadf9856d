import { isDeepStrictEqual } from 'node:util';

import type { Manifest } from '../mesh/index.ts';
import type { JsonObject } from '../sources/transport/jsonValue.ts';
import { asObject, isJsonObject, textAt } from '../sources/transport/jsonValue.ts';

/** Metadata that the server or a controller writes by itself, so that it says nothing about what people want. */
const SERVER_METADATA = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];
const CONTROLLER_ANNOTATION = 'deployment.kubernetes.io/';

/** Reads what a server answered as a manifest; undefined when it is none. */
export function asManifest(value: unknown): Manifest | undefined {
  return isManifest(value) ? value : undefined;
}

function isManifest(value: unknown): value is Manifest {
  if (!isJsonObject(value)) return false;
  const named = textAt(value, 'metadata', 'name') !== undefined;
  return named && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string';
}

/** The object as people see it: without status, field ownership and counters. Age and uid stay. */
export function visible(manifest: Manifest): Manifest {
  const metadata = without(manifest.metadata, ['managedFields', 'resourceVersion', 'generation']);
  const { name } = manifest.metadata;
  const { apiVersion, kind } = manifest;
  return { apiVersion, kind, ...without(manifest, ['status']), metadata: { ...metadata, name } };
}

/** What someone would have to write to get this object: no status, and nothing that the server adds by itself. */
export function writable(manifest: Manifest): Manifest {
  const shown = visible(manifest);
  const { name } = manifest.metadata;
  const metadata = without(without(shown.metadata, SERVER_METADATA), emptyMaps(shown.metadata));
  return { ...shown, metadata: { ...metadata, name } };
}

/** The server stores no empty map of labels or annotations. */
function emptyMaps(metadata: JsonObject): readonly string[] {
  return ['labels', 'annotations'].filter((key) => {
    const map = asObject(metadata[key]);
    return map !== undefined && Object.keys(map).length === 0;
  });
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Whether two states of an object say the same: everything but status and what servers and controllers write. */
export function sameContent(left: Manifest, right: Manifest): boolean {
  return isDeepStrictEqual(comparable(left), comparable(right));
}

function comparable(manifest: Manifest): JsonObject {
  const { metadata, ...rest } = writable(manifest);
  const annotations = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => !key.startsWith(CONTROLLER_ANNOTATION),
  );
  return {
    ...rest,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels },
      annotations: Object.fromEntries(annotations),
    },
  };
}

/** A place inside an object: keys from the top. */
export type FieldPath = readonly string[];

/**
 * The places where `wanted` has something that `got` does not have or has otherwise. Lists count as one value, and an
 * empty object is as good as none.
 */
export function unmet(wanted: unknown, got: unknown, at: FieldPath = []): readonly FieldPath[] {
  if (isDeepStrictEqual(wanted, got)) return [];
  if (!isJsonObject(wanted)) return [at];
  // Apply leaves no empty object behind when it takes the last of its fields back.
  const found = got === undefined ? {} : asObject(got);
  if (found === undefined) return [at];
  return Object.entries(wanted).flatMap(([key, value]) => unmet(value, found[key], [...at, key]));
}

/** The places that `before` has, `wanted` does not, and `got` still does. */
export function kept(
  before: unknown,
  wanted: unknown,
  got: unknown,
  at: FieldPath = [],
): readonly FieldPath[] {
  if (!isJsonObject(before) || got === undefined) return [];
  const [left, stays] = [asObject(wanted), asObject(got)];
  return Object.entries(before).flatMap(([key, value]) => {
    if (stays?.[key] === undefined) return [];
    if (left?.[key] === undefined) return leaves(value, [...at, key]);
    return kept(value, left[key], stays[key], [...at, key]);
  });
}

function leaves(value: unknown, at: FieldPath): readonly FieldPath[] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [at];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...at, key]));
}

/** `spec.mtls.mode`, as the API server spells places, without its leading dot. */
export function fieldText(path: FieldPath): string {
  return path
    .map((key) => (/^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`))
    .join('')
    .replace(/^\./, '');
}
