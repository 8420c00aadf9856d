import { effectOf } from '../../src/mesh/change/effect.ts';
import type { ChangedConnection, Fared } from '../../src/mesh/change/preflight.ts';
import { connect, type Client, type HostPort } from '../../src/mesh/connection/connection.ts';
import { hostPortsOfEntries, hostPortsOfService } from '../../src/mesh/connection/hostPorts.ts';
import {
  allWorkloads,
  namespacesOf,
  servicesIn,
  workloadsBehind,
  type Mesh,
} from '../../src/mesh/snapshot/mesh.ts';

/** Every connection that ends differently, found by asking each pair of a client and a server, one after the other. */
export function eachPair(before: Mesh, after: Mesh): readonly string[] {
  const inside = [...allWorkloads(after)].map(({ ref }): Client => ({
    kind: 'workload',
    workload: ref,
  }));
  const clients: readonly Client[] = [{ kind: 'outside' }, ...inside];
  const found: string[] = [];
  for (const server of serversOf(after)) {
    for (const client of clients) {
      const [was, is] = [connect(before, client, server), connect(after, client, server)];
      const effect = effectOf(was, is);
      if (effect !== undefined)
        found.push(told({ client, server, effect, before: was, after: is }));
    }
  }
  return found.sort();
}

/** Ports of Services with workloads behind them, and of ServiceEntries; other names of a Service are not compared. */
function serversOf(mesh: Mesh): readonly HostPort[] {
  const all = namespacesOf(mesh).flatMap(({ name }) => [
    ...servicesIn(mesh, name)
      .filter((service) => workloadsBehind(mesh, service).length > 0)
      .flatMap(hostPortsOfService),
    ...hostPortsOfEntries(mesh, name),
  ]);
  return [...new Map(all.map((server) => [`${server.host}:${server.port}`, server])).values()];
}

/** All that a changed connection tells, as text that can be compared. */
export function told({ client, server, effect, before, after }: ChangedConnection): string {
  return JSON.stringify([client, server, effect, before.map(fared), after.map(fared)]);
}

function fared({
  outcome,
  workload,
  workloadPort,
  endpoints,
  ofEndpoints,
  clientPods,
}: Fared): unknown {
  return [outcome, workload, workloadPort, endpoints, ofEndpoints, clientPods];
}
