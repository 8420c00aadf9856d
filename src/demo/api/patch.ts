import { parse as parseYaml } from 'yaml';
import type { Json, JsonObject, KubeObject } from '../objects/json.ts';
import { isObject, listAt, objectAt, parseJson, textAt } from '../objects/json.ts';
import { withDefaults } from '../objects/defaults.ts';
import { unknownFieldsProblem, untypedProblem } from './fieldValidation.ts';
import { atomicLists, merge } from '../objects/fieldSets.ts';
import { applyConfiguration } from '../objects/managedFields.ts';
import { apiVersionOf } from '../objects/resources.ts';
import type { Answer } from '../objects/status.ts';
import {
  badRequest,
  conflict,
  failure,
  invalid,
  notFound,
  unsupportedMediaType,
} from '../objects/status.ts';
import type { Registry, Target, WriteOptions } from './writes.ts';
import {
  freshObject,
  listKeysOf,
  problemWithBody,
  problemWithNamespace,
  problemWithPreconditions,
  replacement,
  store,
  subjectOf,
  timestamp,
} from './writes.ts';

const mergeType = 'application/merge-patch+json';
const strategicType = 'application/strategic-merge-patch+json';
const applyType = 'application/apply-patch+yaml';

export interface PatchOptions extends WriteOptions {
  readonly contentType: string;
  readonly force: boolean;
  /** Whether the request named its field manager, which apply demands. */
  readonly named: boolean;
  /** `Strict`, `Warn` or `Ignore`. */
  readonly fieldValidation: string;
}

/** PATCH: JSON merge patch, strategic merge patch (built-in kinds only), or server-side apply. */
export function patchObject(
  registry: Registry,
  target: Target,
  text: string,
  options: PatchOptions,
): Answer {
  const body = options.contentType === applyType ? parseYamlText(text) : parseJson(text);
  if (!isObject(body)) return badRequest('error decoding patch: the body is not an object');
  if (options.contentType === applyType) {
    const untyped = untypedProblem(target, body);
    if (untyped) return untyped;
  }
  const checked = unknownFieldsProblem(target, body, options.fieldValidation);
  if (checked.kind === 'refused') return checked.answer;
  return { ...patchWith(registry, target, body, options), warnings: checked.warnings };
}

function patchWith(
  registry: Registry,
  target: Target,
  body: JsonObject,
  options: PatchOptions,
): Answer {
  switch (options.contentType) {
    case applyType:
      return apply(registry, target, body, options);
    case mergeType:
      return mergeOnto(registry, target, body, options);
    case strategicType:
      return target.type.custom ? unsupported(target) : mergeOnto(registry, target, body, options);
    default:
      return unsupported(target);
  }
}

function unsupported(target: Target): Answer {
  return unsupportedMediaType([
    mergeType,
    ...(target.type.custom ? [] : [strategicType]),
    applyType,
  ]);
}

function mergeOnto(
  registry: Registry,
  target: Target,
  patch: JsonObject,
  options: PatchOptions,
): Answer {
  const live = registry.storage.get(target.type, target.namespace, target.name);
  if (!live) return notFound(subjectOf(target));
  const keys = options.contentType === strategicType ? listKeysOf(target.type) : atomicLists;
  const problem = problemWithBody(target, patch) ?? problemWithPreconditions(target, live, patch);
  if (problem) return problem;
  const body = merge(live, patch, keys) as JsonObject;
  return store(registry, target, replacement(target, live, body), { ...options, code: 200 });
}

function apply(
  registry: Registry,
  target: Target,
  configuration: JsonObject,
  options: PatchOptions,
): Answer {
  const live = registry.storage.get(target.type, target.namespace, target.name);
  const problem =
    problemWithApply(target, configuration, options) ??
    (live
      ? problemWithPreconditions(target, live, configuration)
      : (problemWithAbsence(target, configuration) ?? problemWithNamespace(registry, target)));
  if (problem) return problem;
  const manager = {
    name: options.manager,
    operation: 'Apply',
    apiVersion: apiVersionOf(target.type, target.version),
  } as const;
  const context = { keys: listKeysOf(target.type), time: timestamp(), force: options.force };
  const result = applyConfiguration(live, configuration, manager, context);
  if (result.kind === 'conflicts') {
    const causes = result.causes.map((cause) => ({ ...cause }));
    return failure(409, 'Conflict', result.message, { causes });
  }
  const next = live
    ? applied(target, live, result.object)
    : firstApplied(registry, target, result.object);
  return store(registry, target, next, { ...options, code: live ? 200 : 201, tracked: true });
}

function applied(target: Target, live: KubeObject, object: JsonObject): KubeObject {
  const next = replacement(target, live, object);
  const managedFields = listAt(object, 'metadata', 'managedFields');
  return { ...next, metadata: { ...next.metadata, managedFields } };
}

function firstApplied(registry: Registry, target: Target, object: JsonObject): KubeObject {
  const managedFields = listAt(object, 'metadata', 'managedFields');
  const fresh = freshObject(target, object);
  const owned = { ...fresh, metadata: { ...fresh.metadata, managedFields } };
  return registry.admit(target.type, withDefaults(target.type, owned));
}

/** A uid asks for the very object that had it; a version alone is passed over by the real server, too. */
function problemWithAbsence(target: Target, configuration: JsonObject): Answer | undefined {
  const uid = textAt(configuration, 'metadata', 'uid');
  if (uid === undefined) return undefined;
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  return conflict(subjectOf(target), why);
}

function problemWithApply(
  target: Target,
  configuration: JsonObject,
  options: PatchOptions,
): Answer | undefined {
  if (!options.named) return managerRequired();
  if (
    textAt(configuration, 'apiVersion') === undefined ||
    textAt(configuration, 'kind') === undefined
  ) {
    return badRequest('apiVersion and kind are required in an applied configuration');
  }
  if (objectAt(configuration, 'metadata')['managedFields'] !== undefined) {
    return badRequest('metadata.managedFields must be nil');
  }
  return problemWithBody(target, configuration);
}

function managerRequired(): Answer {
  const subject = { group: 'meta.k8s.io', resource: '', kind: 'PatchOptions', name: '' };
  const message = 'Required value: is required for apply patch';
  return invalid(subject, [{ reason: 'FieldValueRequired', field: 'fieldManager', message }]);
}

/** YAML, of which JSON is a part. */
function parseYamlText(text: string): Json | undefined {
  try {
    return parseYaml(text, { maxAliasCount: 0 }) as Json;
  } catch {
    return undefined;
  }
}
