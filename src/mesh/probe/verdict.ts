import type { NonEmpty } from '../model/reference.ts';
import type { Connection } from '../connection/connection.ts';
import type { ClientSight } from '../connection/clientSight.ts';
import { seenAs } from '../connection/symptom.ts';
import type { Observation, ProbeAnswer } from './answer.ts';

/** Why a probe says nothing about mutual TLS. */
export type Inconclusive =
  /** curl exit 6: the name is not known to DNS in the client's pod. */
  | 'name-not-resolved'
  /** curl exit 7: nothing listens there, or a network policy forbids it. */
  | 'could-not-connect'
  /** curl exit 28. */
  | 'timed-out'
  /** Exit 137 or 143, of a process that SIGKILL or SIGTERM ended: its pod is going. */
  | 'killed'
  /** A 503 that predicted traffic can have for other reasons than TLS. */
  | 'proxy-could-not-reach-server'
  /** curl ended in another way than TLS or a refusal explains. */
  | 'unexpected-failure';

/** How far an answer proves what was predicted (R196: that it works does not prove mutual TLS). */
export type Proof =
  /** The server named the client's identity. */
  | 'identity'
  /** The server shows its request headers, and no identity is among them. */
  | 'no-identity'
  /** Only that it was answered, or refused, as predicted. */
  | 'outcome-only';

/** What a probe saw, against what was predicted. */
export type Verdict =
  | { readonly kind: 'as-predicted'; readonly connection: Connection; readonly proof: Proof }
  | { readonly kind: 'contradicts'; readonly how: Contradiction }
  | { readonly kind: 'inconclusive'; readonly why: Inconclusive }
  | { readonly kind: 'no-prediction' }
  | { readonly kind: 'could-not-run'; readonly why: Exclude<ProbeAnswer, { kind: 'exited' }> };

export type Contradiction =
  | 'answered-though-refusal-predicted'
  | 'refused-though-answer-predicted'
  | 'plaintext-though-mutual-tls-predicted'
  | 'mutual-tls-though-plaintext-predicted';

/** The two ends, as far as they change what can be seen. */
export interface Ends {
  readonly client: ClientSight;
  /** The server's proxy adds X-Forwarded-Client-Cert: a sidecar does, where it reads HTTP (R66). */
  readonly namesClient: boolean;
}

/** What the observation says about the prediction. A service's endpoints may differ: one that fits is enough. */
export function verdict(predicted: NonEmpty<Connection>, seen: Observation, ends: Ends): Verdict {
  const unreached = whyUnreached(seen);
  if (unreached !== undefined && !predicted.some(isToNobody))
    return { kind: 'inconclusive', why: unreached };
  const known = predicted.filter(({ outcome }) => outcome.kind !== 'unknown');
  if (known.length < predicted.length) return { kind: 'no-prediction' };
  for (const connection of known) {
    const proof = proofOf(connection, seen, ends);
    if (proof !== undefined) return { kind: 'as-predicted', connection, proof };
  }
  return disagreement(predicted, seen);
}

/** What is not even connected, as far as a client without an Envoy can see. */
function isToNobody({ outcome }: Connection): boolean {
  return outcome.kind === 'refused' && outcome.symptom === 'no-endpoints';
}

/** How the observation bears the connection out; undefined if it does not. */
function proofOf(connection: Connection, seen: Observation, ends: Ends): Proof | undefined {
  const { outcome } = connection;
  switch (outcome.kind) {
    case 'refused':
      return isPredictedRefusal(connection, seen, ends.client) ? 'outcome-only' : undefined;
    case 'mutual-tls':
      if (!isAnswer(seen)) return undefined;
      if (seen.peerIdentity !== undefined) return 'identity';
      return seen.showsRequestHeaders && ends.namesClient && outcome.transport === 'istio'
        ? undefined
        : 'outcome-only';
    case 'plaintext':
      if (!isAnswer(seen) || seen.peerIdentity !== undefined) return undefined;
      return seen.showsRequestHeaders && ends.namesClient ? 'no-identity' : 'outcome-only';
    case 'tls':
      return isAnswer(seen) ? 'outcome-only' : undefined;
    case 'unknown':
      return undefined;
  }
}

/** An HTTP answer of the server itself: any status but the 503 by which a proxy reports that it failed. */
function isAnswer({ httpStatus, proxyFailure }: Observation): boolean {
  return httpStatus !== undefined && !proxyFailure;
}

function isPredictedRefusal(
  connection: Connection,
  seen: Observation,
  client: ClientSight,
): boolean {
  const expected = seenAs(connection, client);
  if (expected.httpStatus !== undefined && seen.httpStatus !== undefined) {
    // An application may answer 503 of itself; only the proxy's own words make it a refusal.
    const isOfProxy = seen.proxyFailure || isWordless(connection);
    return seen.httpStatus === expected.httpStatus && (seen.httpStatus !== 503 || isOfProxy);
  }
  const exits = [expected.curlExit, ...(expected.alsoPossible ?? [])];
  return seen.exitCode !== 0 && exits.includes(seen.exitCode);
}

/** Of a host that its proxy does not know, the 503 says nothing. */
function isWordless({ outcome }: Connection): boolean {
  return outcome.kind === 'refused' && outcome.symptom === 'route-leads-nowhere';
}

function disagreement(predicted: NonEmpty<Connection>, seen: Observation): Verdict {
  if (!isAnswer(seen)) return failure(predicted, seen);
  if (predicted.every(({ outcome }) => outcome.kind === 'refused')) {
    return { kind: 'contradicts', how: 'answered-though-refusal-predicted' };
  }
  const how =
    seen.peerIdentity === undefined
      ? 'plaintext-though-mutual-tls-predicted'
      : 'mutual-tls-though-plaintext-predicted';
  return { kind: 'contradicts', how };
}

/** Why curl never spoke to a server: no prediction about mutual TLS is needed to say so. */
function whyUnreached({ exitCode }: Observation): Inconclusive | undefined {
  switch (exitCode) {
    case 6:
      return 'name-not-resolved';
    case 7:
      return 'could-not-connect';
    case 28:
      return 'timed-out';
    case 137:
    case 143:
      return 'killed';
    default:
      return undefined;
  }
}

/** curl's exit codes. Source: curl.se/docs/manpage.html, "Exit codes". */
function failure(predicted: NonEmpty<Connection>, seen: Observation): Verdict {
  const unreached = whyUnreached(seen);
  if (unreached !== undefined) return { kind: 'inconclusive', why: unreached };
  switch (seen.exitCode) {
    case 16:
    case 35:
    case 52:
    case 55:
    case 56:
      return predicted.some(({ outcome }) => outcome.kind === 'refused')
        ? { kind: 'inconclusive', why: 'unexpected-failure' }
        : { kind: 'contradicts', how: 'refused-though-answer-predicted' };
    case 0:
      return { kind: 'inconclusive', why: 'proxy-could-not-reach-server' };
    default:
      return { kind: 'inconclusive', why: 'unexpected-failure' };
  }
}
