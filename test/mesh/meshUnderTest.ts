import { readFileSync } from 'node:fs';
import type { AdminClient } from '../support/kubernetes/adminClient.ts';
import { waitFor } from '../support/kubernetes/waitFor.ts';
import { contentOf, managedBy, managedByLabel, slicesOf } from './environment/endpointSlices.ts';
import type { EndpointSlice, KubeObject, Pod, Service } from './environment/kubeTypes.ts';
import { isReady, keyOf } from './environment/kubeTypes.ts';
import { meshAdmin } from './environment/meshClient.ts';
import { sandboxFile } from './environment/meshFolder.ts';
import { objectWriter, type ObjectWriter } from './environment/objectPaths.ts';
import { runAsApplication } from './environment/podSandbox.ts';
import { meshAccess } from './environment/programPaths.ts';
import { mustRun, type Ended } from './environment/runProgram.ts';
import { startObserver, type Observer } from './observer/observer.ts';
import type { SeenConnection } from './observer/connections.ts';
import { readMesh, type Mesh } from './prediction.ts';
import { hostsOfIstiod, Proxies, storedByIstiod, storeKey } from './proxies.ts';

const podsLimitMs = 180_000;
const writtenLimitMs = 30_000;
const callLimitMs = 20_000;

/** Groups whose objects istiod keeps in its own store. */
const storedGroups = /^(?:security|networking)\.istio\.io\//;

/** The mesh that the suite runs beside: what tests write into it, ask of it and see in it. */
export class MeshUnderTest {
  readonly #admin: AdminClient = meshAdmin();
  readonly #writer: ObjectWriter = objectWriter(this.#admin);
  readonly #proxies = new Proxies(this.#writer);
  readonly #observer: Observer;
  #pods: ReadonlyMap<string, Pod> = new Map();

  private constructor(observer: Observer) {
    this.#observer = observer;
  }

  static async open(): Promise<MeshUnderTest> {
    return new MeshUnderTest(await startObserver());
  }

  close(): void {
    this.#observer.stop();
    this.#admin.close();
  }

  /** The address of a pod that runs. */
  addressOf(podName: string): string {
    const address = this.#pods.get(podName)?.status?.podIP;
    if (address === undefined) throw new Error(`there is no pod ${podName}`);
    return address;
  }

  /** Writes objects and waits until all pods run. */
  async start(objects: readonly KubeObject[]): Promise<void> {
    await this.write(objects);
    await waitFor('the pods to run', podsLimitMs, async () => {
      const pods = await this.#list<Pod>('/api/v1/pods');
      const failed = pods.find(({ status }) => status?.phase === 'Failed');
      if (failed !== undefined) return [failed];
      return pods.every((pod) => isReady(pod)) && pods;
    }).then((pods) => {
      const failed = pods.find(({ status }) => status?.phase === 'Failed');
      if (failed !== undefined)
        throw new Error(`${keyOf(failed)} does not run: ${JSON.stringify(failed.status)}`);
      this.#pods = new Map(pods.map((pod) => [keyOf(pod), pod]));
    });
  }

  /** Writes objects in their order, what they need first. */
  async write(objects: readonly KubeObject[]): Promise<void> {
    const needed = ['Namespace', 'ServiceAccount'];
    const rank = ({ kind = '' }: KubeObject): number =>
      needed.includes(kind) ? needed.indexOf(kind) : 9;
    for (const object of objects.toSorted((a, b) => rank(a) - rank(b))) {
      await this.#writeOne(object);
    }
  }

