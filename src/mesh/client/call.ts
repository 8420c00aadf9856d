import type { Wire } from '../server/acceptance.ts';
import type { Destination } from '../destination/destination.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import type { WantedIdentity } from './identity.ts';
import type { DataPlane } from '../model/mode.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';

/** What leaves the client for one endpoint, and why. */
export interface Outbound {
  /** Undefined when the client's proxy lets nothing out: `blocked` says why (R144, R160). */
  readonly wire: Wire | undefined;
  readonly blocked?: 'unknown-host-blocked' | 'authorities-unreadable';
  /** Whose proxy it came from; undefined when no proxy saw the application's own bytes. */
  readonly proxy: Exclude<DataPlane, 'none'> | undefined;
  /** Whom the client takes for its server, where a rule says so (R168). */
  readonly wanted?: WantedIdentity;
  readonly because: readonly Reason[];
  readonly missing: readonly MissingFact[];
}

/** One call: who, and to what. */
export interface Call {
  readonly client: ClientVariant;
  readonly destination: Destination;
  readonly subset?: string;
  /** A route of the client's proxy leads here: the proxy has the call, and knows the host by the route (R310). */
  readonly isRouted?: true;
  /** The client application opens TLS itself. */
  readonly applicationTls: boolean;
}

/** What the application itself sends (R141). */
export function raw(call: Call): Wire {
  return { kind: call.applicationTls ? 'tls' : 'plaintext' };
}

/** That the bytes which go out as they are happen to be TLS. */
export function ownTls(call: Call): readonly Reason[] {
  return call.applicationTls ? [{ kind: 'application-tls' }] : [];
}

/** The proxy waits in vain for the authorities that it is to trust (R160). */
export function withoutAuthorities(
  proxy: NonNullable<Outbound['proxy']>,
  because: readonly Reason[],
  missing: readonly MissingFact[],
): Outbound {
  return { wire: undefined, blocked: 'authorities-unreadable', proxy, because, missing };
}
