import type { Json, JsonObject, KubeObject } from '../objects/json.ts';
import { at, listAt, textAt } from '../objects/json.ts';
import { timestamp } from '../api/writes.ts';

/** Status of a pod whose containers all run. */
export function runningStatus(pod: KubeObject, podIP: string): JsonObject {
  const startTime = timestamp();
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: startTime,
  }));
  return {
    phase: 'Running',
    conditions,
    hostIP: '172.18.0.2',
    podIP,
    podIPs: [{ ip: podIP }],
    startTime,
    qosClass: 'BestEffort',
    initContainerStatuses: listAt(pod, 'spec', 'initContainers').map((one) =>
      containerStatus(one, startTime),
    ),
    containerStatuses: listAt(pod, 'spec', 'containers').map((one) =>
      runningContainer(one, startTime),
    ),
  };
}

/** Status of a pod that has been scheduled and pulls its images. */
export function pendingStatus(pod: KubeObject): JsonObject {
  const waiting = (container: Json): Json => ({
    name: textAt(container, 'name') ?? '',
    image: textAt(container, 'image') ?? '',
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason: 'ContainerCreating' } },
  });
  return {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp() }],
    hostIP: '172.18.0.2',
    qosClass: 'BestEffort',
    containerStatuses: listAt(pod, 'spec', 'containers').map(waiting),
  };
}

export function isReady(pod: KubeObject): boolean {
  return (
    textAt(pod, 'status', 'phase') === 'Running' &&
    listAt(pod, 'status', 'conditions').some(
      (condition) =>
        textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
    )
  );
}

export function isTerminating(pod: KubeObject): boolean {
  return at(pod, 'metadata', 'deletionTimestamp') !== undefined;
}

/** A native sidecar keeps running; every other init container has completed. */
function containerStatus(container: Json, startedAt: string): JsonObject {
  if (textAt(container, 'restartPolicy') === 'Always')
    return runningContainer(container, startedAt);
  const terminated = { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt };
  return { ...runningContainer(container, startedAt), started: false, state: { terminated } };
}

function runningContainer(container: Json, startedAt: string): JsonObject {
  const image = textAt(container, 'image') ?? '';
  return {
    name: textAt(container, 'name') ?? '',
    image,
    imageID: image,
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt } },
  };
}
