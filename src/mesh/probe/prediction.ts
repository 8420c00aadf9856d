import { findWorkload, type Mesh } from '../snapshot/mesh.ts';
import type { NonEmpty } from '../model/reference.ts';
import { connect, type Client, type Connection } from '../connection/connection.ts';
import { portClassOf } from '../server/portClass.ts';
import { clientSight } from '../connection/clientSight.ts';
import { proxyContainer, type Probe } from './probe.ts';
import type { Ends } from './verdict.ts';

/** What is to come of a probe, and what its two ends let the client see of it. */
export interface Prediction {
  readonly connections: NonEmpty<Connection>;
  readonly ends: Ends;
}

/** Predicts a probe from what is known now. */
export function predict(mesh: Mesh, probe: Probe): Prediction {
  const { host, port, scheme } = probe.target;
  const client = clientOf(probe);
  const called = { host, port, tls: scheme === 'https' };
  const connections = connect(mesh, client, called);
  const namesClient = !called.tls && connections.some((one) => isShownIdentity(mesh, one));
  return { connections, ends: { client: clientSight(mesh, client, called), namesClient } };
}

/** Only a sidecar that reads HTTP tells its application who the client is (R66). */
function isShownIdentity(mesh: Mesh, { workload, workloadPort: port }: Connection): boolean {
  const server = workload && findWorkload(mesh, workload);
  if (server?.dataPlane !== 'sidecar' || port === undefined) return false;
  const [variant] = server.variants;
  const known = portClassOf(mesh, { workload: server, variant, port, count: 1 });
  return known.class !== 'TCP';
}

/** The proxy's own container is another client than the application beside it (R142). */
function clientOf({ from, workload }: Probe): Client {
  return from.container === proxyContainer
    ? { kind: 'workload', workload, bypassesProxy: true }
    : { kind: 'workload', workload };
}
