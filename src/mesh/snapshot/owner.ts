import { isControllerKind } from '../model/kinds.ts';
import type { NamespaceObjects } from './namespaceObjects.ts';
import type { Labels, OwnerRef } from '../model/objects.ts';
import type { WorkloadControllerKind } from '../model/reference.ts';

/** A controller by kind and name. */
export interface ControllerName {
  readonly kind: WorkloadControllerKind;
  readonly name: string;
}

const MAX_HOPS = 4;

/**
 * The top-level controller behind an owner reference: ReplicaSets stand for their Deployment and Jobs
 * for their CronJob, also when these were not read and only their names tell.
 */
export function controllerOf(
  owner: OwnerRef | undefined,
  podLabels: Labels,
  objects: NamespaceObjects,
): ControllerName | undefined {
  let current = owner;
  let found: ControllerName | undefined;
  for (let hop = 0; current !== undefined && hop < MAX_HOPS; hop++) {
    const { kind, name } = current;
    if (!isControllerKind(kind)) return found;
    found = { kind, name };
    const controller = objects.controllers.get(`${kind}/${name}`);
    if (controller === undefined) return impliedOwner(found, podLabels) ?? found;
    current = controller.owner;
  }
  return found;
}

/** `web-5d4f` with the pod's hash `5d4f` is of Deployment `web`; `backup-28391040` of CronJob `backup`. */
function impliedOwner(owner: ControllerName, podLabels: Labels): ControllerName | undefined {
  const hash = podLabels['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) };
  }
  if (owner.kind !== 'Job') return undefined;
  const dash = owner.name.lastIndexOf('-');
  const time = owner.name.slice(dash + 1);
  const isTime = time.length >= 8 && time.length <= 10 && Number.isInteger(Number(time));
  return dash > 0 && isTime ? { kind: 'CronJob', name: owner.name.slice(0, dash) } : undefined;
}
