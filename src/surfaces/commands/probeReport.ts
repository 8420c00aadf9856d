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
  shortResult,
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

/** Everything about one probe: who, to whom, what was predicted and why, what came back, the verdict. */
export function probeReport(run: ProbeRun, time: string): string {
  const { from } = run.probe;
  const lines = [
    `── ${time} ──`,
    `From:      ${clientName(run.probe)} (pod ${from.pod}, container ${from.container})`,
    `To:        ${urlOf(run.probe.target)}`,
    ...run.predicted.flatMap(predictionLines),
    `Came back: ${cameBack(run)}`,
    `Verdict:   ${describeVerdict(run.verdict, run.probe.target)}`,
    `Command:   ${commandLine(run.probe.command)}`,
    '',
  ];
  // A pod says what came back: it stays text, whatever is in it.
  return lines.map(visibleText).join('\n');
}

/** `legacy/sleep`. */
export function clientName({ workload }: Probe): string {
  return workloadName(workload);
}

function workloadName({ namespace, name }: WorkloadRef): string {
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

/** The probes of all chosen clients to all chosen servers. */
export interface ProbeMatrix {
  readonly runs: readonly ProbeRun[];
  /** How many probes there were to be; more than `runs` when the person called them off. */
  readonly planned: number;
  /** Chosen clients that have no running pod any more. */
  readonly absent: readonly WorkloadRef[];
}

/** A table of clients and servers: each cell what came back, with a mark where it was not as predicted. */
export function matrixReport({ runs, planned, absent }: ProbeMatrix, time: string): string {
  const clients = [...new Set(runs.map(({ probe }) => clientName(probe)))];
  const servers = [...new Set(runs.map(({ probe }) => urlOf(probe.target)))];
  const header = ['FROM \\ TO', ...servers];
  const rows = clients.map((client) => [
    client,
    ...servers.map((server) => cell(runs.find((run) => isRun(run, client, server)))),
  ]);
  const gone = absent.map((client) => [workloadName(client), ...servers.map(() => '-')]);
  const calledOff = runs.length < planned ? ` · called off after ${runs.length} of ${planned}` : '';
  const size = `${clients.length + absent.length} clients × ${servers.length} servers`;
  const notes = runs.filter(({ verdict }) => verdict.kind !== 'as-predicted').map(note);
  const goneNotes = absent.map((client) => `${workloadName(client)}: it has no running pod.`);
  const lines = [
    `── ${time} · ${size}${calledOff} ──`,
    ...table([header, ...rows, ...gone]),
    '',
    ...(notes.length === 0 ? ['Every answer is as predicted.'] : notes),
    ...goneNotes,
    '* the server saw a client identity   ! not as predicted   ? nothing can be said',
    '',
  ];
  return lines.map(visibleText).join('\n');
}

function isRun({ probe }: ProbeRun, client: string, server: string): boolean {
  return clientName(probe) === client && urlOf(probe.target) === server;
}

function cell(run: ProbeRun | undefined): string {
  if (run?.seen === undefined) return '-';
  const identity = run.seen.peerIdentity === undefined ? '' : '*';
  return `${shortResult(run.seen)}${identity}${mark(run.verdict)}`;
}

function mark({ kind }: Verdict): string {
  switch (kind) {
    case 'as-predicted':
      return '';
    case 'contradicts':
      return ' !';
    case 'inconclusive':
    case 'no-prediction':
    case 'could-not-run':
      return ' ?';
  }
}

function note(run: ProbeRun): string {
  return `${clientName(run.probe)} → ${urlOf(run.probe.target)}: ${describeVerdict(run.verdict, run.probe.target)}`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
