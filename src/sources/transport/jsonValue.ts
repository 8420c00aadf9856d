/** A JSON object whose fields are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
