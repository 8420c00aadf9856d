import type { KubeObject } from '../objects/json.ts';
import { textAt } from '../objects/json.ts';
import { pods } from '../objects/resources.ts';
import type { Storage, StoredEvent } from '../objects/storage.ts';
import { isTerminating, pendingStatus, runningStatus } from './podStatus.ts';

export interface KubeletTiming {
  /** Milliseconds from a pod's creation to Running. */
  readonly startMs: number;
  /** Milliseconds from a pod's deletion until it is gone. */
  readonly stopMs: number;
}

/** Starts new pods and stops deleted ones, after a while. */
export class Kubelet {
  readonly #storage: Storage;
  readonly #timing: KubeletTiming;
  readonly #timers = new Set<NodeJS.Timeout>();
  #lastAddress = 4;
  #settling = true;

  constructor(storage: Storage, timing: KubeletTiming) {
    this.#storage = storage;
    this.#timing = timing;
  }

  /** Until this is called pods run at once: the mesh the demo starts with has been up for a while. */
  settled(): void {
    this.#settling = false;
  }

  handle(event: StoredEvent): void {
    if (event.type !== pods || event.kind === 'deleted') return;
    const { namespace, name } = event.object.metadata;
    if (event.kind === 'added') this.#admit(event.object);
    else if (isTerminating(event.object) && !(event.previous && isTerminating(event.previous))) {
      this.#later(this.#timing.stopMs, () => this.#storage.remove(pods, namespace, name));
    }
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #admit(pod: KubeObject): void {
    if (this.#settling) {
      this.#run(pod);
      return;
    }
    this.#storage.put(pods, {
      ...pod,
      spec: { ...(pod['spec'] as KubeObject), nodeName: 'demo-node' },
      status: pendingStatus(pod),
    });
    this.#later(this.#timing.startMs, () => {
      this.#run(pod);
    });
  }

  #run(seen: KubeObject): void {
    const pod = this.#storage.get(pods, seen.metadata.namespace, seen.metadata.name);
    if (!pod || isTerminating(pod) || textAt(pod, 'status', 'phase') !== 'Pending') return;
    const spec = { ...(pod['spec'] as KubeObject), nodeName: 'demo-node' };
    this.#storage.put(pods, { ...pod, spec, status: runningStatus(pod, this.#nextAddress()) });
  }

  #nextAddress(): string {
    this.#lastAddress += 1;
    return `10.244.${Math.floor(this.#lastAddress / 250)}.${this.#lastAddress % 250}`;
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}
