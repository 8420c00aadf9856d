import type { Client, Mesh, HostPort, Workload } from '../mesh/index.ts';
import { allWorkloads, namespacesOf, hostPortsIn } from '../mesh/index.ts';
import { badInput } from './inputFile.ts';
import { selectWorkload } from './selectWorkloads.ts';

/** A client under the name by which answers call it. */
export interface NamedClient {
  readonly name: string;
  readonly client: Client;
}

export interface NamedHostPort {
  /** `HOST:PORT`, the host in full. */
  readonly name: string;
  readonly to: HostPort;
}

/** A client that no proxy of the mesh serves. */
export const outside: NamedClient = {
  name: 'outside',
  client: { kind: 'outside' },
};

/** The client that `--from` names. */
export function clientNamed(mesh: Mesh, name: string): NamedClient {
  return name === 'outside' ? outside : clientOf(selectWorkload(mesh, name));
}

function clientOf({ ref }: Workload): NamedClient {
  return {
    name: `${ref.namespace}/${ref.name}`,
    client: { kind: 'workload', workload: ref },
  };
}

/** The server that `--to` names. */
export function hostPortNamed(text: string): NamedHostPort {
  const [, host, digits] = /^([^:/\s]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    throw badInput(`"${text}" is no HOST:PORT: write for example httpbin.foo:8000.`);
  }
  return hostPortOf(host.split('.').length === 2 ? `${host}.svc.cluster.local` : host, port);
}

function hostPortOf(host: string, port: number): NamedHostPort {
  return { name: `${host}:${port}`, to: { host, port } };
}

/** Every workload of the mesh, or of one namespace, as a client; by namespace and name. */
export function everyClient(mesh: Mesh, namespace: string | undefined): readonly NamedClient[] {
  return [...allWorkloads(mesh)]
    .filter((workload) => namespace === undefined || workload.namespace === namespace)
    .map(clientOf)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Every TCP port of every Service and every host of ServiceEntries, of the mesh or of one namespace; each once. */
export function everyHostPort(mesh: Mesh, namespace: string | undefined): readonly NamedHostPort[] {
  const all = namespacesOf(mesh)
    .filter(({ name }) => namespace === undefined || name === namespace)
    .flatMap(({ name }) => hostPortsIn(mesh, name))
    .map(({ host, port }) => hostPortOf(host, port));
  return [...new Map(all.map((server) => [server.name, server])).values()];
}
