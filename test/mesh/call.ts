import type { SeenConnection } from './observer/connections.ts';
import type { MeshUnderTest } from './meshUnderTest.ts';
import {
  agrees,
  agreesOrUnknown,
  describePrediction,
  observationOf,
  predictionOf,
  probeOf,
  type Mesh,
  type Observation,
  type SeenOutcome,
  type Target,
} from './prediction.ts';

/** A call from one pod. */
export interface Call {
  /** `namespace/pod`. */
  readonly from: string;
  /** `host:port`, with `https://` before it where the application itself speaks TLS. */
  readonly to: string;
  /** Options to curl besides those of the product's probe. */
  readonly options?: readonly string[];
}

/** What became of a call. */
export interface CallResult {
  /** In one line, as tables of cases say what they expect. */
  readonly observed: string;
  /** `namespace/pod:port` of the application that answered; empty if none did. */
  readonly answeredBy: string;
  /** Whether the product had predicted it. */
  readonly agrees: boolean;
  /** Whether the outcome was predicted, whatever the client sees of it, or nothing certain was. */
  readonly outcomeAgrees: boolean;
  /** The prediction in one line. */
  readonly predicted: string;
  /** Everything that was seen, for who wonders. */
  readonly details: string;
}

/** Sends a call as the product's probe would, and compares what the wire and curl saw with what the product predicts. */
export async function makeCall(
  under: MeshUnderTest,
  mesh: Mesh,
  { from, to, options = [] }: Call,
): Promise<CallResult> {
  const [namespace = '', pod = ''] = from.split('/');
  const probe = probeOf(namespace, pod, targetOf(to));
  const [curl, ...rest] = probe.command;
  const { result, seen } = await under.call(from, [curl, ...options, ...rest]);
  const observation = observationOf(result);
  const answer = answerIn(result.stdout);
  const outcome = outcomeOf(under, from, {
    answer,
    seen,
    identity: observation.peerIdentity,
  });
  const prediction = predictionOf(mesh, probe);
  return {
    observed: inOneLine(from, outcome, observation),
    answeredBy: answer === undefined ? '' : `${answer.pod}:${answer.port}`,
    agrees: agrees(prediction, outcome, observation),
    outcomeAgrees: agreesOrUnknown(prediction, outcome),
    predicted: describePrediction(prediction),
    details: JSON.stringify({
      exit: result.code,
      stderr: result.stderr.trim(),
      status: observation.httpStatus,
      seen,
    }),
  };
}

function targetOf(to: string): Target {
  const scheme = to.startsWith('https://') ? 'https' : 'http';
  const [host = '', port = ''] = to.replace(/^https?:\/\//, '').split(':');
  return { scheme, host, port: Number(port) };
}

/** What an application of the suite answers. */
interface Answer {
  readonly pod: string;
  readonly port: number;
}

function answerIn(stdout: string): Answer | undefined {
  const line = stdout.split('\n').find((each) => each.startsWith('{"pod":'));
  return line === undefined ? undefined : (JSON.parse(line) as Answer);
}

/** What tells of a call. */
interface Evidence {
  readonly answer: Answer | undefined;
  /** The client that the application was told of. */
  readonly identity: string | undefined;
  readonly seen: readonly SeenConnection[];
}

/** What crossed the wire. The client refuses if it opens no connection, says nothing on it, or rejects the handshake of the server. */
function outcomeOf(
  under: MeshUnderTest,
  from: string,
  { answer, identity, seen }: Evidence,
): SeenOutcome {
  if (answer === undefined) {
    const reached = seen.filter(({ carries }) => carries !== 'nothing');
    const byServer = reached.some((one) => !(one.serverSpoke === 'tls' && one.clientRejects));
    return { kind: 'refused', by: byServer ? 'server' : 'client' };
  }
  const address = under.addressOf(answer.pod);
  const inOrder = [`${address}:${answer.port}`, `${address}:`];
  const carried = inOrder
    .map((prefix) => seen.find(({ server }) => server.startsWith(prefix))?.carries)
    .find((carries) => carries !== undefined);
  switch (carried) {
    case 'mutual-tls':
    case 'hbone':
      return { kind: 'mutual-tls' };
    case 'tls':
    case 'plaintext':
      return { kind: carried };
    case 'nothing':
    case undefined:
      break;
  }
  if (answer.pod !== from)
    throw new Error(`${answer.pod} answered ${from}, and nothing crossed the wire`);
  // What never leaves the pod is on no link; then the identity alone tells.
  return { kind: identity === undefined ? 'plaintext' : 'mutual-tls' };
}

function inOneLine(from: string, { kind, by = 'server' }: SeenOutcome, seen: Observation): string {
  if (kind === 'refused') return `refused by ${by}, ${seen.httpStatus ?? seen.exitCode}`;
  if (kind !== 'mutual-tls')
    return seen.peerIdentity === undefined ? kind : `${kind} as ${seen.peerIdentity}`;
  if (seen.peerIdentity === undefined) return 'mutual-tls, identity not shown';
  const [namespace = '', account = ''] = from.split('/');
  const own = `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
  return seen.peerIdentity === own ? 'mutual-tls' : `mutual-tls as ${seen.peerIdentity}`;
}
