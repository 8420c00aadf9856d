import type { Explanation, Outcome, Symptom } from '../model/explanation.ts';
import type { DataPlane } from '../model/mode.ts';

/** How an outcome shows itself to the client, as far as it can be foreseen. */
export interface SeenAs {
  /** Exit code of curl; absent where it depends on the TLS library. */
  readonly curlExit?: number;
  /** HTTP status from the client's own proxy; an answer of the server itself may have any. */
  readonly httpStatus?: number;
  /** Exit codes that the same outcome may show as well. */
  readonly alsoPossible?: readonly number[];
  readonly text: string;
  /** Read in the code of Istio and TLS libraries; no document or test asserts it (R194, R195). */
  readonly inferred?: true;
}

/** curl's own words for its exit codes: a connection reset, an empty reply, a failed TLS handshake. */
const RESET = 56;
const EMPTY = 52;
const TLS_FAILED = 35;

/** How an outcome looks to an HTTP client with this data plane (R190 to R195). */
export function seenAs(connection: Pick<Explanation, 'outcome'>, client: DataPlane): SeenAs {
  const { outcome } = connection;
  switch (outcome.kind) {
    case 'mutual-tls':
    case 'tls':
    case 'plaintext':
      return { curlExit: 0, text: 'The server answers.' };
    case 'refused':
      return seenRefused(outcome, client);
    case 'unknown':
      return { text: 'Not known.' };
  }
}

/** Envoy answers HTTP for a server that it cannot reach; nothing else does. */
function hasEnvoy(client: DataPlane): boolean {
  return client === 'sidecar' || client === 'gateway' || client === 'waypoint';
}

function seenRefused(
  { symptom }: Extract<Outcome, { kind: 'refused' }>,
  client: DataPlane,
): SeenAs {
  if (symptom === 'unknown-host-blocked') {
    // A route to a host that the gateway does not know leads nowhere (R144).
    if (client === 'gateway') return fromOwnProxy(symptom);
    const text = 'The client’s own proxy answers 502; over TCP it closes the connection.';
    return { curlExit: 0, httpStatus: 502, alsoPossible: [RESET, EMPTY], text };
  }
  if (symptom === 'authorities-unreadable') return fromOwnProxy(symptom);
  // Plaintext that no proxy sent meets none on the way back either.
  const bypassed = symptom === 'server-resets-plaintext';
  return hasEnvoy(client) && !bypassed ? fromOwnProxy(symptom) : direct(symptom);
}

function fromOwnProxy(symptom: Symptom): SeenAs {
  const alsoPossible = [RESET];
  const why = symptom === 'protocol-mismatch' ? ' (TLS error: wrong version number)' : '';
  const text = `The client’s own proxy answers 503${why}; over TCP the connection is reset.`;
  return { curlExit: 0, httpStatus: 503, alsoPossible, text };
}

function direct(
  symptom: Exclude<Symptom, 'unknown-host-blocked' | 'authorities-unreadable'>,
): SeenAs {
  switch (symptom) {
    case 'server-resets-plaintext':
    case 'server-resets-proxy-plaintext':
    case 'server-resets-ambient-plaintext': {
      const text = 'The connection opens and is then reset: curl exits with 56.';
      const seen = { curlExit: RESET, alsoPossible: [EMPTY], text };
      return symptom === 'server-resets-ambient-plaintext' ? { ...seen, inferred: true } : seen;
    }
    case 'ztunnel-policy-rejection': {
      const text = 'The connection is accepted and then closed: curl exits with 56 or 52.';
      return { curlExit: RESET, alsoPossible: [EMPTY], text };
    }
    case 'protocol-mismatch':
    case 'server-identity-rejected': {
      const text = 'The TLS handshake fails: curl exits with 35.';
      return { curlExit: TLS_FAILED, alsoPossible: [RESET, EMPTY], text };
    }
    case 'server-resets-foreign-tls':
    case 'tls-read-as-http': {
      const text = 'The TLS handshake fails: curl exits with 35.';
      return { curlExit: TLS_FAILED, alsoPossible: [RESET, EMPTY], text, inferred: true };
    }
    case 'client-certificate-required': {
      const text =
        'The server asks for a client certificate and refuses: curl exits with 35 or 56.';
      return { curlExit: TLS_FAILED, alsoPossible: [RESET], text, inferred: true };
    }
  }
}
