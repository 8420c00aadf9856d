import type { Explanation, Outcome, Symptom } from '../model/explanation.ts';
import type { DataPlane } from '../model/mode.ts';
import type { ClientSight } from './clientSight.ts';

/** How an outcome shows itself to the client, as far as it can be foreseen. */
export interface SeenAs {
  /** Exit code of curl; absent where the outcome is unknown. */
  readonly curlExit?: number;
  /** HTTP status from the client's own proxy; an answer of the server itself may have any. */
  readonly httpStatus?: number;
  /** Exit codes that the same outcome may show as well, without a status. */
  readonly alsoPossible?: readonly number[];
  readonly text: string;
}

/** Exit codes of curl. Source: curl.se/docs/manpage.html, "Exit codes". */
const COULD_NOT_CONNECT = 7;
const HTTP2_FAILED = 16;
const TLS_FAILED = 35;
const EMPTY = 52;
const SEND_FAILED = 55;
const RESET = 56;

/**
 * How an outcome looks to curl in the client (R190 to R195). What a reset becomes was observed with upstream Envoy and
 * curl on OpenSSL 3: within the handshake it is 35; after it, which under TLS 1.3 is when a server misses a certificate,
 * curl fails while it sends (55, or 16 under HTTP/2) or receives (56, or 52 where the server closed in order).
 */
export function seenAs(connection: Pick<Explanation, 'outcome'>, client: ClientSight): SeenAs {
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

type Refused = Extract<Outcome, { kind: 'refused' }>;

function seenRefused({ symptom }: Refused, client: ClientSight): SeenAs {
  const { dataPlane, applicationTls } = client;
  if (symptom === 'authorization-denied') return DENIED;
  if (symptom === 'unknown-to-waypoint') return UNKNOWN_TO_WAYPOINT;
  if (symptom === 'no-route') return NO_ROUTE;
  if (symptom === 'route-leads-nowhere' && !hasEnvoy(dataPlane)) return UNKNOWN_TO_WAYPOINT;
  if (symptom === 'no-endpoints' && !hasEnvoy(dataPlane)) return nobodyThere(dataPlane);
  // What no proxy sent meets none on the way back either.
  const bypassed = symptom === 'server-resets-plaintext' || !hasEnvoy(dataPlane);
  if (bypassed && !isOfOwnProxy(symptom))
    return applicationTls ? tlsBroken(symptom) : directlyReset(symptom);
  if (symptom === 'unknown-host-blocked' && dataPlane !== 'gateway') return blocked(client);
  return throughEnvoy(symptom, client);
}

/** The node has nowhere to send it; ztunnel takes it first, and then has nowhere either. */
function nobodyThere(client: DataPlane): SeenAs {
  if (client !== 'ambient')
    return { curlExit: COULD_NOT_CONNECT, text: 'The connection is refused: curl exits with 7.' };
  const text = 'ztunnel opens the connection and then closes it: curl exits with 56 or 52.';
  return { curlExit: RESET, alsoPossible: [EMPTY, COULD_NOT_CONNECT], text };
}

const NO_ROUTE: SeenAs = {
  curlExit: 0,
  httpStatus: 404,
  text: 'The proxy answers itself: 404, unless its route says otherwise.',
};

const UNKNOWN_TO_WAYPOINT: SeenAs = {
  curlExit: 0,
  httpStatus: 503,
  alsoPossible: [RESET, EMPTY],
  text: 'The waypoint answers 503; over TCP it closes the connection.',
};

/** The server's proxy answers for its application; where it takes what comes for bytes, it closes the connection. */
const DENIED: SeenAs = {
  curlExit: 0,
  httpStatus: 403,
  alsoPossible: [RESET, EMPTY],
  text: 'The server’s proxy answers 403; over TCP it closes the connection.',
};

/** Only the client's own Envoy does this: it never comes from further away. */
function isOfOwnProxy(symptom: Symptom): boolean {
  return symptom === 'unknown-host-blocked' || symptom === 'authorities-unreadable';
}

function blocked({ applicationTls }: ClientSight): SeenAs {
  const text = 'The client’s own proxy answers 502; over TCP it closes the connection.';
  const closed = applicationTls ? [TLS_FAILED, RESET, EMPTY] : [RESET, EMPTY];
  return { curlExit: 0, httpStatus: 502, alsoPossible: closed, text };
}

/** Envoy answers where it takes the port for HTTP; elsewhere it passes on bytes, and can only end the connection. */
function throughEnvoy(symptom: Symptom, { takesFor, applicationTls }: ClientSight): SeenAs {
  if (applicationTls) return tlsBroken(symptom);
  if (takesFor === 'TCP') {
    // The server's alert comes after the handshake of TLS 1.3, and the proxy passes on an orderly end.
    const first = symptom === 'client-certificate-required' ? EMPTY : RESET;
    const text = `The client’s own proxy does not speak HTTP on this port and ends the connection: curl exits with ${first}.`;
    return { curlExit: first, alsoPossible: [first === EMPTY ? RESET : EMPTY], text };
  }
  const why = symptom === 'protocol-mismatch' ? ' (TLS error: wrong version number)' : '';
  if (takesFor === 'HTTP') {
    const text = `The client’s own proxy answers 503${why}.`;
    return { curlExit: 0, httpStatus: 503, text };
  }
  const text = `The client’s own proxy answers 503${why}; over TCP the connection is reset.`;
  return { curlExit: 0, httpStatus: 503, alsoPossible: [RESET, EMPTY], text };
}

/** The application's own TLS does not get through. */
function tlsBroken(symptom: Symptom): SeenAs {
  if (symptom === 'client-certificate-required') {
    const text =
      'The server asks for a client certificate and refuses: curl exits with 56, under TLS 1.2 with 35.';
    return { curlExit: RESET, alsoPossible: [TLS_FAILED, SEND_FAILED, HTTP2_FAILED, EMPTY], text };
  }
  const text = 'The TLS handshake fails: curl exits with 35.';
  return { curlExit: TLS_FAILED, alsoPossible: [RESET, EMPTY, SEND_FAILED, HTTP2_FAILED], text };
}

function directlyReset(symptom: Symptom): SeenAs {
  switch (symptom) {
    case 'server-resets-ambient-plaintext': {
      const text = 'ztunnel opens the connection and then closes it: curl exits with 52.';
      return { curlExit: EMPTY, alsoPossible: [RESET], text };
    }
    case 'authorization-closed':
    case 'ztunnel-policy-rejection': {
      const text = 'The connection is accepted and then closed: curl exits with 56 or 52.';
      return { curlExit: RESET, alsoPossible: [EMPTY], text };
    }
    case 'server-resets-plaintext':
    case 'server-resets-proxy-plaintext': {
      const text = 'The connection opens and is then reset: curl exits with 56.';
      return { curlExit: RESET, alsoPossible: [EMPTY], text };
    }
    default:
      return tlsBroken(symptom);
  }
}