  /** A namespace takes a moment until it has its default service account: only then it takes Pods. */
  async #writeOne(object: KubeObject): Promise<void> {
    const what = `${object.kind ?? ''} ${keyOf(object)} to be written`;
    const refused = await waitFor(what, writtenLimitMs, async () => {
      try {
        await this.#writer.apply(object);
        return 'written';
      } catch (error) {
        // The object itself is wrong: no later time is better.
        if (error instanceof Error && /: 4(?:00|22) /.test(error.message)) return error;
        throw error;
      }
    });
    if (refused !== 'written') throw refused;
  }

  async remove(objects: readonly KubeObject[]): Promise<void> {
    await Promise.all(objects.map((object) => this.#writer.delete(object)));
  }

  /**
   * Waits until what was written and removed has come to every proxy and to the rules of the node.
   * @param written what is there now, of what a setting wrote
   * @param removed what is there no more
   */
  async settle(written: readonly KubeObject[], removed: readonly KubeObject[]): Promise<void> {
    await this.#untilSliced();
    await this.#untilStored(written, removed);
    const withProxy = [...this.#pods.values()]
      .filter(hasProxy)
      .map((pod) => pod.status?.podIP ?? '');
    await this.#proxies.untilInSync(withProxy);
  }

  /** What the product makes of the mesh as it is now. */
  read(): Promise<Mesh> {
    return readMesh(meshAccess().kubeconfig);
  }

  /** Runs a command in a pod, as its application, and tells what crossed the wire meanwhile. */
  async call(
    podName: string,
    command: readonly [string, ...string[]],
  ): Promise<{ readonly result: Ended; readonly seen: readonly SeenConnection[] }> {
    const [namespace = '', name = ''] = podName.split('/');
    const pid = Number(readFileSync(sandboxFile(namespace, name), 'utf8'));
    return this.#observer.during(this.addressOf(podName), () =>
      runAsApplication(pid, command, { limitMs: callLimitMs }),
    );
  }

  /** Waits until each Service has its slices, and the node the rules for its address. */
  async #untilSliced(): Promise<void> {
    await waitFor('the endpoints of Services', writtenLimitMs, async () => {
      const services = await this.#list<Service>('/api/v1/services');
      const slices = await this.#list<EndpointSlice>('/apis/discovery.k8s.io/v1/endpointslices');
      const there = new Map(slices.map((slice) => [keyOf(slice), contentOf(slice)]));
      const pods = await this.#list<Pod>('/api/v1/pods');
      const wanted = services.flatMap((service) => slicesOf(service, pods));
      const own = slices.filter(({ metadata }) => metadata.labels?.[managedByLabel] === managedBy);
      if (wanted.length !== own.length) return false;
      if (wanted.some((slice) => there.get(keyOf(slice)) !== contentOf(slice))) return false;
      const rules = await mustRun(['nft', 'list', 'table', 'ip', 'services']);
      return services.every((service) => isTranslated(service, rules));
    });
  }

  async #untilStored(
    written: readonly KubeObject[],
    removed: readonly KubeObject[],
  ): Promise<void> {
    const isStored = ({ apiVersion = '' }: KubeObject): boolean => storedGroups.test(apiVersion);
    const versions = await Promise.all(
      written
        .filter(isStored)
        .map(async (one) => [storeKey(one), await this.#versionOf(one)] as const),
    );
    const hosts = await Promise.all(
      written.filter(({ kind }) => kind === 'Service').map((service) => this.#versionOf(service)),
    );
    await waitFor('istiod to see what was written', writtenLimitMs, async () => {
      const store = await storedByIstiod();
      const known = hosts.length === 0 ? '' : await hostsOfIstiod();
      return (
        versions.every(([key, version]) => store.get(key) === version) &&
        removed.filter(isStored).every((one) => !store.has(storeKey(one))) &&
        hosts.every((version) => known.includes(`"ResourceVersion":"${version}"`))
      );
    });
  }

  async #versionOf(object: KubeObject): Promise<string> {
    const read = await this.#writer.read(object);
    return (read?.metadata as { resourceVersion?: string } | undefined)?.resourceVersion ?? '';
  }

  async #list<T extends KubeObject>(path: string): Promise<readonly T[]> {
    return (await this.#admin.get(path))['items'] as readonly T[];
  }
}

function hasProxy({ spec }: Pod): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some(
    ({ name }) => name === 'istio-proxy',
  );
}

function isTranslated({ metadata, spec }: Service, rules: string): boolean {
  const { clusterIP = 'None', ports = [], type } = spec;
  if (type === 'ExternalName' || ['None', ''].includes(clusterIP)) return true;
  if (metadata.namespace === 'default' && metadata.name === 'kubernetes') return true;
  return ports.every(({ port, protocol = 'TCP' }) =>
    rules.includes(`ip daddr ${clusterIP} ${protocol.toLowerCase()} dport ${port} `),
  );
}
