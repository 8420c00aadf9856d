import type { Manifest } from '../mesh/index.ts';
import type { JsonObject } from '../sources/transport/jsonValue.ts';
import { asList, asObject, isJsonObject, textAt } from '../sources/transport/jsonValue.ts';
import type { FieldPath } from './manifestContent.ts';

/** The name under which this extension owns fields. */
export const FIELD_MANAGER = 'istio-mtls';

/**
 * The fields that we hold by server-side apply, in the API's own form (`f:spec` and so on); undefined when none.
 * Source: kubernetes.io/docs/reference/using-api/server-side-apply.
 */
export function ownFields(manifest: Manifest): JsonObject | undefined {
  const ours = entries(manifest).find(
    (entry) => textAt(entry, 'manager') === FIELD_MANAGER && textAt(entry, 'operation') === 'Apply',
  );
  return asObject(ours?.['fieldsV1']);
}

/** The other managers that own the field at `path` or something inside it. */
export function othersOwning(manifest: Manifest, path: FieldPath): readonly string[] {
  const owning = entries(manifest).filter((entry) => owns(entry['fieldsV1'], path));
  const names = owning.map((entry) => textAt(entry, 'manager') ?? 'an unnamed manager');
  return [...new Set(names.filter((name) => name !== FIELD_MANAGER))];
}

/** Whoever else wrote the object itself; controllers that only report its status are not among them. */
export function othersThatWrote(manifest: Manifest): readonly string[] {
  const written = entries(manifest).filter((entry) => entry['subresource'] === undefined);
  const names = written.map((entry) => textAt(entry, 'manager') ?? 'an unnamed manager');
  return [...new Set(names.filter((name) => name !== FIELD_MANAGER))];
}

/** Every manager that wrote to the object, or those that did by one operation. */
export function managersOf(manifest: Manifest, operation?: 'Apply' | 'Update'): readonly string[] {
  const written = entries(manifest).filter(
    (entry) => operation === undefined || textAt(entry, 'operation') === operation,
  );
  return [...new Set(written.flatMap((entry) => textAt(entry, 'manager') ?? []))];
}

function entries(manifest: Manifest): readonly JsonObject[] {
  return asList(manifest.metadata['managedFields']).filter(isJsonObject);
}

function owns(fields: unknown, path: FieldPath): boolean {
  let here = asObject(fields);
  for (const key of path) {
    if (here === undefined) return false;
    // A leaf in the set of fields stands for everything below it.
    if (Object.keys(here).length === 0) return true;
    here = asObject(here[`f:${key}`]);
  }
  return here !== undefined;
}
