import type { Labels } from './objects.ts';

/** A JSON object of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

export const NO_LABELS: Labels = Object.freeze({});
const NOTHING: readonly unknown[] = Object.freeze([]);
const NO_FIELDS: Json = Object.freeze({});

export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

/** The object at `field`, or an empty one: for walking down paths that may be absent. */
export function objectAt(parent: Json, field: string): Json {
  return asObject(parent[field]) ?? NO_FIELDS;
}

export function arrayAt(parent: Json, field: string): readonly unknown[] {
  const value = parent[field];
  return Array.isArray(value) ? (value as readonly unknown[]) : NOTHING;
}

/** The objects of an array; anything else in it is passed over. The array itself is kept when it holds nothing else. */
export function objectsAt(parent: Json, field: string): readonly Json[] {
  const items = arrayAt(parent, field);
  return items.every(isObject) ? items : items.filter(isObject);
}

function isObject(value: unknown): value is Json {
  return asObject(value) !== undefined;
}

/**
 * What `read` makes of each object of an array; what it makes nothing of is left out. An array that is
 * mapped has room for its items only, where one that grows keeps room for 17 from its first item on.
 */
export function readEach<T>(
  parent: Json,
  field: string,
  read: (fields: Json) => T | undefined,
): readonly T[] {
  const all = objectsAt(parent, field).map(read);
  return all.every(isPresent) ? all : all.filter(isPresent);
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}

export function stringAt(parent: Json, field: string): string | undefined {
  const value = parent[field];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(parent: Json, field: string): number | undefined {
  const value = parent[field];
  return typeof value === 'number' ? value : undefined;
}

/** The strings of an array, which is kept itself when it holds nothing else. */
export function stringsAt(parent: Json, field: string): readonly string[] {
  const items = arrayAt(parent, field);
  return items.every(isString) ? items : items.filter(isString);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** String values by key. The object itself is kept when every value is a string, which is the rule. */
export function labelsAt(parent: Json, field: string): Labels {
  const value = asObject(parent[field]);
  if (value === undefined) return NO_LABELS;
  for (const key in value) {
    if (typeof value[key] !== 'string') return onlyStrings(value);
  }
  return value as Labels;
}

function onlyStrings(value: Json): Labels {
  const entries = Object.entries(value).filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(entries) as Labels;
}

/** A TCP or UDP port number, or undefined for anything that is none. */
export function asPort(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535
    ? value
    : undefined;
}
