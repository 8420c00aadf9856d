import { asObject } from '../model/json.ts';
import { isKind, kindEntry } from '../model/kinds.ts';
import type { Manifest } from '../model/manifest.ts';

/** A field that a manifest and the live object have otherwise; undefined where one of them lacks it. */
export interface FieldDifference {
  /** Keys and positions from the root of the object. */
  readonly path: readonly (string | number)[];
  readonly file: unknown;
  readonly live: unknown;
}

/**
 * The fields in which the live object is not what its manifest says. What servers and controllers add by themselves
 * does not count: in `metadata` and in Kubernetes' own kinds only what the manifest names is compared. Istio's kinds are
 * stored as they are applied, so that there a field that only the live object has counts, too.
 */
export function manifestDrift(manifest: Manifest, live: Manifest): readonly FieldDifference[] {
  const rule = storedAsApplied(manifest.kind) ? 'both' : 'named';
  const fields = new Set([...Object.keys(manifest), ...Object.keys(live)]);
  return [
    ...METADATA.flatMap((key) =>
      differences(manifest.metadata[key], live.metadata[key], ['metadata', key], 'named'),
    ),
    ...[...fields]
      .filter((field) => !NOT_COMPARED.has(field))
      .flatMap((field) => differences(manifest[field], live[field], [field], rule)),
  ];
}

const METADATA = ['labels', 'annotations'] as const;

/** The version is the server's to choose, and status is no wish. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

function storedAsApplied(kind: string): boolean {
  return isKind(kind) && kindEntry(kind).custom === true;
}

/** Whether all fields count, or only those that the manifest names. */
type Rule = 'both' | 'named';

function differences(
  file: unknown,
  live: unknown,
  path: FieldDifference['path'],
  rule: Rule,
): readonly FieldDifference[] {
  if (isSame(file, live) || (rule === 'named' && isNothing(file))) return [];
  const mine = asObject(file ?? {});
  const theirs = asObject(live ?? {});
  if (mine !== undefined && theirs !== undefined && (file ?? live) !== null) {
    const keys = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
    return [...keys].flatMap((key) => differences(mine[key], theirs[key], [...path, key], rule));
  }
  if (Array.isArray(file) && Array.isArray(live) && file.length === live.length) {
    const [mineList, theirList]: readonly (readonly unknown[])[] = [file, live];
    return (mineList ?? []).flatMap((one, index) =>
      differences(one, theirList?.[index], [...path, index], rule),
    );
  }
  return [{ path, file, live }];
}

/** Servers keep no empty value, and numbers where the schema wants text they keep as text. */
function isSame(file: unknown, live: unknown): boolean {
  if (isNothing(file) && isNothing(live)) return true;
  return isPlain(file) && isPlain(live) && String(file) === String(live);
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  const object = asObject(value);
  return object !== undefined && Object.values(object).every(isNothing);
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
