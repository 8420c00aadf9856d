import { randomBytes, randomUUID } from 'node:crypto';
import type { Json, JsonObject, KubeObject } from '../objects/json.ts';
import { isObject, listAt, objectAt, sameJson, textAt, withValue } from '../objects/json.ts';
import { withDefaults } from '../objects/defaults.ts';
import { atomicLists, builtInLists } from '../objects/fieldSets.ts';
import type { ListKeys } from '../objects/fieldSets.ts';
import type { FieldManager } from '../objects/managedFields.ts';
import { trackUpdate, withoutManagedFields } from '../objects/managedFields.ts';
import type { ResourceType } from '../objects/resources.ts';
import { apiVersionOf, namespaces } from '../objects/resources.ts';
import type { Answer, Subject } from '../objects/status.ts';
import {
  alreadyExists,
  badRequest,
  created,
  invalid,
  modifiedMeanwhile,
  namespaceTerminating,
  notFound,
  ok,
} from '../objects/status.ts';
import type { Storage } from '../objects/storage.ts';
import { validateObject } from '../objects/validation.ts';

/** Changes a pod on its way into storage, as mutating webhooks do. */
export type Admission = (type: ResourceType, object: KubeObject) => KubeObject;

/** What writing needs besides the request. */
export interface Registry {
  readonly storage: Storage;
  readonly admit: Admission;
}

/** The object a request addresses, and how. */
export interface Target {
  readonly type: ResourceType;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly subresource?: 'status';
}

export interface WriteOptions {
  /** `metadata.managedFields[].manager`. */
  readonly manager: string;
  readonly dryRun: boolean;
}

export function subjectOf(target: Target): Subject {
  const { type, name } = target;
  return { group: type.group, resource: type.plural, kind: type.kind, name };
}

/** POST: the body under a new uid, generation 1 and the time of now. */
export function createObject(
  registry: Registry,
  target: Target,
  body: JsonObject,
  options: WriteOptions,
): Answer {
  const name = textAt(body, 'metadata', 'name') ?? generatedName(body);
  const named = { ...target, name };
  const problem = problemWithBody(named, body) ?? problemWithNamespace(registry, named);
  if (problem) return problem;
  if (registry.storage.get(target.type, target.namespace, name))
    return alreadyExists(subjectOf(named));
  const fresh = withDefaults(target.type, freshObject(named, body));
  return store(registry, named, registry.admit(target.type, fresh), { ...options, code: 201 });
}

/** PUT: replaces the object; a body without resourceVersion wins unconditionally. */
export function updateObject(
  registry: Registry,
  target: Target,
  body: JsonObject,
  options: WriteOptions,
): Answer {
  const live = registry.storage.get(target.type, target.namespace, target.name);
  if (!live) return notFound(subjectOf(target));
  const problem = problemWithBody(target, body) ?? problemWithPreconditions(target, live, body);
  if (problem) return problem;
  return store(registry, target, replacement(target, live, body), { ...options, code: 200 });
}

/** The next state of a live object: what the server owns is carried over from it. */
export function replacement(target: Target, live: KubeObject, body: JsonObject): KubeObject {
  const next = {
    ...body,
    apiVersion: apiVersionOf(target.type),
    kind: target.type.kind,
    metadata: {
      ...objectAt(body, 'metadata'),
      ...serverOwned(live),
      managedFields: live.metadata['managedFields'],
    },
  };
  if (target.subresource === 'status') return { ...live, status: body['status'] };
  return withDefaults(target.type, { ...next, status: live['status'] } as unknown as KubeObject);
}

/** `resourceVersion` and `uid` in a written object are preconditions. */
export function problemWithPreconditions(
  target: Target,
  live: KubeObject,
  body: JsonObject,
): Answer | undefined {
  const version = textAt(body, 'metadata', 'resourceVersion') ?? '';
  if (version !== '' && version !== live.metadata.resourceVersion)
    return modifiedMeanwhile(subjectOf(target));
  const uid = textAt(body, 'metadata', 'uid');
  if (uid === undefined || uid === live.metadata.uid) return undefined;
  const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
  const cause = { reason: 'FieldValueInvalid', message, field: 'metadata.uid' };
  // It is checked for every object, and for custom resources once more.
  return invalid(subjectOf(target), target.type.custom ? [cause, cause] : [cause]);
}

interface StoreOptions extends WriteOptions {
  readonly code: number;
  /** Given when server-side apply has already recorded who owns what. */
  readonly tracked?: boolean;
}

