import type { IncomingMessage, ServerResponse } from 'node:http';

/** Calls another service from inside a pod, through the pod's own sidecar if it has one. */
export type Fetch = (host: string, port: number, path: string) => Promise<Fetched>;

export interface Fetched {
  readonly status: number;
  readonly body: string;
}

export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  fetch: Fetch,
) => void | Promise<void>;

/** What the process behind a container port does. */
export type Application =
  | { readonly kind: 'http'; readonly handle: HttpHandler }
  | { readonly kind: 'grpc' }
  | { readonly kind: 'redis' };
