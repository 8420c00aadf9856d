import type { JsonObject, KubeObject } from '../json.ts';
import { textAt, withValue } from '../json.ts';
import { pods } from './resources.ts';
import type { Answer } from './status.ts';
import { conflict, notFound, ok } from './status.ts';
import type { Storage } from './storage.ts';
import type { Registry, Target } from './writes.ts';
import { subjectOf, timestamp, versioned } from './writes.ts';

/** DELETE with `preconditions` of DeleteOptions; pods linger until their kubelet has stopped them. */
export function deleteObject(
  registry: Registry,
  target: Target,
  preconditions: JsonObject,
  dryRun: boolean,
): Answer {
  const { storage } = registry;
  const live = storage.get(target.type, target.namespace, target.name);
  if (!live) return notFound(subjectOf(target));
  const problem = problemWithDeletion(target, live, preconditions);
  if (problem) return problem;
  if (dryRun) return ok(versioned(live, target));
  if (target.type === pods) return ok(versioned(markDeleted(storage, live), target));
  const last = storage.remove(target.type, target.namespace, target.name) ?? live;
  const { group, plural } = target.type;
  const details = { name: target.name, group, kind: plural, uid: last.metadata.uid };
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
    const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`;
    return conflict(subjectOf(target), why);
  }
  const version = textAt(preconditions, 'resourceVersion');
  if (version === undefined || version === resourceVersion) return undefined;
  const why = `Precondition failed: ResourceVersion in precondition: ${version}, ResourceVersion in object meta: ${resourceVersion}`;
  return conflict(subjectOf(target), why);
}

/** Sets `deletionTimestamp`: the pod is Terminating from now on. */
export function markDeleted(storage: Storage, pod: KubeObject): KubeObject {
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return pod;
  const marked = withValue(pod, ['metadata', 'deletionTimestamp'], timestamp());
  return storage.put(pods, marked as KubeObject);
}