/** Validates, stamps and stores; an object that says what is stored already is not written again. */
export function store(
  registry: Registry,
  target: Target,
  object: KubeObject,
  options: StoreOptions,
): Answer {
  const live = registry.storage.get(target.type, target.namespace, target.name);
  const checked = validateObject(target.type, object, subjectOf(target));
  if (checked.kind === 'invalid') return checked.answer;
  const next = withGeneration(live, checked.object);
  const tracked =
    options.tracked === true ? next : trackedUpdate(target, live, next, options.manager);
  const isSame = live !== undefined && sameJson(withoutTimes(live), withoutTimes(tracked));
  const stored = isSame
    ? live
    : options.dryRun
      ? tracked
      : registry.storage.put(target.type, tracked);
  const body = versioned(stored, target);
  return options.code === 201 ? created(body) : ok(body);
}

function trackedUpdate(
  target: Target,
  live: KubeObject | undefined,
  next: KubeObject,
  manager: string,
): KubeObject {
  if (live && sameJson(withoutManagedFields(live), withoutManagedFields(next))) return live;
  const apiVersion = apiVersionOf(target.type, target.version);
  const owner: FieldManager = { name: manager, operation: 'Update', apiVersion };
  const context = { keys: listKeysOf(target.type), time: timestamp() };
  return trackUpdate(live, next, owner, context) as KubeObject;
}

function withGeneration(live: KubeObject | undefined, next: KubeObject): KubeObject {
  if (!live) return next;
  const generation = Number(live.metadata['generation'] ?? 1);
  const changed = !sameJson(withoutMetadata(live), withoutMetadata(next));
  return withValue(
    next,
    ['metadata', 'generation'],
    changed ? generation + 1 : generation,
  ) as KubeObject;
}

function withoutMetadata(object: KubeObject): JsonObject {
  return { ...object, metadata: undefined, status: undefined };
}

function withoutTimes(object: KubeObject): JsonObject {
  const entries = listAt(object, 'metadata', 'managedFields').map((entry) =>
    isObject(entry) ? { ...entry, time: undefined } : entry,
  );
  return withValue(object, ['metadata', 'managedFields'], entries);
}

export function listKeysOf(type: ResourceType): ListKeys {
  return type.custom ? atomicLists : builtInLists;
}

/** The object as the requested API version spells it. */
export function versioned(
  object: KubeObject,
  target: Pick<Target, 'type' | 'version'>,
): KubeObject {
  return { ...object, apiVersion: apiVersionOf(target.type, target.version) };
}

/** An object with everything that a server adds on creation. */
export function freshObject(target: Target, body: JsonObject): KubeObject {
  const metadata = {
    ...objectAt(body, 'metadata'),
    name: target.name,
    ...(target.namespace !== undefined && { namespace: target.namespace }),
    uid: randomUUID(),
    resourceVersion: '',
    generation: 1,
    creationTimestamp: timestamp(),
    managedFields: undefined,
    generateName: textAt(body, 'metadata', 'generateName'),
  };
  return { ...body, apiVersion: apiVersionOf(target.type), kind: target.type.kind, metadata };
}

/** RFC 3339 in UTC with a resolution of one second, as `metav1.Time` has. */
export function timestamp(date: Date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** Checks kind, version, name and namespace of a body against the address it was sent to. */
export function problemWithBody(target: Target, body: JsonObject): Answer | undefined {
  const expected = apiVersionOf(target.type, target.version);
  const apiVersion = textAt(body, 'apiVersion') ?? expected;
  const kind = textAt(body, 'kind') ?? target.type.kind;
  if (apiVersion !== expected || kind !== target.type.kind) {
    const got = `${apiVersion}, Kind=${kind}`;
    return badRequest(
      `the object provided is unrecognized (must be of type ${target.type.kind}): ${got}`,
    );
  }
  const name = textAt(body, 'metadata', 'name');
  if (name !== undefined && name !== target.name) {
    return badRequest(
      `the name of the object (${name}) does not match the name on the URL (${target.name})`,
    );
  }
  const namespace: Json | undefined = textAt(body, 'metadata', 'namespace') ?? target.namespace;
  return namespace === target.namespace
    ? undefined
    : badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
}

/** Objects cannot be created in a namespace that does not exist, or will soon not exist any more. */
export function problemWithNamespace(registry: Registry, target: Target): Answer | undefined {
  const { namespace } = target;
  if (namespace === undefined) return undefined;
  const live = registry.storage.get(namespaces, undefined, namespace);
  if (live?.metadata['deletionTimestamp'] !== undefined)
    return namespaceTerminating(subjectOf(target), namespace);
  if (live) return undefined;
  return notFound({ group: '', resource: 'namespaces', kind: 'Namespace', name: namespace });
}

function generatedName(body: JsonObject): string {
  const prefix = textAt(body, 'metadata', 'generateName');
  return prefix === undefined ? '' : `${prefix}${randomBytes(3).toString('hex').slice(0, 5)}`;
}

function serverOwned(live: KubeObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = live.metadata;
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    uid,
    resourceVersion,
    creationTimestamp,
    generation: live.metadata['generation'],
    deletionTimestamp: live.metadata['deletionTimestamp'],
  };
}
