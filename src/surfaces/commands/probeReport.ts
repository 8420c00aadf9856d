import type {
  Connection,
  NonEmpty,
  Observation,
  Probe,
  ProbeAnswer,
  Verdict,
  WorkloadRef,
} from '../../mesh/index.ts';
import {
  commandLine,
  describeOutcome,
  describeReason,
  describeVerdict,
  urlOf,
  visibleText,
} from '../../mesh/index.ts';

/** One probe that ran, or could not. */
export interface ProbeRun {
  readonly probe: Probe;
  readonly predicted: NonEmpty<Connection>;
  readonly answer: ProbeAnswer;
  /** Absent when the command did not run to its end. */
  readonly seen: Observation | undefined;
  readonly verdict: Verdict;
  /** What the probe took, in seconds. */
  readonly seconds: number;
}

/** Everything about one probe, the verdict first: who, to whom, what came back, what was predicted and why. */
export function probeReport(run: ProbeRun, time: string): string {
  const { from } = run.probe;
  const lines = [
    `── ${time} ──`,
    `Verdict:   ${describeVerdict(run.verdict, run.probe.target)}`,
    `From:      ${clientName(run.probe)} (pod ${from.pod}, container ${from.container})`,
    `To:        ${urlOf(run.probe.target)}`,
    `Came back: ${cameBack(run)}`,
    ...run.predicted.flatMap(predictionLines),
    `Command:   ${commandLine(run.probe.command)}`,
    '',
  ];
  // A pod says what came back: it stays text, whatever is in it.
  return lines.map(visibleText).join('\n');
}

export function clientName({ workload }: Probe): string {
  return workloadName(workload);
}

/** `legacy/sleep`. */
export function workloadName({ namespace, name }: WorkloadRef): string {
  return `${namespace}/${name}`;
}

function predictionLines(connection: Connection): readonly string[] {
  const { outcome, because, endpoints, ofEndpoints } = connection;
  const share = endpoints === ofEndpoints ? '' : ` (${endpoints} of ${ofEndpoints} endpoints)`;
  return [
    `Predicted: ${describeOutcome(outcome)}${share}`,
    ...because.map((reason) => `           - ${describeReason(reason)}`),
  ];
}

function cameBack({ seen, seconds }: ProbeRun): string {
  if (seen === undefined) return 'nothing';
  const took = `${(seen.seconds ?? seconds).toFixed(2)} s`;
  const parts = [
    seen.httpStatus === undefined ? 'no HTTP answer' : `HTTP ${seen.httpStatus}`,
    `exit code ${seen.exitCode}`,
    identityWords(seen),
    took,
    seen.stderr,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function identityWords({ peerIdentity, showsRequestHeaders }: Observation): string {
  if (peerIdentity !== undefined) return `client identity ${peerIdentity}`;
  return showsRequestHeaders ? 'no client identity' : '';
}

/** How a probe ended, in a few words for the status bar. */
export interface ProbeStatus {
  readonly kind: 'as-predicted' | 'contradicts' | 'open';
  readonly words: string;
  readonly tooltip: string;
}

/** The verdict on one probe, as short as the status bar is. */
export function probeStatus({ probe, verdict }: ProbeRun): ProbeStatus {
  const tooltip = `${clientName(probe)} → ${urlOf(probe.target)}: ${describeVerdict(verdict, probe.target)}`;
  switch (verdict.kind) {
    case 'as-predicted':
      return { kind: 'as-predicted', words: 'as predicted', tooltip };
    case 'contradicts':
      return { kind: 'contradicts', words: 'not as predicted', tooltip };
    case 'inconclusive':
      return { kind: 'open', words: 'inconclusive', tooltip };
    case 'no-prediction':
      return { kind: 'open', words: 'nothing was predicted', tooltip };
    case 'could-not-run':
      return { kind: 'open', words: 'could not run', tooltip };
  }
}
