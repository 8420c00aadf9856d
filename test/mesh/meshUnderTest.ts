import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
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
import { hostsOfIstiod, meshConfigOfIstiod, Proxies, storedByIstiod, storeKey } from './proxies.ts';

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
  /** The mesh config as it was at first. */
  #installed: string | undefined;

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

  /** Removes what {@link start} wrote, but for namespaces, and waits until the pods have ended. */
  async stop(objects: readonly KubeObject[]): Promise<void> {
    const kinds = ['Service', 'Pod'];
    const ended = objects.filter(({ kind = '' }) => kinds.includes(kind));
    await this.remove(ended);
    const keys = new Set(ended.filter(({ kind }) => kind === 'Pod').map(keyOf));
    await waitFor('the pods to end', podsLimitMs, async () => {
      const pods = await this.#list<Pod>('/api/v1/pods');
      return !pods.some((pod) => keys.has(keyOf(pod)));
    });
    this.#pods = new Map([...this.#pods].filter(([key]) => !keys.has(key)));
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
        if (error instanceof Error && isInvalid(error)) return error;
        throw error;
      }
    });
    if (refused !== 'written') throw refused;
  }

  /** Writes those objects that the API server and istiod find valid; answers which they are. */
  async writeValid(objects: readonly KubeObject[]): Promise<readonly KubeObject[]> {
    const written: KubeObject[] = [];
    for (const object of objects) {
      try {
        await this.#writer.apply(object);
        written.push(object);
      } catch (error) {
        if (!(error instanceof Error && isInvalid(error))) throw error;
      }
    }
    return written;
  }

  /** Writes the mesh config that Istio was installed with and these fields, and waits until istiod has read it. */
  async setMeshConfig(fields: Readonly<Record<string, unknown>>): Promise<void> {
    const path = '/api/v1/namespaces/istio-system/configmaps/istio';
    const { data } = (await this.#admin.get(path)) as { data?: { mesh?: string } };
    this.#installed ??= data?.mesh ?? '';
    const config = parse(this.#installed) as Readonly<Record<string, unknown>>;
    const wanted = stringify({ ...config, ...fields });
    const isInstalled = Object.keys(fields).length === 0;
    const text = isInstalled ? this.#installed : wanted;
    if (data?.mesh === text) return;
    const before = await meshConfigOfIstiod();
    await this.#admin.patch(path, { data: { mesh: text } });
    await waitFor('istiod to read the mesh config', writtenLimitMs, async () => {
      return (await meshConfigOfIstiod()) !== before;
    });
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

/** Whether the API server, or a webhook, says that the object is wrong. */
function isInvalid({ message }: Error): boolean {
  return /: 4(?:00|22) /.test(message);
}

/** istiod keeps what is of its groups and of no other revision. */
function isStored({ apiVersion = '', metadata }: KubeObject): boolean {
  const { 'istio.io/rev': revision = 'default' } = metadata.labels ?? {};
  return storedGroups.test(apiVersion) && revision === 'default';
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
