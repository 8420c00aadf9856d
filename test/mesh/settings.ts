import { writeFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { makeCall, type Call, type CallResult } from './call.ts';
import type { Setting } from './cases/setting.ts';
import type { KubeObject } from './environment/kubeTypes.ts';
import { waitFor } from '../support/kubernetes/waitFor.ts';
import { outsideHostsFile } from './environment/meshFolder.ts';
import type { MeshUnderTest } from './meshUnderTest.ts';
import { storeKey } from './proxies.ts';

/** A call of a setting with what becomes of it. */
export interface SettledCall {
  readonly call: Call;
  readonly expected: Setting['calls'][string][string];
  readonly knownDifference: string | undefined;
  readonly result: CallResult;
}

/** Puts settings into the mesh, one after the other, and makes their calls. */
export class Settings {
  readonly #under: MeshUnderTest;
  #written: readonly KubeObject[] = [];

  constructor(under: MeshUnderTest) {
    this.#under = under;
  }

  /** Replaces what the setting before wrote. */
  async enter(objects: readonly KubeObject[], inOrder = false): Promise<void> {
    const keys = new Set(objects.map(storeKey));
    const removed = this.#written.filter((object) => !keys.has(storeKey(object)));
    this.#written = objects;
    await this.#under.remove(removed);
    if (inOrder) await this.#writeOneASecond(objects);
    else await this.#under.write(objects);
    await this.#under.settle(objects, removed);
  }

  /** As {@link enter}, but leaves out what is not valid. */
  async enterValid(objects: readonly KubeObject[]): Promise<void> {
    await this.#under.remove(this.#written);
    const removed = this.#written;
    this.#written = await this.#under.writeValid(objects);
    const keys = new Set(this.#written.map(storeKey));
    await this.#under.settle(
      this.#written,
      removed.filter((object) => !keys.has(storeKey(object))),
    );
  }

  /** Makes the calls of a setting: those of different clients at the same time, as the observer tells them apart. */
  async callsOf(setting: Setting): Promise<readonly SettledCall[]> {
    await this.#under.setMeshConfig(setting.meshConfig ?? {});
    this.#nameOutsideHosts(setting.outsideHosts ?? {});
    await this.enter(objectsIn(this.#withAddresses(setting.yaml)), setting.inOrder === true);
    const mesh = await this.#under.read();
    return await byClient(expectationsOf(setting), async (each) => {
      const call = { ...each.call, to: this.#withAddresses(each.call.to) };
      return { ...each, result: await makeCall(this.#under, mesh, call) };
    });
  }

  #nameOutsideHosts(hosts: Readonly<Record<string, readonly string[]>>): void {
    const addresses = Object.entries(hosts).map(
      ([host, pods]) => [host, pods.map((pod) => this.#under.addressOf(pod))] as const,
    );
    writeFileSync(outsideHostsFile, JSON.stringify(Object.fromEntries(addresses)));
  }

  /** The API server counts ages in whole seconds. */
  async #writeOneASecond(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects) {
      const second = Math.floor(Date.now() / 1000);
      await this.#under.write([object]);
      await waitFor('the next second', 2_000, () => Math.floor(Date.now() / 1000) > second);
    }
  }

  #withAddresses(text: string): string {
    return text.replace(/\{\{([\w-]+\/[\w-]+)\}\}/g, (_, pod: string) =>
      this.#under.addressOf(pod),
    );
  }
}

/** Does something with each call: at the same time for different clients, as the observer tells them apart, else in order. */
export async function byClient<T extends { readonly call: Call }, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const clients = [...new Set(all.map(({ call }) => call.from))];
  const done = await Promise.all(
    clients.map(async (client) => {
      const results: R[] = [];
      for (const one of all.filter(({ call }) => call.from === client))
        results.push(await work(one));
      return results;
    }),
  );
  return done.flat();
}

export function objectsIn(yaml: string): readonly KubeObject[] {
  if (yaml.trim() === '') return [];
  const documents = parseAllDocuments(yaml);
  if ('empty' in documents) return [];
  return documents
    .map((document) => document.toJS() as KubeObject | null)
    .filter((one) => one !== null);
}

/** The calls of a setting with what it says of them. */
export function expectationsOf(setting: Setting): readonly Omit<SettledCall, 'result'>[] {
  const { calls, options, knownDifferences = {} } = setting;
  return Object.entries(calls).flatMap(([to, clients]) =>
    Object.entries(clients).map(([from, expected]) => ({
      call: { from, to, ...(options === undefined ? {} : { options }) },
      expected,
      knownDifference:
        knownDifferences[`${from} ${to}`] ?? knownDifferences[to] ?? knownDifferences['*'],
    })),
  );
}
