import { describeOutcome } from './describe.ts';
import type { Observation, ProbeAnswer } from '../probe/answer.ts';
import type { ProbeTarget } from '../probe/probe.ts';
import type { Contradiction, Inconclusive, Verdict } from '../probe/verdict.ts';

/** The verdict on a probe of `target` in one sentence. */
export function describeVerdict(verdict: Verdict, target: ProbeTarget): string {
  switch (verdict.kind) {
    case 'as-predicted':
      return asPredicted(verdict);
    case 'contradicts':
      return `Not as predicted: ${contradictions[verdict.how]}`;
    case 'inconclusive':
      return `Inconclusive: ${describeInconclusive(verdict.why, target)}`;
    case 'no-prediction':
      return 'Nothing was predicted, because a fact that decides it is unknown.';
    case 'could-not-run':
      return `The probe could not run: ${describeAnswerFailure(verdict.why)}`;
  }
}

function asPredicted({ connection, proof }: Extract<Verdict, { kind: 'as-predicted' }>): string {
  const outcome = describeOutcome(connection.outcome);
  switch (proof) {
    case 'identity':
      return `As predicted: ${outcome} The server saw the client's identity.`;
    case 'no-identity':
      return `As predicted: ${outcome} The server saw no client identity.`;
    case 'outcome-only':
      return connection.outcome.kind === 'refused'
        ? `As predicted: ${outcome}`
        : `As predicted: ${outcome} The answer itself does not show whether it was encrypted.`;
  }
}

const contradictions: Readonly<Record<Contradiction, string>> = {
  'answered-though-refusal-predicted': 'the server answered, but a refusal was predicted.',
  'refused-though-answer-predicted': 'the connection was refused, but an answer was predicted.',
  'plaintext-though-mutual-tls-predicted':
    'the server saw no client identity, but mutual TLS was predicted.',
  'mutual-tls-though-plaintext-predicted':
    "the server saw the client's identity, but plaintext was predicted.",
};

function describeInconclusive(why: Inconclusive, { host, port }: ProbeTarget): string {
  switch (why) {
    case 'name-not-resolved':
      return `the name ${host} is not known in the client's pod.`;
    case 'could-not-connect':
      return `nothing accepted a connection to ${host} on port ${port}.`;
    case 'timed-out':
      return `no answer came from ${host} within the time limit.`;
    case 'killed':
      return "curl was killed before an answer came, as happens when the client's pod goes.";
    case 'proxy-could-not-reach-server':
      return `a proxy on the way could not reach ${host}, which has other causes than mutual TLS too.`;
    case 'unexpected-failure':
      return 'the request failed in a way that mutual TLS does not explain.';
  }
}

/** Why a command did not run to its end, in one sentence. */
export function describeAnswerFailure(answer: Exclude<ProbeAnswer, { kind: 'exited' }>): string {
  switch (answer.kind) {
    case 'executable-missing':
      return 'the container has no curl.';
    case 'container-not-found':
      return 'the container is not there any more.';
    case 'pod-not-found':
      return 'the pod is gone.';
    case 'forbidden':
      return 'you may not run commands in this pod (create pods/exec).';
    case 'timed-out':
      return 'it did not end within the time limit.';
    case 'cancelled':
      return 'it was cancelled.';
    case 'no-status':
      return 'the connection to the pod ended before the result came.';
    case 'failed':
      return answer.cause;
  }
}

/** What came back, in the words of a table cell: `200`, `503`, `56`. */
export function shortResult(seen: Observation): string {
  return seen.httpStatus === undefined ? String(seen.exitCode) : String(seen.httpStatus);
}
