import { gatewayAddress, nodeAddress } from '../environment/addresses.ts';
import { isTlsHandshake, readClientHello, rejects, type ClientHello } from './clientHello.ts';
import type { Packet } from './pcap.ts';

/** What a connection turned out to carry, by its first bytes. */
export type Carries =
  /** TLS of a proxy with its certificate of the mesh: it offers Istio's protocols, and names its server as istiod does. */
  | 'mutual-tls'
  /** HTTP/2 over TLS to the port of tunnels. */
  | 'hbone'
  | 'tls'
  | 'plaintext'
  /** Neither side has said anything. */
  | 'nothing';

/** One TCP connection into a pod, as it crossed the link of that pod. */
export interface SeenConnection {
  /** `address:port`, after Services were translated. */
  readonly client: string;
  readonly server: string;
  readonly carries: Carries;
  readonly hello?: ClientHello;
  /** Whether the server said anything, and whether that began as TLS does. */
  readonly serverSpoke: 'nothing' | 'tls' | 'plaintext';
  /** The client answered the server's handshake with an alert. */
  readonly clientRejects: boolean;
  /** Who ended it first, and how; undefined while it lasts. */
  readonly ended?: { readonly by: 'client' | 'server'; readonly how: 'reset' | 'closed' };
}

const tunnelPort = ':15008';
/** A handshake with all its certificates fits into this many bytes. */
const keptBytes = 16_384;

/** The connections that packets tell of. */
export class Connections {
  readonly #open = new Map<string, Tracked>();
  readonly #recordings = new Set<Recording>();

  take(packet: Packet): void {
    const tracked = this.#trackedOf(packet);
    if (tracked === undefined) return;
    tracked.take(packet);
    if (!isActivity(packet)) return;
    for (const recording of this.#recordings) recording.take(tracked);
  }

  /** Notes from now on on which connections the client says something, old ones too. */
  record(clientAddress: string): Recording {
    const recording = new Recording(clientAddress, () => this.#recordings.delete(recording));
    this.#recordings.add(recording);
    return recording;
  }

  /** A connection is followed on the link of its server, where its first packet goes out: there its addresses are real. */
  #trackedOf(packet: Packet): Tracked | undefined {
    const { link, outgoing, source, destination, flags } = packet;
    const [client, server] = outgoing ? [source, destination] : [destination, source];
    const key = `${link} ${client} ${server}`;
    if (outgoing && flags.syn && !flags.ack) {
      const known = this.#open.get(key);
      // The same packet again, because nobody answered.
      if (known !== undefined && known.ended === undefined) return known;
      const opened = new Tracked(client, server);
      this.#open.set(key, opened);
      return opened;
    }
    return this.#open.get(key);
  }
}

/** An alert that closes TLS is no longer than this; a request is. */
const longestAlert = 31;

/** Whether the client opens a connection or says something on it; what closes one may come long after it was used. */
function isActivity({ outgoing, flags, payload }: Packet): boolean {
  return outgoing && (flags.syn || payload.length > longestAlert);
}

/** Collects the connections of one client. */
export class Recording {
  readonly #prefix: string;
  readonly #stop: () => void;
  readonly #seen = new Set<Tracked>();

  constructor(clientAddress: string, stop: () => void) {
    this.#prefix = `${clientAddress}:`;
    this.#stop = stop;
  }

  take(tracked: Tracked): void {
    if (tracked.client.startsWith(this.#prefix) || this.#isToItself(tracked))
      this.#seen.add(tracked);
  }

  /** Through a Service, a pod reaches itself with an address of the node. */
  #isToItself({ client, server }: Tracked): boolean {
    const fromNode = [nodeAddress, gatewayAddress].some((each) => client.startsWith(`${each}:`));
    return fromNode && server.startsWith(this.#prefix);
  }

  /** Ends the recording: what was seen. */
  finish(): readonly SeenConnection[] {
    this.#stop();
    return [...this.#seen].map((tracked) => tracked.seen());
  }
}

class Tracked {
  readonly client: string;
  readonly server: string;
  readonly #fromClient = new Stream();
  readonly #fromServer = new Stream();
  ended: SeenConnection['ended'];

  constructor(client: string, server: string) {
    this.client = client;
    this.server = server;
  }

  take({ outgoing, flags, sequence, payload }: Packet): void {
    const stream = outgoing ? this.#fromClient : this.#fromServer;
    stream.take(flags.syn ? sequence + 1 : sequence, payload);
    if (this.ended !== undefined || !(flags.rst || flags.fin)) return;
    this.ended = { by: outgoing ? 'client' : 'server', how: flags.rst ? 'reset' : 'closed' };
  }

  seen(): SeenConnection {
    const hello = readClientHello(this.#fromClient.bytes);
    return {
      client: this.client,
      server: this.server,
      carries: this.#carries(hello),
      serverSpoke: spoken(this.#fromServer.bytes),
      clientRejects: rejects(this.#fromClient.bytes),
      ...(hello === undefined ? {} : { hello }),
      ...(this.ended === undefined ? {} : { ended: this.ended }),
    };
  }

  #carries(hello: ClientHello | undefined): Carries {
    const [client, server] = [this.#fromClient.bytes, this.#fromServer.bytes];
    if (client.length === 0) return server.length === 0 ? 'nothing' : 'plaintext';
    if (!isTlsHandshake(client)) return 'plaintext';
    if (this.server.endsWith(tunnelPort)) return 'hbone';
    return hello !== undefined && isOfMesh(hello) ? 'mutual-tls' : 'tls';
  }
}

/** A rule that asks for plain TLS makes the proxy offer Istio's protocols as well, but to a server by its own name. */
function isOfMesh({ alpn, serverName = '' }: ClientHello): boolean {
  return alpn.some((name) => name.startsWith('istio')) && serverName.startsWith('outbound_.');
}

function spoken(bytes: Buffer): SeenConnection['serverSpoke'] {
  if (bytes.length === 0) return 'nothing';
  const alert = 0x15;
  return isTlsHandshake(bytes) || (bytes[0] === alert && bytes[1] === 3) ? 'tls' : 'plaintext';
}

/** The first bytes of one direction; what is sent again is taken once. */
class Stream {
  bytes: Buffer = Buffer.alloc(0);
  #next: number | undefined;

  take(sequence: number, payload: Buffer): void {
    this.#next ??= sequence;
    if (payload.length === 0 || sequence !== this.#next || this.bytes.length >= keptBytes) return;
    this.bytes = Buffer.concat([this.bytes, payload]);
    this.#next = (sequence + payload.length) >>> 0;
  }
}
