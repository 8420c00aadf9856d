import { allWorkloads, namespacesOf, servicesIn, type Mesh } from '../mesh/model/mesh.ts';
import type { Workload } from '../mesh/model/workload.ts';
import type { Client, Server } from '../mesh/mtls/connection.ts';
import type { DataPlane } from '../mesh/mtls/mode.ts';
import { badInput } from './inputFile.ts';
import { selectWorkload } from './selectWorkloads.ts';

/** A client under the name by which answers call it. */
export interface NamedClient {
  readonly name: string;
  readonly client: Client;
  readonly dataPlane: DataPlane;
}

export interface NamedServer {
  /** `HOST:PORT`, the host in full. */
  readonly name: string;
  readonly server: Server;
}

const outside: NamedClient = { name: 'outside', client: { kind: 'outside' }, dataPlane: 'none' };

/** The client that `--from` names. */
export function clientNamed(mesh: Mesh, name: string): NamedClient {
  return name === 'outside' ? outside : clientOf(selectWorkload(mesh, name));
}

function clientOf({ ref, dataPlane }: Workload): NamedClient {
  return {
    name: `${ref.namespace}/${ref.name}`,
    client: { kind: 'workload', workload: ref },
    dataPlane,
  };
}

/** The server that `--to` names. */
export function serverNamed(text: string): NamedServer {
  const [, host, digits] = /^([^:/\s]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    throw badInput(`"${text}" is no HOST:PORT: write for example httpbin.foo:8000.`);
  }
  return serverOf(host.split('.').length === 2 ? `${host}.svc.cluster.local` : host, port);
}

function serverOf(host: string, port: number): NamedServer {
  return { name: `${host}:${port}`, server: { host, port } };
}

/** Every workload of the mesh, or of one namespace, as a client; by namespace and name. */
export function everyClient(mesh: Mesh, namespace: string | undefined): readonly NamedClient[] {
  return [...allWorkloads(mesh)]
    .filter((workload) => namespace === undefined || workload.namespace === namespace)
    .map(clientOf)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Every TCP port of every Service of the mesh, or of one namespace. */
export function everyServer(mesh: Mesh, namespace: string | undefined): readonly NamedServer[] {
  return namespacesOf(mesh)
    .filter(({ name }) => namespace === undefined || name === namespace)
    .flatMap(({ name }) => servicesIn(mesh, name))
    .flatMap(({ name, namespace: home, ports }) =>
      ports
        .filter(({ protocol }) => protocol === 'TCP')
        .map(({ port }) => serverOf(`${name}.${home}.svc.cluster.local`, port)),
    );
}
