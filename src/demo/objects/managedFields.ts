import type { Json, JsonObject, KubeObject } from './json.ts';
import { isObject, listAt, sameJson, textAt, withValue } from './json.ts';
import type { FieldSet, ListKeys } from './fieldSets.ts';
import {
  describePath,
  fieldsOf,
  fromFieldsV1,
  merge,
  parentsOf,
  toFieldsV1,
  valueAtPath,
  withoutPath,
} from './fieldSets.ts';
import type { StatusCause } from './status.ts';

/** Who writes: one entry of `metadata.managedFields` is kept for each different one. */
export interface FieldManager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
}

interface Owner extends FieldManager {
  readonly time: string;
  readonly fields: FieldSet;
}

export type ApplyResult =
  | { readonly kind: 'applied'; readonly object: JsonObject }
  | {
      readonly kind: 'conflicts';
      readonly message: string;
      readonly causes: readonly StatusCause[];
    };

/**
 * Ownership after an update: the manager owns what it changed or added, other managers lose
 * those fields, and nobody owns what is gone.
 */
export function trackUpdate(
  before: JsonObject | undefined,
  after: JsonObject,
  manager: FieldManager,
  context: { readonly keys: ListKeys; readonly time: string },
): JsonObject {
  const fields = fieldsOf(after, context.keys, true);
  const owners = before ? ownersOf(before) : [];
  const leaves = fieldsOf(after, context.keys, false);
  const changed = new Set(
    [...fields].filter((path) => {
      const old = before && valueAtPath(before, path);
      const now = valueAtPath(after, path);
      // A map that lost all its fields is not written by who took them away.
      const isEmptied = isObject(old) && isObject(now);
      return old === undefined || (leaves.has(path) && !isEmptied && !sameJson(old, now));
    }),
  );
  const others = owners.map((owner) => {
    const isMine = sameManager(owner, manager);
    const kept = [...owner.fields].filter(
      (path) => valueAtPath(after, path) !== undefined && (isMine || !changed.has(path)),
    );
    return { ...owner, fields: new Set(kept) };
  });
  return withOwners(
    after,
    changed.size === 0 ? others : withShare(others, manager, changed, context.time),
  );
}

/** Server-side apply of a configuration to the live object (or to nothing). */
export function applyConfiguration(
  live: JsonObject | undefined,
  configuration: JsonObject,
  manager: FieldManager,
  context: { readonly keys: ListKeys; readonly time: string; readonly force: boolean },
): ApplyResult {
  const applied = fieldsOf(configuration, context.keys, false);
  const owners = live ? ownersOf(live) : [];
  const mine = owners.find((owner) => sameManager(owner, manager));
  const others = owners.filter((owner) => owner !== mine);
  const changes = [...applied].filter(
    (path) => !sameJson(live && valueAtPath(live, path), valueAtPath(configuration, path)),
  );
  const conflicts = live === undefined ? [] : findConflicts(others, changes);
  if (conflicts.length > 0 && !context.force) return describeConflicts(conflicts);

  const taken = new Set(conflicts.map(({ path }) => path));
  const remaining = others.map((owner) => ({ ...owner, fields: minus(owner.fields, taken) }));
  const dropped = minus(mine?.fields ?? new Set<string>(), applied);
  const object = removeUnowned(merge(live, configuration, context.keys) as JsonObject, dropped, {
    remaining,
    applied,
  });
  const entry: Owner = { ...manager, time: context.time, fields: applied };
  const unchanged =
    mine !== undefined &&
    sameJson(toFieldsV1(mine.fields), toFieldsV1(applied)) &&
    taken.size === 0;
  return {
    kind: 'applied',
    object: withOwners(object, [...remaining, unchanged && changes.length === 0 ? mine : entry]),
  };
}

/** Removes what the manager stopped applying and nobody else owns, with the maps this empties. */
function removeUnowned(
  object: JsonObject,
  dropped: FieldSet,
  kept: { readonly remaining: readonly Owner[]; readonly applied: FieldSet },
): JsonObject {
  const owned = new Set(kept.remaining.flatMap((owner) => [...owner.fields]));
  const stillImplied = parentsOf(kept.applied);
  const emptied = minus(minus(minus(parentsOf(dropped), stillImplied), kept.applied), owned);
  let result = object;
  for (const path of [...dropped].toReversed()) {
    if (!owned.has(path) && !stillImplied.has(path)) result = withoutPath(result, path, emptied);
  }
  return result;
}

interface Conflict {
  readonly owner: Owner;
  readonly path: string;
}

function findConflicts(owners: readonly Owner[], changes: readonly string[]): readonly Conflict[] {
  return owners.flatMap((owner) =>
    changes.filter((path) => owner.fields.has(path)).map((path) => ({ owner, path })),
  );
}

/** Worded as the API server words it: `conflict with "kubectl-edit" using apps/v1: .spec.replicas`. */
function describeConflicts(conflicts: readonly Conflict[]): ApplyResult {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describeManager(owner)}`,
    field: describePath(path),
  }));
  const [first] = causes;
  if (first && causes.length === 1) {
    const message = `Apply failed with 1 conflict: ${first.message}: ${first.field}`;
    return { kind: 'conflicts', causes, message };
  }
  const managers = [...new Set(conflicts.map(({ owner }) => describeManager(owner)))].sort();
  const lines = managers.map((manager) => {
    const theirs = conflicts.filter(({ owner }) => describeManager(owner) === manager);
    return `conflicts with ${manager}:\n${theirs.map(({ path }) => `- ${describePath(path)}`).join('\n')}`;
  });
  const message = `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`;
  return { kind: 'conflicts', causes, message };
}

function describeManager(owner: Owner): string {
  const name = JSON.stringify(owner.name);
  return owner.operation === 'Update' ? `${name} using ${owner.apiVersion}` : name;
}

function ownersOf(object: JsonObject): readonly Owner[] {
  return listAt(object, 'metadata', 'managedFields').map((entry) => ({
    name: textAt(entry, 'manager') ?? '',
    operation: textAt(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
    apiVersion: textAt(entry, 'apiVersion') ?? '',
    time: textAt(entry, 'time') ?? '',
    fields: fromFieldsV1((entry as JsonObject)['fieldsV1']),
  }));
}

function withOwners(object: JsonObject, owners: readonly Owner[]): JsonObject {
  const entries: readonly Json[] = owners
    .filter((owner) => owner.fields.size > 0)
    .map((owner) => ({
      manager: owner.name,
      operation: owner.operation,
      apiVersion: owner.apiVersion,
      time: owner.time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(owner.fields),
    }));
  return withValue(object, ['metadata', 'managedFields'], entries.length > 0 ? entries : undefined);
}

function withShare(
  owners: readonly Owner[],
  manager: FieldManager,
  fields: FieldSet,
  time: string,
): readonly Owner[] {
  const mine = owners.find((owner) => sameManager(owner, manager));
  const entry: Owner = { ...manager, time, fields: new Set([...(mine?.fields ?? []), ...fields]) };
  return [...owners.filter((owner) => owner !== mine), entry];
}

function sameManager(owner: FieldManager, manager: FieldManager): boolean {
  return (
    owner.name === manager.name &&
    owner.operation === manager.operation &&
    (owner.operation === 'Apply' || owner.apiVersion === manager.apiVersion)
  );
}

function minus(left: FieldSet, right: FieldSet): FieldSet {
  return new Set([...left].filter((path) => !right.has(path)));
}

/** The object without its ownership record, for comparing what it says. */
export function withoutManagedFields(object: KubeObject): JsonObject {
  return withValue(object, ['metadata', 'managedFields'], undefined);
}
