import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { KubeObject } from '../objects/json.ts';
import { pods } from '../objects/resources.ts';
import type { Storage, Subscription } from '../objects/storage.ts';
import { applicationOf } from './applications.ts';
import type { Fetch, Fetched } from './application.ts';
import { clientWire } from './clientTls.ts';
import type { Destination, Endpoint } from './destinations.ts';
import {
  endpointsOf,
  findServicePort,
  isHttpPort,
  isHttpTarget,
  resolveHost,
} from './destinations.ts';
import { inboundHandler } from './inbound.ts';
import type { InboundSidecar } from './inbound.ts';
import { readMeshConfig } from './meshConfig.ts';
import type { OutboundSidecar, Upstream } from './outbound.ts';
import { outboundListener } from './outbound.ts';
import { hasSidecar, isExcludedPort, spiffeIdentity } from './podFacts.ts';
import { serverMode } from './serverMode.ts';
import { closedPort, listenOnLoopback } from './sockets.ts';
import type { UpstreamFailure } from './upstreamError.ts';
import { WorkloadCertificates } from './workloadCertificates.ts';

/** What a pod finds when it looks for a host and port. */
export type Route =
  | { readonly kind: 'reachable'; readonly port: number; readonly close: () => void }
  | { readonly kind: 'no-such-name' };

/** What a pod's proxy shows, and whom it trusts, both PEM. */
export interface ShownCertificates {
  readonly certificate: string;
  readonly root: string;
}

/** Told of every call that arrives at a sidecar. */
export interface SeenCalls {
  seen(
    server: KubeObject,
    port: number,
    report: 'mutual_tls' | 'none' | 'refused',
    identity: string | undefined,
  ): void;
}

const unseen: SeenCalls = { seen: () => undefined };

const fetchTimeoutMs = 5000;

/** Real loopback sockets in place of pods and their sidecars. Listeners open when first needed. */
export class DataPlane {
  readonly #storage: Storage;
  readonly #seen: SeenCalls;
  readonly #certificates = new WorkloadCertificates();
  readonly #servers = new Set<Server>();
  readonly #sockets = new Set<Socket>();
  /** Loopback ports of pods' ports, by `UID:PORT`. */
  readonly #inbound = new Map<string, Promise<number>>();
  readonly #byPod = new Map<string, Server[]>();
  readonly #gone: Subscription;
  #turn = 0;
  #disposed = false;

