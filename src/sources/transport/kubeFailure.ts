/** What can go wrong when talking to an API server. Closed, so that every surface can say it in one sentence. */
export type KubeFailure =
  /** The server answered with an error, usually a `Status` object. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly reason: string;
      readonly message: string;
      /** `details.causes` of the Status; empty when there are none. */
      readonly causes: readonly StatusCause[];
      /** The server's `Retry-After`, in milliseconds. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'unreachable'; readonly cause: string }
  | { readonly kind: 'timed-out'; readonly afterMs: number }
  | { readonly kind: 'cancelled' }
  /** The bytes were not what the Kubernetes API promises. */
  | { readonly kind: 'malformed'; readonly cause: string }
  /** The kubeconfig's credentials could not be made ready: plugin missing, file unreadable. */
  | { readonly kind: 'no-credentials'; readonly cause: string };

/** One entry of `details.causes` of a Kubernetes Status. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** One sentence for people. Carries no header, no token and no body beyond the server's own message. */
export function describeFailure(failure: KubeFailure): string {
  switch (failure.kind) {
    case 'status':
      return describeStatus(failure.status, failure.message);
    case 'unreachable':
      return failure.cause;
    case 'timed-out':
      return `The API server did not answer within ${failure.afterMs / 1000} s.`;
    case 'cancelled':
      return 'Cancelled.';
    case 'malformed':
      return `The API server's answer could not be read: ${failure.cause}.`;
    case 'no-credentials':
      return failure.cause;
  }
}

function describeStatus(status: number, message: string): string {
  const said = message === '' ? '' : `: ${message}`;
  if (status === 401) {
    return `The API server does not accept the credentials of this context (401)${said}. They may have expired.`;
  }
  if (status === 403) return `The API server refuses this (403)${said}`;
  return `The API server answered ${status}${said}`;
}

/** Whether RBAC, or whoever else authorizes, said no. */
export function isForbidden(failure: KubeFailure): boolean {
  return failure.kind === 'status' && failure.status === 403;
}

/** Turns a network error into one sentence that names the server and what to check. */
export function unreachable(error: Error & { code?: string }, server: string): KubeFailure {
  return { kind: 'unreachable', cause: explainNetworkError(error, server) };
}

/** The code of an error whose message is one sentence about the proxy before the server. */
export const PROXY_FAILED = 'ERR_PROXY_FAILED';

/** What a network error means, in one sentence; `server` names what was to be reached. */
export function explainNetworkError(error: Error & { code?: string }, server: string): string {
  switch (error.code) {
    case PROXY_FAILED:
      return error.message;
    case 'ECONNREFUSED':
      return `Nothing listens at ${server}: the connection was refused.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name in ${server} cannot be resolved.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${server} cannot be reached over the network (${error.code}).`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `The connection to ${server} was cut (${error.code}).`;
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${server} has expired.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `The certificate of ${server} is not signed by the certificate authority of the kubeconfig (${error.code}).`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate of ${server} is for another name.`;
    case undefined:
    default:
      return `Talking to ${server} failed: ${error.message}`;
  }
}
