import type { Mesh } from '../snapshot/mesh.ts';
import { isAddress, resolveHost } from '../snapshot/host.ts';
import type { Pod } from '../model/objects.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import type { Explanation, MissingFact } from '../model/explanation.ts';
import { missingFact, missingPods } from '../known/missing.ts';
import type { HostPort } from './hostPorts.ts';
import { sameOutcome, sameServer, type CallShare, type Reached } from './reached.ts';
import {
  apart,
  clientReason,
  clientVariantsOf,
  type Client,
  type ClientVariant,
} from '../destination/clientVariant.ts';
import { sharedReach } from './sharedReach.ts';

export { sameOutcome } from './reached.ts';
export type { HostPort } from './hostPorts.ts';
export type { Client } from '../destination/clientVariant.ts';

/** What happens between a client and some of a server's endpoints. */
export interface Connection extends Explanation {
  readonly workload?: WorkloadRef;
  readonly workloadPort?: number;
  /** Pods of the server that this holds for, of all that the connection may reach. */
  readonly endpoints: number;
  readonly ofEndpoints: number;
  /** The part of the client's calls that this holds for, where a route divides them (R310). */
  readonly share?: CallShare;
  /** Set where the client's own pods differ from one another: how many of them this holds for. */
  readonly clientPods?: number;
}

/**
 * What happens when `client` calls `server`: one entry for each workload and outcome, so that a
 * service whose endpoints differ gives several (R149). Never a guess: what is not known makes an
 * outcome `unknown` that names the missing fact.
 */
export function connect(mesh: Mesh, client: Client, to: HostPort): NonEmpty<Connection> {
  const called = isAddress(to.host) ? podAt(mesh, to.host) : undefined;
  const variants = clientVariantsOf(mesh, client) ?? [];
  const clients =
    called === undefined ? variants : variants.flatMap((variant) => apart(variant, called));
  const [only] = clients;
  const all =
    only !== undefined && clients.length === 1 ? from(mesh, only, to) : fromEach(mesh, clients, to);
  return isNonEmpty(all) ? all : [unknownClient(mesh, client)];
}

/** The pod that has an address. */
function podAt(mesh: Mesh, address: string): Pod | undefined {
  const host = resolveHost(mesh, address, undefined);
  return host.kind === 'pod' ? host.pod : undefined;
}

function isNonEmpty<T>(items: readonly T[]): items is NonEmpty<T> {
  return items.length > 0;
}

function from(mesh: Mesh, client: ClientVariant, to: HostPort): readonly Connection[] {
  const unread = client.pods && missingPods(mesh, client.pods.workload);
  const reason = clientReason(client);
  return sharedReach(mesh, client, to).map((reached) =>
    unread === undefined
      ? { ...reached, because: [reason, ...reached.because] }
      : unknownSender(reached, unread),
  );
}

/** What a template would become is no fact about the client: nothing that follows from it is told. */
function unknownSender(reached: Reached, unread: MissingFact): Connection {
  const { outcome } = reached;
  const others = outcome.kind === 'unknown' ? outcome.missing.filter((one) => one !== unread) : [];
  return {
    ...reached,
    outcome: { kind: 'unknown', missing: [unread, ...others] },
    because: [{ kind: 'not-readable', fact: unread }],
  };
}

/** Client pods that differ: what is the same for all of them is said once. */
function fromEach(
  mesh: Mesh,
  clients: readonly ClientVariant[],
  to: HostPort,
): readonly Connection[] {
  const all: Connection[] = [];
  for (const client of clients) {
    const clientPods = Math.max(1, client.pods?.members.length ?? 1);
    for (const added of from(mesh, client, to)) {
      const at = all.findIndex(
        (known) => sameServer(known, added) && sameOutcome(known.outcome, added.outcome),
      );
      const known = all[at];
      if (known === undefined) all.push({ ...added, clientPods });
      else all[at] = { ...known, clientPods: (known.clientPods ?? 0) + clientPods };
    }
  }
  return all;
}

function unknownClient(mesh: Mesh, client: Client): Connection {
  const { kind, namespace, name } =
    client.kind === 'workload'
      ? client.workload
      : ({ kind: 'Pod', namespace: '', name: '' } as const);
  const unread = missingFact(mesh, kind, namespace);
  const fact: MissingFact = unread ?? { kind, namespace, name, why: 'not-found' };
  return {
    outcome: { kind: 'unknown', missing: [fact] },
    because: [{ kind: 'not-readable', fact }],
    endpoints: 0,
    ofEndpoints: 0,
  };
}
