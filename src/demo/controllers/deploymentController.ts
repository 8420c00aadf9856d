import { createHash, randomInt } from 'node:crypto';
import type { JsonObject, KubeObject } from '../objects/json.ts';
import {
  canonical,
  listAt,
  numberAt,
  objectAt,
  sameJson,
  textAt,
  textMapAt,
} from '../objects/json.ts';
import { markDeleted } from '../api/deletes.ts';
import type { ResourceType } from '../objects/resources.ts';
import { deployments, pods, replicaSets } from '../objects/resources.ts';
import type { StoredEvent } from '../objects/storage.ts';
import type { Registry, Target } from '../api/writes.ts';
import { createObject, timestamp } from '../api/writes.ts';
import { isReady, isTerminating } from './podStatus.ts';

const manager = { manager: 'kube-controller-manager', dryRun: false };

/** Letters and digits that Kubernetes uses in generated names: no vowels, nothing ambiguous. */
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** Keeps ReplicaSets, pods and status in step with the Deployment that an event concerns. */
export function reconcileDeployment(registry: Registry, event: StoredEvent): void {
  const { type, object } = event;
  if (type === deployments && event.kind === 'deleted') collectGarbage(registry, object);
  else if (type === deployments) rollOut(registry, object);
  else if (type === pods || type === replicaSets) rollOutOwner(registry, object);
}

function rollOutOwner(registry: Registry, object: KubeObject): void {
  const [owner] = listAt(object, 'metadata', 'ownerReferences');
  const name = textAt(owner, 'name') ?? '';
  const namespace = object.metadata.namespace ?? '';
  if (textAt(owner, 'kind') === 'Deployment') rollOutNamed(registry, namespace, name);
  if (textAt(owner, 'kind') !== 'ReplicaSet') return;
  const replicaSet = registry.storage.get(replicaSets, namespace, name);
  if (replicaSet) rollOutOwner(registry, replicaSet);
}

function rollOutNamed(registry: Registry, namespace: string, name: string): void {
  const deployment = registry.storage.get(deployments, namespace, name);
  if (deployment) rollOut(registry, deployment);
}

/** New pods first; the old ones go when the new ones are ready, as a rolling update surges. */
function rollOut(registry: Registry, seen: KubeObject): void {
  const { storage } = registry;
  const namespace = seen.metadata.namespace ?? '';
  const deployment = storage.get(deployments, namespace, seen.metadata.name);
  if (!deployment) return;
  const desired = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const current = currentReplicaSet(registry, deployment);
  const replicas = livePods(registry, namespace, current);
  for (let missing = desired - replicas.length; missing > 0; missing--)
    createPod(registry, current);
  for (const surplus of replicas.slice(desired)) markDeleted(storage, surplus);

  const old = ownedBy(registry, replicaSets, deployment).filter(
    (one) => one.metadata.name !== current.metadata.name,
  );
  const ready = livePods(registry, namespace, current).filter(isReady).length;
  for (const replicaSet of old) {
    const leftover = livePods(registry, namespace, replicaSet);
    if (ready >= desired) for (const pod of leftover) markDeleted(storage, pod);
    putReplicas(registry, replicaSet, ready >= desired ? 0 : leftover.length);
  }
  putReplicas(registry, current, desired);
  putStatus(registry, deployment, current);
}

