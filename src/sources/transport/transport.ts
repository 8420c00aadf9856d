import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

import type { KubeFailure } from './kubeFailure.ts';

/** One call to the API server. `path` starts with a slash and carries no query. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds for the whole answer; 10 000 unless told. */
  readonly timeoutMs?: number;
  /** Milliseconds without anything arriving; only the whole answer is limited unless told. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
  /** Sending it twice does no harm, as with a dry run or a review. A GET never does any. */
  readonly repeatable?: boolean;
  /** Makes a value of the body of a 2xx; `JSON.parse` unless told. Where it throws, the answer is malformed. */
  readonly parse?: (body: Buffer) => unknown;
}

export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** The answer: decoded JSON of a 2xx, or why there is none. Nothing is thrown. */
export type KubeResponse =
  | {
      readonly kind: 'ok';
      readonly status: number;
      readonly body: unknown;
      /** What the server warns of; absent when of nothing. */
      readonly warnings?: readonly string[];
    }
  | KubeFailure;

/** One line of a watch. `object` is undecoded JSON. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

export interface WatchRequest {
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** The watch is given up when nothing at all arrived for so long, in milliseconds: a half-open connection. 75 000 unless told. */
  readonly idleMs?: number;
  readonly signal: AbortSignal;
  /** Called once, when the server accepted the watch. */
  onOpen?(): void;
  onEvent(event: WatchEvent): void;
}

/** How a watch ended; `closed` is the server's ordinary end after `timeoutSeconds`. */
export type WatchEnd = { readonly kind: 'closed' } | KubeFailure;

/** A GET that asks the server to go on in another protocol on the same connection. */
export interface UpgradeRequest {
  readonly path: string;
  readonly query?: Query;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds until the server has answered. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The connection, which is the caller's from now on: to be destroyed, also when the transport is closed. */
export interface Upgraded {
  readonly kind: 'upgraded';
  readonly socket: Duplex;
  /** What arrived behind the answer already. */
  readonly head: Buffer;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The one way to the API server of one context: one keep-alive agent, every call with a time limit and a
 * cancellation that reaches the socket. Headers, tokens and certificates never reach the log.
 */
export interface KubeTransport {
  /** The server's address as the kubeconfig spells it, without the user and password in it. */
  readonly server: string;
  request(request: KubeRequest): Promise<KubeResponse>;
  watch(request: WatchRequest): Promise<WatchEnd>;
  upgrade(request: UpgradeRequest): Promise<Upgraded | KubeFailure>;
  /** Aborted by `close`; whatever holds a socket of its own listens to it. */
  readonly closed: AbortSignal;
  /** Closes the sockets that wait for a next call; a later call opens a new one. */
  closeIdle(): void;
  /** Ends every call and every socket. Nothing is opened afterwards. */
  close(): void;
}

/** Percent-encodes a query; lists repeat their key, `undefined` is left out. */
export function queryString(query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(key, String(one));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
