import { trailerMark } from './probe.ts';

/** What running a probe's command led to; the same cases as running any command in a container. */
export type ProbeAnswer =
  | {
      readonly kind: 'exited';
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  | { readonly kind: 'executable-missing' }
  | { readonly kind: 'container-not-found' }
  | { readonly kind: 'pod-not-found' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'no-status' }
  | { readonly kind: 'failed'; readonly cause: string };

/** What a probe saw on the wire, as far as its client can see it. */
export interface Observation {
  /** Of curl: 0 when any HTTP answer came. */
  readonly exitCode: number;
  readonly httpStatus?: number;
  /** The client that the server's proxy authenticated: the URI of X-Forwarded-Client-Cert (R66). */
  readonly peerIdentity?: string;
  /** The answer shows the headers that the server received, so a missing identity means something. */
  readonly showsRequestHeaders: boolean;
  /** A proxy on the way could not reach the server, and says so in a 503 (R191). */
  readonly proxyFailure: boolean;
  readonly seconds?: number;
  /** curl's own words about a failure, one line. */
  readonly stderr: string;
}

/** Reads what curl printed: the status line and body, and the trailer that `curlProbe` asked for. */
export function readAnswer(exited: Extract<ProbeAnswer, { kind: 'exited' }>): Observation {
  const { head, body, trailer } = splitOutput(exited.stdout);
  const status = statusOf(head, trailer);
  const seconds = numberIn(/time_total=([\d.,]+)/, trailer);
  const identity = peerIdentity(body) ?? peerIdentity(head);
  return {
    exitCode: exited.code,
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(identity === undefined ? {} : { peerIdentity: identity }),
    showsRequestHeaders: showsRequestHeaders(body),
    proxyFailure: status === 503 && /upstream connect error|no healthy upstream/.test(body),
    ...(seconds === undefined ? {} : { seconds }),
    stderr: exited.stderr.trim().split('\n')[0] ?? '',
  };
}

interface Output {
  readonly head: string;
  readonly body: string;
  readonly trailer: string;
}

function splitOutput(stdout: string): Output {
  const mark = stdout.lastIndexOf(`\n${trailerMark} `);
  const answer = mark < 0 ? stdout : stdout.slice(0, mark);
  const trailer = mark < 0 ? '' : stdout.slice(mark + 1);
  const end = answer.search(/\r?\n\r?\n/);
  return end < 0
    ? { head: answer, body: '', trailer }
    : { head: answer.slice(0, end), body: answer.slice(end).trimStart(), trailer };
}

/** The last status line wins: an interim `100 Continue` comes before the real one. */
function statusOf(head: string, trailer: string): number | undefined {
  const fromTrailer = numberIn(/http_code=(\d{3})/, trailer);
  if (fromTrailer !== undefined) return fromTrailer === 0 ? undefined : fromTrailer;
  return numberIn(/^HTTP\/[\d.]+ (\d{3})/, head);
}

function numberIn(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text)?.[1];
  const value = found === undefined ? NaN : Number(found.replace(',', '.'));
  return Number.isNaN(value) ? undefined : value;
}

/**
 * The URI field of X-Forwarded-Client-Cert, wherever the answer repeats that header. Every proxy on
 * the way appends an element, so the last one tells of the hop into the server. Some servers print
 * the values of a header as a JSON list, one a line.
 */
function peerIdentity(text: string): string | undefined {
  const header = /x-forwarded-client-cert"?\s*[:=]\s*\[?\s*([^\n]*)/i.exec(text)?.[1] ?? '';
  return [...header.matchAll(/URI=(spiffe:\/\/[^;,"'\s\\]+)/g)].at(-1)?.[1];
}

/** A server like httpbin answers with a JSON object that has the request's headers. */
function showsRequestHeaders(body: string): boolean {
  return /"headers"\s*:\s*\{/.test(body) && /"host"\s*:/i.test(body);
}
