import { readFileSync } from 'node:fs';
import type { AdminClient } from '../../support/kubernetes/adminClient.ts';
import { clusterDomain } from './addresses.ts';
import { serveDns, type Resolution } from './clusterDns.ts';
import {
  contentOf,
  managedBy,
  managedByLabel,
  serviceNameLabel,
  slicesOf,
} from './endpointSlices.ts';
import type { Kubelet } from './kubelet.ts';
import type { Endpoint, EndpointSlice, KubeObject, Pod, Service } from './kubeTypes.ts';
import { keyOf } from './kubeTypes.ts';
import { outsideHostsFile } from './meshFolder.ts';
import type { ObjectWriter } from './objectPaths.ts';
import { mustRun } from './runProgram.ts';
import { serviceRules } from './serviceRules.ts';
import { watchObjects, type WatchConnection, type WatchedObjects } from './watchedObjects.ts';

export interface StandInOptions {
  readonly connection: WatchConnection;
  readonly admin: AdminClient;
  readonly writer: ObjectWriter;
  readonly kubelet: Kubelet;
}

const settleMs = 20;

/**
 * What Kubernetes does besides serving its API: runs pods, keeps endpoint slices, translates the addresses of Services,
 * answers DNS, and gives each namespace its default service account.
 */
export class ClusterStandIns {
  readonly #options: StandInOptions;
  readonly #pods: WatchedObjects<Pod>;
  readonly #services: WatchedObjects<Service>;
  readonly #slices: WatchedObjects<EndpointSlice>;
  readonly #namespaces: WatchedObjects<KubeObject>;
  readonly #accounts = new Set<string>();
  #rules = '';
  #timer: NodeJS.Timeout | undefined;
  #working = false;

  constructor(options: StandInOptions) {
    this.#options = options;
    const watch = <T extends KubeObject>(collection: string): WatchedObjects<T> =>
      watchObjects<T>(options.connection, collection, () => {
        this.#changed();
      });
    this.#pods = watch('/api/v1/pods');
    this.#services = watch('/api/v1/services');
    this.#slices = watch('/apis/discovery.k8s.io/v1/endpointslices');
    this.#namespaces = watch('/api/v1/namespaces');
  }

  /** Resolves when DNS is answered. */
  async start(): Promise<void> {
    await serveDns((name) => this.#lookup(name));
  }

  /** Many events come at once: they are answered together, and never twice at the same time. */
  #changed(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#working) this.#changed();
      else void this.#reconcile();
    }, settleMs);
  }

  async #reconcile(): Promise<void> {
    this.#working = true;
    try {
      this.#options.kubelet.reconcile(this.#pods.items);
      await this.#makeAccounts();
      await this.#writeSlices();
      await this.#writeRules();
    } catch (error) {
      process.stderr.write(
        `stand-ins: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      this.#changed();
    } finally {
      this.#working = false;
    }
  }

  async #makeAccounts(): Promise<void> {
    for (const { metadata } of this.#namespaces.items.values()) {
      const { name: namespace, uid = '', deletionTimestamp } = metadata;
      if (this.#accounts.has(uid) || deletionTimestamp !== undefined) continue;
      const account = { apiVersion: 'v1', kind: 'ServiceAccount' };
      await this.#options.writer.apply({ ...account, metadata: { namespace, name: 'default' } });
      this.#accounts.add(uid);
    }
  }

  async #writeSlices(): Promise<void> {
    const { writer } = this.#options;
    const wanted = new Map<string, EndpointSlice>();
    for (const service of this.#services.items.values())
      for (const slice of slicesOf(service, this.#pods.items.values()))
        wanted.set(keyOf(slice), slice);
    for (const [key, slice] of wanted) {
      const there = this.#slices.items.get(key);
      if (there === undefined || contentOf(there) !== contentOf(slice)) await writer.apply(slice);
    }
    for (const [key, { metadata }] of this.#slices.items) {
      if (wanted.has(key) || metadata.labels?.[managedByLabel] !== managedBy) continue;
      await writer.delete({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
      });
    }
  }

  async #writeRules(): Promise<void> {
    const rules = serviceRules(this.#services.items.values(), (service) =>
      this.#slicesFor(service),
    );
    if (rules === this.#rules) return;
    await mustRun(['nft', '-f', '-'], { input: rules });
    this.#rules = rules;
  }

  #slicesFor({ metadata }: Service): readonly EndpointSlice[] {
    return [...this.#slices.items.values()].filter(
      (slice) =>
        slice.metadata.namespace === metadata.namespace &&
        slice.metadata.labels?.[serviceNameLabel] === metadata.name,
    );
  }

  #lookup(host: string): Resolution {
    const suffix = `.svc.${clusterDomain}`;
    if (!host.endsWith(suffix)) return outsideHost(host);
    const labels = host.slice(0, -suffix.length).split('.');
    const [namespace = '', name = '', pod] = labels.reverse();
    const service = this.#services.items.get(`${namespace}/${name}`);
    if (service === undefined) return undefined;
    const { type, externalName, clusterIP = 'None' } = service.spec;
    if (type === 'ExternalName') return { kind: 'alias', name: externalName ?? '' };
    if (clusterIP !== 'None' && pod === undefined)
      return { kind: 'addresses', addresses: [clusterIP] };
    const addresses = this.#slicesFor(service)
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter((endpoint) => isCalled(endpoint, pod))
      .flatMap((endpoint) => endpoint.addresses);
    return addresses.length === 0 ? undefined : { kind: 'addresses', addresses };
  }
}

function isCalled({ conditions, hostname }: Endpoint, pod: string | undefined): boolean {
  return conditions?.ready !== false && (pod === undefined || hostname === pod);
}

function outsideHost(host: string): Resolution {
  try {
    const hosts = JSON.parse(readFileSync(outsideHostsFile, 'utf8')) as Readonly<
      Record<string, readonly string[]>
    >;
    const addresses = hosts[host];
    return addresses === undefined ? undefined : { kind: 'addresses', addresses };
  } catch {
    return undefined;
  }
}