function currentReplicaSet(registry: Registry, deployment: KubeObject): KubeObject {
  const { name, namespace = '' } = deployment.metadata;
  const template = objectAt(deployment, 'spec', 'template');
  const hash = templateHash(template);
  const existing = registry.storage.get(replicaSets, namespace, `${name}-${hash}`);
  if (existing) return existing;
  const hashLabel = { 'pod-template-hash': hash };
  const labels = { ...textMapAt(template, 'metadata', 'labels'), ...hashLabel };
  const matchLabels = { ...textMapAt(deployment, 'spec', 'selector', 'matchLabels'), ...hashLabel };
  const body = {
    metadata: { name: `${name}-${hash}`, labels, ownerReferences: [ownerReference(deployment)] },
    spec: {
      replicas: numberAt(deployment, 'spec', 'replicas') ?? 1,
      selector: { matchLabels },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
  };
  return createOwned(registry, replicaSets, namespace, body);
}

function createPod(registry: Registry, replicaSet: KubeObject): void {
  const { name, namespace = '' } = replicaSet.metadata;
  const template = objectAt(replicaSet, 'spec', 'template');
  const metadata = {
    ...objectAt(template, 'metadata'),
    name: `${name}-${randomLetters(5)}`,
    generateName: `${name}-`,
    ownerReferences: [ownerReference(replicaSet)],
  };
  createOwned(registry, pods, namespace, { metadata, spec: objectAt(template, 'spec') });
}

function createOwned(
  registry: Registry,
  type: ResourceType,
  namespace: string,
  body: JsonObject,
): KubeObject {
  const target: Target = { type, version: type.versions[0], namespace, name: '' };
  return createObject(registry, target, body, manager).body as KubeObject;
}

function putReplicas(registry: Registry, replicaSet: KubeObject, replicas: number): void {
  const { name, namespace = '' } = replicaSet.metadata;
  const live = registry.storage.get(replicaSets, namespace, name);
  if (!live) return;
  const own = livePods(registry, namespace, live);
  const ready = own.filter(isReady).length;
  const generation = Number(live.metadata['generation'] ?? 1);
  const changes = numberAt(live, 'spec', 'replicas') !== replicas;
  const next = {
    ...live,
    metadata: { ...live.metadata, generation: changes ? generation + 1 : generation },
    spec: { ...objectAt(live, 'spec'), replicas },
    status: {
      replicas: own.length,
      readyReplicas: ready,
      availableReplicas: ready,
      fullyLabeledReplicas: own.length,
      observedGeneration: changes ? generation + 1 : generation,
    },
  };
  if (!sameJson(live, next)) registry.storage.put(replicaSets, next);
}

function putStatus(registry: Registry, deployment: KubeObject, current: KubeObject): void {
  const { name, namespace = '' } = deployment.metadata;
  const all = ownedBy(registry, replicaSets, deployment).flatMap((one) =>
    livePods(registry, namespace, one),
  );
  const updated = livePods(registry, namespace, current);
  const ready = all.filter(isReady).length;
  const desired = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const live = registry.storage.get(deployments, namespace, name);
  if (!live) return;
  const status = {
    observedGeneration: Number(live.metadata['generation'] ?? 1),
    replicas: all.length,
    updatedReplicas: updated.length,
    readyReplicas: ready,
    availableReplicas: ready,
    ...(ready < desired && { unavailableReplicas: desired - ready }),
    conditions: conditionsOf(live, {
      available: ready >= desired,
      complete: updated.filter(isReady).length >= desired && all.length === updated.length,
    }),
  };
  if (!sameJson(objectAt(live, 'status'), status))
    registry.storage.put(deployments, { ...live, status });
}

function conditionsOf(
  deployment: KubeObject,
  state: { readonly available: boolean; readonly complete: boolean },
): readonly JsonObject[] {
  const wanted = [
    {
      type: 'Available',
      status: state.available ? 'True' : 'False',
      reason: state.available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    },
    {
      type: 'Progressing',
      status: 'True',
      reason: state.complete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
    },
  ];
  const before = listAt(deployment, 'status', 'conditions');
  return wanted.map((condition) => {
    const same = before.find(
      (one) => textAt(one, 'type') === condition.type && textAt(one, 'reason') === condition.reason,
    );
    return { ...condition, lastUpdateTime: textAt(same, 'lastUpdateTime') ?? timestamp() };
  });
}

/** Deleting a Deployment takes its ReplicaSets and pods along. */
function collectGarbage(registry: Registry, deployment: KubeObject): void {
  const { namespace = '' } = deployment.metadata;
  for (const replicaSet of ownedBy(registry, replicaSets, deployment)) {
    for (const pod of livePods(registry, namespace, replicaSet)) markDeleted(registry.storage, pod);
    registry.storage.remove(replicaSets, namespace, replicaSet.metadata.name);
  }
}

function livePods(registry: Registry, namespace: string, owner: KubeObject): readonly KubeObject[] {
  return ownedBy(registry, pods, owner).filter(
    (pod) => pod.metadata.namespace === namespace && !isTerminating(pod),
  );
}

function ownedBy(registry: Registry, type: ResourceType, owner: KubeObject): readonly KubeObject[] {
  return registry.storage
    .list(type, owner.metadata.namespace)
    .filter((object) =>
      listAt(object, 'metadata', 'ownerReferences').some(
        (reference) => textAt(reference, 'uid') === owner.metadata.uid,
      ),
    );
}

function ownerReference(owner: KubeObject): JsonObject {
  const { name, uid } = owner.metadata;
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

function templateHash(template: JsonObject): string {
  const digest = createHash('sha256').update(canonical(template)).digest();
  return [...digest.subarray(0, 10)]
    .map((byte) => nameLetters.charAt(byte % nameLetters.length))
    .join('');
}

function randomLetters(count: number): string {
  return Array.from({ length: count }, () =>
    nameLetters.charAt(randomInt(nameLetters.length)),
  ).join('');
}
