import { get } from 'node:http';
import { waitFor } from '../support/kubernetes/waitFor.ts';
import type { KubeObject } from './environment/kubeTypes.ts';
import type { ObjectWriter } from './environment/objectPaths.ts';

const inSyncLimitMs = 60_000;
/** Istio's Envoys keep the figures of clusters whose names begin so, and of few others. */
const markPrefix = 'xds-grpc-mark-';

/**
 * Waits until the proxies have what was written: istiod's store holds it, a mark that was written afterwards has come to
 * every proxy, each has acknowledged all that it was sent, and connections under the configuration before are closed.
 */
export class Proxies {
  readonly #writer: ObjectWriter;
  #mark = 0;

  constructor(writer: ObjectWriter) {
    this.#writer = writer;
  }

  /** @param addresses of the pods with a proxy */
  async untilInSync(addresses: readonly string[]): Promise<void> {
    const mark = `${markPrefix}${process.pid}-${(this.#mark += 1)}`;
    await this.#writer.apply(markFilter(mark));
    await waitFor('the proxies to be in sync', inSyncLimitMs, async () => {
      const all = await Promise.all(addresses.map((address) => figures(address, mark)));
      return all.every((text) => hasMark(text) && isQuiet(text)) && (await allAcknowledged());
    });
  }
}

/** Adds a cluster that nothing uses to every proxy; its name tells which state of the mesh the proxy has. */
function markFilter(mark: string): KubeObject {
  const cluster = { name: mark, type: 'STATIC', connect_timeout: '1s' };
  const patch = {
    applyTo: 'CLUSTER',
    match: { context: 'ANY' },
    patch: { operation: 'ADD', value: cluster },
  };
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name: 'mark', namespace: 'istio-system' },
    ...{ spec: { configPatches: [patch] } },
  };
}

/** What the proxy tells of the mark, and of clusters and listeners that come or go. */
function figures(address: string, mark: string): Promise<string> {
  const filter = encodeURIComponent(`${mark}\\..*membership_change|draining|warming`);
  return read(`http://${address}:15090/stats/prometheus?filter=${filter}`);
}

function hasMark(text: string): boolean {
  return text.includes('membership_change{');
}

/** No listener, filter chain or cluster waits to be used or to be closed. */
function isQuiet(text: string): boolean {
  const waiting =
    /^envoy_(?:cluster_manager_warming_clusters|listener_manager_total_\w+_(?:draining|warming))\S* [1-9]/m;
  return !waiting.test(text);
}

interface SyncStatus {
  readonly cluster_sent?: string;
  readonly listener_sent?: string;
  readonly resources?: Readonly<
    Record<string, { readonly sent?: string; readonly acked?: string }>
  >;
}

/** Whether every proxy took all that istiod sent, and its listeners are not older than its clusters. */
async function allAcknowledged(): Promise<boolean> {
  const text = await read(`http://127.0.0.1:15014/debug/syncz`);
  return (JSON.parse(text) as readonly SyncStatus[]).every((proxy) => {
    const isTaken = Object.values(proxy.resources ?? {}).every(({ sent, acked }) => sent === acked);
    return isTaken && versionOf(proxy.listener_sent) >= versionOf(proxy.cluster_sent);
  });
}

/** A nonce is the version of the push, a time and a count, and a UUID. */
function versionOf(nonce = ''): number {
  const uuidLength = 36;
  return Number(nonce.slice(0, -uuidLength).split('/')[1] ?? 0);
}

/** What istiod holds of the objects that proxies are configured by, as `kind/namespace/name` and their version. */
export async function storedByIstiod(): Promise<ReadonlyMap<string, string>> {
  const text = await read(`http://127.0.0.1:15014/debug/configz`);
  const objects = JSON.parse(text) as readonly (KubeObject & {
    readonly metadata: { readonly resourceVersion: string };
  })[];
  return new Map(objects.map((one) => [storeKey(one), one.metadata.resourceVersion]));
}

export function storeKey({ kind = '', metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The hosts of Services that istiod knows. */
export function hostsOfIstiod(): Promise<string> {
  return read(`http://127.0.0.1:15014/debug/registryz`);
}

/** The mesh config as istiod has read it. */
export function meshConfigOfIstiod(): Promise<string> {
  return read('http://127.0.0.1:15014/debug/mesh');
}

function read(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { timeout: 5_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('error', reject).on('end', () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`${url}: ${String(answer.statusCode)}`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`${url} did not answer`)));
    asked.on('error', reject);
  });
}
