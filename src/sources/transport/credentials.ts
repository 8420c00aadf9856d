import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';

import type { KubeFailure } from './kubeFailure.ts';

/** What a request or WebSocket needs to be accepted: TLS material, headers, the one agent. */
export interface Authentication {
  readonly kind: 'authentication';
  /** TLS material and basic authentication; no headers. */
  readonly options: Omit<RequestOptions, 'headers'>;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** Credentials of one context: got once for all who ask at the same time, kept until they age or are refused. */
export interface Credentials {
  get(signal: AbortSignal): Promise<Authentication | KubeFailure>;
  /** Forgets what the server refused with 401, so that the next `get` asks anew. */
  refuse(refused: Authentication): void;
  dispose(): void;
}
