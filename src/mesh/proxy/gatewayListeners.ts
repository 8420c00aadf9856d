import { numberAt, objectAt, objectsAt, stringAt } from '../model/json.ts';
import { entriesOf } from './configDump.ts';
import { takenBy } from './inboundListener.ts';
import { read, unread, type Part, type ProxyInbound } from './proxyState.ts';

/** What a gateway listens for, read from a dump of its listeners: one listener a port, as its Gateways say (R61). */
export function gatewayInboundOf(dump: string): Part<ProxyInbound> {
  const entries = entriesOf(dump, 'dynamic_listeners');
  if (entries === undefined) return unread('the proxy answered with what is no list of listeners');
  const ports = entries.flatMap((entry) => {
    const listener = objectAt(objectAt(entry, 'active_state'), 'listener');
    const address = objectAt(objectAt(listener, 'address'), 'socket_address');
    const port = numberAt(address, 'port_value');
    return port === undefined ? [] : [{ port, ...takenBy(objectsAt(listener, 'filter_chains')) }];
  });
  const times = entries.flatMap(
    (entry) => stringAt(objectAt(entry, 'active_state'), 'last_updated') ?? [],
  );
  return read({
    ports: ports.sort((left, right) => left.port - right.port),
    others: undefined,
    acceptsHbone: false,
    updated: times.sort().at(-1),
  });
}
