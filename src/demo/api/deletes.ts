import type { JsonObject, KubeObject } from '../objects/json.ts';
import { listAt, objectAt, textAt, withValue } from '../objects/json.ts';
import type { ResourceType } from '../objects/resources.ts';
import { namespaces, pods } from '../objects/resources.ts';
import type { Answer } from '../objects/status.ts';
import { notFound, ok, preconditionFailed } from '../objects/status.ts';
import type { Storage } from '../objects/storage.ts';
import type { Registry, Target } from './writes.ts';
import { subjectOf, timestamp, versioned } from './writes.ts';

/**
 * DELETE with DeleteOptions; pods linger until their kubelet has stopped them, and namespaces until they are empty. Like the real server, it looks for
 * `dryRun` in the query only when there are no options: beside a body the query counts for nothing.
 */
export function deleteObject(
  registry: Registry,
  target: Target,
  options: JsonObject,
  query: URLSearchParams,
): Answer {
  const { storage } = registry;
  const live = storage.get(target.type, target.namespace, target.name);
  if (!live) return notFound(subjectOf(target));
  const problem = problemWithDeletion(target, live, objectAt(options, 'preconditions'));
  if (problem) return problem;
  const asked =
    Object.keys(options).length > 0 ? listAt(options, 'dryRun') : query.getAll('dryRun');
  const isDryRun = asked.includes('All');
  if (target.type === pods || target.type === namespaces)
    return ok(versioned(isDryRun ? live : markDeleted(storage, live, target.type), target));
  if (!isDryRun) storage.remove(target.type, target.namespace, target.name);
  const { group, plural } = target.type;
  const details = { name: target.name, group, kind: plural, uid: live.metadata.uid };
  return ok({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

function problemWithDeletion(
  target: Target,
  live: KubeObject,
  preconditions: JsonObject,
): Answer | undefined {
  const { uid, resourceVersion } = live.metadata;
  const wanted = textAt(preconditions, 'uid');
  if (wanted !== undefined && wanted !== uid) {
    const why = `the UID in the precondition (${wanted}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    return preconditionFailed(subjectOf(target), why);
  }
  const version = textAt(preconditions, 'resourceVersion');
  if (version === undefined || version === resourceVersion) return undefined;
  const why = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
  return preconditionFailed(subjectOf(target), why);
}

/** Sets `deletionTimestamp`: the object is Terminating from now on. */
export function markDeleted(
  storage: Storage,
  object: KubeObject,
  type: ResourceType = pods,
): KubeObject {
  if (textAt(object, 'metadata', 'deletionTimestamp') !== undefined) return object;
  const marked = withValue(object, ['metadata', 'deletionTimestamp'], timestamp());
  const next = type === namespaces ? withValue(marked, ['status', 'phase'], 'Terminating') : marked;
  return storage.put(type, next as KubeObject);
}