  constructor(storage: Storage, seen: SeenCalls = unseen) {
    this.#storage = storage;
    this.#seen = seen;
    this.#gone = storage.subscribe((event) => {
      if (event.type === pods && event.kind === 'deleted')
        this.#closePod(event.object.metadata.uid);
    });
  }

  /** The loopback port that a connection from a pod to a host and port really goes to. */
  async route(
    client: KubeObject,
    to: { readonly host: string; readonly port: number },
    options: { readonly bypass: boolean } = { bypass: false },
  ): Promise<Route> {
    const destination = resolveHost(this.#storage, to.host, client.metadata.namespace ?? '');
    if (destination.kind === 'no-such-name') return destination;
    const captured =
      hasSidecar(client) && !options.bypass && !isExcludedPort(client, 'Outbound', to.port);
    if (captured) return this.#throughSidecar(client, destination, to.port);
    return {
      kind: 'reachable',
      port: await this.#direct(destination, to.port),
      close: () => undefined,
    };
  }

  /** The loopback port on which a pod's port is reached from outside the pod. */
  async podPort(pod: KubeObject, port: number): Promise<number> {
    const key = `${pod.metadata.uid}:${port}`;
    const open = this.#inbound.get(key) ?? this.#openInbound(pod, port);
    this.#inbound.set(key, open);
    return open;
  }

  async certificatesOf(pod: KubeObject): Promise<ShownCertificates> {
    const identity = spiffeIdentity(pod, readMeshConfig(this.#storage).trustDomain);
    const { cert } = await this.#certificates.of(identity);
    return { certificate: cert, root: await this.#certificates.root() };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#gone.dispose();
    for (const socket of this.#sockets) socket.destroy();
    const closed = [...this.#servers].map(
      (server) => new Promise((resolve) => server.close(resolve)),
    );
    await Promise.all(closed);
  }

  /** Without a sidecar in between: one endpoint of the Service, or the pod itself. */
  async #direct(destination: Destination, port: number): Promise<number> {
    switch (destination.kind) {
      case 'pod':
        return this.podPort(destination.pod, port);
      case 'service': {
        const endpoint = this.#pick(endpointsOf(this.#storage, destination.service, port) ?? []);
        return endpoint ? this.podPort(endpoint.pod, endpoint.port) : closedPort();
      }
      case 'no-such-address':
      case 'no-such-name':
        return this.#listen(createServer());
    }
  }

  async #throughSidecar(
    client: KubeObject,
    destination: Destination,
    port: number,
  ): Promise<Route> {
    const { trustDomain } = readMeshConfig(this.#storage);
    const servicePort =
      destination.kind === 'service' ? findServicePort(destination.service, port) : undefined;
    const sidecar: OutboundSidecar = {
      certificate: await this.#certificates.of(spiffeIdentity(client, trustDomain)),
      root: await this.#certificates.root(),
      isHttp: destination.kind !== 'service' || isHttpPort(servicePort),
      upstream: (hostHeader) =>
        this.#upstream(client, this.#routed(client, destination, hostHeader), port),
    };
    const server = outboundListener(sidecar);
    return {
      kind: 'reachable',
      port: await this.#listen(server),
      close: () => {
        this.#close(server);
      },
    };
  }

  /** HTTP is routed by its Host header where that names a service (R144). */
  #routed(client: KubeObject, original: Destination, hostHeader: string | undefined): Destination {
    const [name = ''] = (hostHeader ?? '').split(':');
    const named = resolveHost(this.#storage, name, client.metadata.namespace ?? '');
    return named.kind === 'service' ? named : original;
  }

  async #upstream(
    client: KubeObject,
    destination: Destination,
    port: number,
  ): Promise<Upstream | UpstreamFailure> {
    if (destination.kind !== 'service') {
      const direct = await this.#direct(destination, port);
      return { port: direct, wire: 'plaintext', serverIdentity: '', serverName: '' };
    }
    const { service } = destination;
    const endpoint = this.#pick(endpointsOf(this.#storage, service, port) ?? []);
    if (!endpoint) return 'no-healthy-upstream';
    const call = {
      client,
      service,
      servicePort: port,
      endpoint: endpoint.pod,
      endpointPort: endpoint.port,
    };
    const wire = clientWire(this.#storage, call);
    if (wire === 'mutual-tls') return 'secret-missing';
    const { trustDomain } = readMeshConfig(this.#storage);
    const host = `${service.metadata.name}.${service.metadata.namespace ?? ''}.svc.cluster.local`;
    return {
      port: await this.podPort(endpoint.pod, endpoint.port),
      wire,
      serverIdentity: spiffeIdentity(endpoint.pod, trustDomain),
      serverName: `outbound_.${port}_._.${host}`,
    };
  }

  async #openInbound(pod: KubeObject, port: number): Promise<number> {
    const application = applicationOf(pod, port);
    const captured = hasSidecar(pod) && !isExcludedPort(pod, 'Inbound', port);
    if (!captured && !application) return closedPort();
    const sidecar = captured ? await this.#inboundSidecar(pod, port) : undefined;
    const handle = inboundHandler({ pod, application, sidecar, fetch: this.#fetchFrom(pod) });
    const server = createServer(handle);
    const uid = pod.metadata.uid;
    this.#byPod.set(uid, [...(this.#byPod.get(uid) ?? []), server]);
    return this.#listen(server);
  }

  async #inboundSidecar(pod: KubeObject, port: number): Promise<InboundSidecar> {
    const identity = spiffeIdentity(pod, readMeshConfig(this.#storage).trustDomain);
    return {
      identity,
      certificate: await this.#certificates.of(identity),
      root: await this.#certificates.root(),
      isHttp: () => isHttpTarget(this.#storage, pod, port),
      mode: () => serverMode(this.#storage, pod, port),
      report: (report, identity) => {
        this.#seen.seen(pod, port, report, identity);
      },
    };
  }

  #fetchFrom(pod: KubeObject): Fetch {
    return async (host, port, path) => {
      const route = await this.route(pod, { host, port });
      if (route.kind === 'no-such-name') return { status: 0, body: '' };
      try {
        return await fetchOnce(route.port, `${host}:${port}`, path);
      } finally {
        route.close();
      }
    };
  }

  #pick(endpoints: readonly Endpoint[]): Endpoint | undefined {
    this.#turn += 1;
    return endpoints[this.#turn % Math.max(endpoints.length, 1)];
  }

  async #listen(server: Server): Promise<number> {
    if (this.#disposed) throw new Error('the demo mesh has been stopped');
    this.#servers.add(server);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    return listenOnLoopback(server);
  }

  #closePod(uid: string): void {
    for (const server of this.#byPod.get(uid) ?? []) this.#close(server);
    this.#byPod.delete(uid);
    for (const key of [...this.#inbound.keys()]) {
      if (key.startsWith(`${uid}:`)) this.#inbound.delete(key);
    }
  }

  #close(server: Server): void {
    this.#servers.delete(server);
    server.close();
  }
}

/** Status 0 stands for no answer at all. */
async function fetchOnce(port: number, host: string, path: string): Promise<Fetched> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: '127.0.0.1',
        port,
        path,
        headers: { host },
        agent: new Agent(),
        timeout: fetchTimeoutMs,
      },
      (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body });
        });
        response.on('error', () => {
          resolve({ status: 0, body });
        });
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      resolve({ status: 0, body: '' });
    });
  });
}
