import { asObject } from '../../mesh/index.ts';
import type { Json as JsonObject } from '../../mesh/index.ts';

export { asObject };
export type { JsonObject };

export function isJsonObject(value: unknown): value is JsonObject {
  return asObject(value) !== undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Walks object fields; undefined as soon as one is missing. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) here = asObject(here)?.[key];
  return here;
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  return asText(fieldAt(value, ...path));
}

/** The string entries of a map such as `metadata.labels`; anything else is left out. */
export function textMap(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(asObject(value) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
