import { numberAt, objectAt, objectsAt, stringAt, type Json } from '../model/json.ts';
import type { Accepts, MutualTlsMode } from '../model/mode.ts';
import { entriesOf, MESH_CERTIFICATE, tlsContextOf } from './configDump.ts';
import { read, unread, type Part, type PortTaken, type ProxyInbound } from './proxyState.ts';

/** The listener that all captured connections come to (R41). */
const CAPTURED = 'virtualInbound';
/** The listener that ends HBONE tunnels. */
const TUNNEL = 'connect_terminate';
const BLACKHOLE = 'virtualInbound-blackhole';

/** What a sidecar takes on each port, read from a dump of its listeners (R254). */
export function inboundOf(dump: string): Part<ProxyInbound> {
  const entries = entriesOf(dump, 'dynamic_listeners');
  if (entries === undefined) return unread('the proxy answered with what is no list of listeners');
  const captured = entries.find((entry) => stringAt(entry, 'name') === CAPTURED);
  if (captured === undefined) return unread('the proxy has no listener for captured connections');
  const active = objectAt(captured, 'active_state');
  const listener = objectAt(active, 'listener');
  if (listener['filter_chain_matcher'] !== undefined)
    return unread('the listener chooses its filter chains in a way that is not known here');
  return read({
    ...portsOf(objectsAt(listener, 'filter_chains')),
    acceptsHbone: entries.some((entry) => stringAt(entry, 'name') === TUNNEL),
    updated: stringAt(active, 'last_updated'),
  });
}

/** There is no backtracking: a port that has chains of its own does not use the others (R41). */
function portsOf(chains: readonly Json[]): Pick<ProxyInbound, 'ports' | 'others'> {
  const byPort = new Map<number | undefined, Json[]>();
  for (const chain of chains) {
    if (stringAt(chain, 'name') === BLACKHOLE) continue;
    const port = numberAt(objectAt(chain, 'filter_chain_match'), 'destination_port');
    byPort.set(port, [...(byPort.get(port) ?? []), chain]);
  }
  const others = byPort.get(undefined);
  const ports = [...byPort].flatMap(([port, own]) =>
    port === undefined ? [] : [{ port, ...takenBy(own) }],
  );
  return {
    ports: ports.sort((left, right) => left.port - right.port),
    others: others === undefined ? undefined : takenBy(others),
  };
}

/** What filter chains take together: each takes one kind of connection. */
export function takenBy(chains: readonly Json[]): PortTaken {
  const taken = new Set(chains.map(takenByChain));
  const accepts = order.filter((kind) => taken.has(kind));
  return { accepts, mode: modeOf(taken) };
}

const order: readonly Accepts[] = ['mutual-tls', 'tls', 'plaintext'];

/** A chain ends the mesh’s mutual TLS, TLS with a certificate of the user’s own (R47), or nothing. */
function takenByChain(chain: Json): Accepts {
  const tls = tlsContextOf(objectAt(chain, 'transport_socket'));
  if (tls === undefined) return 'plaintext';
  return tls.requiresClient && tls.shown.includes(MESH_CERTIFICATE) ? 'mutual-tls' : 'tls';
}

function modeOf(taken: ReadonlySet<Accepts>): MutualTlsMode {
  if (!taken.has('mutual-tls')) return 'DISABLE';
  return taken.size === 1 ? 'STRICT' : 'PERMISSIVE';
}

/** What a proxy takes on a port: by chains of its own, or by those for all others. */
export function takenAt({ ports, others }: ProxyInbound, port: number): PortTaken | undefined {
  return ports.find((one) => one.port === port) ?? others;
}
