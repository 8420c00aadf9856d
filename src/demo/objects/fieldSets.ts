import type { Json, JsonObject } from './json.ts';
import { isList, isObject } from './json.ts';

/**
 * The fields one manager owns, as server-side apply tracks them: each path is its `FieldsV1`
 * elements (`f:spec`, `k:{"name":"app"}`) joined by `separator`.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export type FieldSet = ReadonlySet<string>;

const separator = '\n';

/** Written by the server alone, so nobody owns them. */
const unowned = new Set([
  'f:apiVersion',
  'f:kind',
  ...[
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp',
    'managedFields',
    'generateName',
  ].map((field) => ['f:metadata', `f:${field}`].join(separator)),
]);

const keysOfLists: Readonly<Record<string, readonly string[]>> = {
  conditions: ['type'],
  containers: ['name'],
  env: ['name'],
  initContainers: ['name'],
  ownerReferences: ['uid'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
  webhooks: ['name'],
};

/** The key fields of an associative list; `undefined` for a list that is one value. */
export type ListKeys = (path: readonly string[]) => readonly string[] | undefined;

/** Istio's resources declare no list keys: all their lists are atomic. */
export const atomicLists: ListKeys = () => undefined;

/** The list keys of the built-in kinds that the demo serves. */
export const builtInLists: ListKeys = (path) => {
  const field = path.at(-1)?.slice(2) ?? '';
  if (field !== 'ports') return keysOfLists[field];
  if (path.includes('f:containers')) return ['containerPort', 'protocol'];
  return path.length === 2 && path[0] === 'f:spec' ? ['port', 'protocol'] : undefined;
};

/** Every leaf of the object; with `parents` also every map that holds them, as an update owns them. */
export function fieldsOf(object: JsonObject, keys: ListKeys, parents: boolean): FieldSet {
  const found = new Set<string>();
  collect(object, [], { keys, parents, found });
  for (const path of unowned) found.delete(path);
  return found;
}

interface Collection {
  readonly keys: ListKeys;
  readonly parents: boolean;
  readonly found: Set<string>;
}

function collect(value: Json, path: readonly string[], collection: Collection): void {
  const { found, parents } = collection;
  const keys = isList(value) ? collection.keys(path) : undefined;
  const children =
    isList(value) && keys
      ? value.map((item) => [itemElement(item, keys), item] as const)
      : isObject(value)
        ? Object.entries(value).map(([field, child]) => [`f:${field}`, child] as const)
        : [];
  const isItem = path.at(-1)?.startsWith('k:') === true;
  const isMetadata = path.length === 1 && path[0] === 'f:metadata';
  if (path.length > 0 && !isMetadata && (parents || isItem)) add(found, path);
  if (path.length > 0 && children.length === 0) add(found, path);
  for (const [element, child] of children) {
    if (child !== undefined) collect(child, [...path, element], collection);
  }
}

function add(found: Set<string>, path: readonly string[]): void {
  found.add(path.join(separator));
}

function itemElement(item: Json, keys: readonly string[]): string {
  const pairs = keys.map((key) => [key, keyValue(item, key)] as const);
  return `k:${JSON.stringify(Object.fromEntries(pairs))}`;
}

function keyValue(item: Json, key: string): Json {
  const value = isObject(item) ? item[key] : undefined;
  return value ?? (key === 'protocol' ? 'TCP' : null);
}

export function toFieldsV1(fields: FieldSet): JsonObject {
  const root: Record<string, Json> = {};
  for (const path of [...fields].sort()) {
    let here = root;
    for (const element of path.split(separator)) {
      const next = (here[element] ?? {}) as Record<string, Json>;
      here[element] = next;
      here = next;
    }
    here['.'] = {};
  }
  return withoutLoneDots(root);
}

function withoutLoneDots(node: JsonObject): JsonObject {
  const entries = Object.entries(node).filter(([element]) => element !== '.');
  const children = entries.map(([element, child]) => [
    element,
    isObject(child) ? withoutLoneDots(child) : {},
  ]);
  return {
    ...(entries.length > 0 && node['.'] !== undefined && { '.': {} }),
    ...(Object.fromEntries(children) as JsonObject),
  };
}

export function fromFieldsV1(fields: Json | undefined): FieldSet {
  const found = new Set<string>();
  const walk = (node: Json | undefined, path: readonly string[]): void => {
    const children = isObject(node) ? Object.entries(node) : [];
    if (path.length > 0 && (children.length === 0 || (isObject(node) && node['.'])))
      add(found, path);
    for (const [element, child] of children) {
      if (element !== '.') walk(child, [...path, element]);
    }
  };
  walk(fields, []);
  return found;
}

/** `.spec.template.spec.containers[name="app"].image`, as conflicts name a field. */
export function describePath(path: string): string {
  return path
    .split(separator)
    .map((element) => (element.startsWith('k:') ? describeKey(element) : `.${element.slice(2)}`))
    .join('');
}

function describeKey(element: string): string {
  const key = JSON.parse(element.slice(2)) as JsonObject;
  const pairs = Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${pairs.join(',')}]`;
}

export function valueAtPath(object: JsonObject, path: string): Json | undefined {
  let here: Json | undefined = object;
  for (const element of path.split(separator)) here = step(here, element);
  return here;
}

function step(value: Json | undefined, element: string): Json | undefined {
  if (isList(value)) return value[indexOfItem(value, element)];
  return isObject(value) ? value[element.slice(2)] : undefined;
}

function indexOfItem(list: readonly Json[], element: string): number {
  const keys = Object.keys(JSON.parse(element.slice(2)) as JsonObject);
  return list.findIndex((item) => itemElement(item, keys) === element);
}

/** The object without the value at the path, and without the parents that this empties and `drop` names. */
export function withoutPath(object: JsonObject, path: string, drop: FieldSet): JsonObject {
  const elements = path.split(separator);
  const rest = removeAt(object, elements, { drop, prefix: [] });
  return isObject(rest) ? rest : {};
}

function removeAt(
  value: Json | undefined,
  elements: readonly string[],
  context: { readonly drop: FieldSet; readonly prefix: readonly string[] },
): Json | undefined {
  const [element, ...rest] = elements;
  if (element === undefined || value === undefined) return undefined;
  const prefix = [...context.prefix, element];
  const child = removeAt(step(value, element), rest, { drop: context.drop, prefix });
  // A map that is emptied and has to stay becomes null, on the real server as well.
  const emptied = context.drop.has(prefix.join(separator)) ? undefined : null;
  const kept = isEmpty(child) ? emptied : child;
  if (isList(value)) {
    const index = indexOfItem(value, element);
    return value.flatMap((item, at) => (at !== index ? [item] : kept === undefined ? [] : [kept]));
  }
  if (!isObject(value)) return value;
  const copy: Record<string, Json | undefined> = { ...value };
  if (kept === undefined) Reflect.deleteProperty(copy, element.slice(2));
  else copy[element.slice(2)] = kept;
  return copy;
}

function isEmpty(value: Json | undefined): boolean {
  return isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** Every proper prefix of the paths: the maps and lists that a manager's leaves imply. */
export function parentsOf(fields: FieldSet): FieldSet {
  const parents = new Set<string>();
  for (const path of fields) {
    const elements = path.split(separator);
    for (let length = 1; length < elements.length; length++)
      add(parents, elements.slice(0, length));
  }
  return parents;
}

/**
 * The target with the patch laid over it: maps merge, `null` removes (RFC 7386), associative lists
 * merge item by item, everything else is replaced.
 */
export function merge(
  target: Json | undefined,
  patch: Json,
  keys: ListKeys,
  path: readonly string[] = [],
): Json {
  if (isList(patch)) {
    const keyFields = keys(path);
    return keyFields && isList(target) ? mergeItems(target, patch, keys, path) : patch;
  }
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json | undefined> = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) Reflect.deleteProperty(merged, field);
    else merged[field] = merge(merged[field], value, keys, [...path, `f:${field}`]);
  }
  return merged;
}

function mergeItems(
  target: readonly Json[],
  patch: readonly Json[],
  keys: ListKeys,
  path: readonly string[],
): readonly Json[] {
  const keyFields = keys(path) ?? [];
  const merged = [...target];
  for (const item of patch) {
    const element = itemElement(item, keyFields);
    const index = merged.findIndex((existing) => itemElement(existing, keyFields) === element);
    const value = merge(merged[index], item, keys, [...path, element]);
    if (index < 0) merged.push(value);
    else merged[index] = value;
  }
  return merged;
}
