import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AdminClient } from '../../support/kubernetes/adminClient.ts';
import { nodeAddress, nodeName, podAddress } from './addresses.ts';
import type { Container, Pod } from './kubeTypes.ts';
import { keyOf } from './kubeTypes.ts';
import { imageFolder, podFolder, sandboxFile } from './meshFolder.ts';
import { writePodFiles } from './podFiles.ts';
import { startPod, type RunningPod } from './runningPod.ts';

/** Marks a Pod that stands for a process which runs already. */
export const runsElsewhere = 'istio-mtls.test/runs-elsewhere';

export interface KubeletOptions {
  readonly admin: AdminClient;
  /** The template of Envoy's bootstrap. */
  readonly bootstrap: string;
  /** Where the output of containers goes. */
  readonly logs: string;
}

interface Started {
  readonly uid: string;
  /** Undefined if the pod could not be started. */
  readonly running: Promise<RunningPod | undefined>;
}

/** Stands in for the scheduler and the kubelet: runs every Pod that there is, and ends those that are no more. */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #started = new Map<string, Started>();
  #count = 0;

  constructor(options: KubeletOptions) {
    this.#options = options;
  }

  /** Starts and ends what must be for these to be the pods of the node. */
  reconcile(pods: ReadonlyMap<string, Pod>): void {
    for (const [key, started] of this.#started) {
      const pod = pods.get(key);
      if (pod?.metadata.uid === started.uid && pod.metadata.deletionTimestamp === undefined)
        continue;
      this.#started.delete(key);
      void this.#end(started, pod);
    }
    for (const pod of pods.values()) {
      const { annotations = {}, deletionTimestamp, uid = '' } = pod.metadata;
      if (annotations[runsElsewhere] !== undefined || deletionTimestamp !== undefined) continue;
      if (this.#started.has(keyOf(pod))) continue;
      this.#started.set(keyOf(pod), { uid, running: this.#start(pod) });
    }
  }

  async #start(pod: Pod): Promise<RunningPod | undefined> {
    const index = this.#count++;
    const { namespace = '', name } = pod.metadata;
    const address = pod.spec.hostNetwork === true ? nodeAddress : podAddress(index);
    const folder = podFolder(namespace, name);
    try {
      await this.#bind(pod);
      await this.#report(pod, { phase: 'Pending', ...addresses(address) });
      await writePodFiles(this.#options.admin, pod, { ...this.#options, folder, address });
      const running = await startPod(pod, {
        link: `pod${index}`,
        address,
        folder,
        programs: imageFolder,
        logs: join(this.#options.logs, `${namespace}_${name}`),
      });
      const file = sandboxFile(namespace, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, String(running.sandbox.pid));
      await this.#report(pod, { phase: 'Running', ...addresses(address), ...readiness(pod) });
      return running;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await this.#report(pod, { phase: 'Failed', message }).catch(() => undefined);
      return undefined;
    }
  }

  async #end({ running }: Started, pod: Pod | undefined): Promise<void> {
    const ended = await running;
    await ended?.dispose();
    if (pod?.metadata.deletionTimestamp === undefined) return;
    const { namespace = '', name, uid } = pod.metadata;
    rmSync(sandboxFile(namespace, name), { force: true });
    const body = { gracePeriodSeconds: 0, preconditions: { uid } };
    await this.#options.admin.send(path(pod), { method: 'DELETE', body });
  }

  async #bind(pod: Pod): Promise<void> {
    if (pod.spec.nodeName !== undefined) return;
    await this.#options.admin.send(`${path(pod)}/binding`, {
      method: 'POST',
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: pod.metadata.name },
        target: { kind: 'Node', name: nodeName },
      },
    });
  }

  async #report(pod: Pod, status: object): Promise<void> {
    await this.#options.admin.patch(`${path(pod)}/status`, { status });
  }
}

function path({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}`;
}

function addresses(address: string): object {
  return {
    podIP: address,
    podIPs: [{ ip: address }],
    hostIP: nodeAddress,
    hostIPs: [{ ip: nodeAddress }],
    startTime: now(),
  };
}

/** What a kubelet says of a pod whose containers all run. */
export function readiness({ spec }: Pick<Pod, 'spec'>): object {
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  return {
    conditions: conditions.map((type) => ({ type, status: 'True', lastTransitionTime: now() })),
    containerStatuses: spec.containers.map(containerStatus),
    initContainerStatuses: (spec.initContainers ?? []).map(containerStatus),
  };
}

function containerStatus({ name, image }: Container): object {
  const state = { running: { startedAt: now() } };
  return { name, image, imageID: image, ready: true, started: true, restartCount: 0, state };
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
