import type { Verdict, WorkloadRef } from '../../mesh/index.ts';
import { counted, describeVerdict, shortResult, urlOf, visibleText } from '../../mesh/index.ts';
import { clientName, workloadName, type ProbeRun, type ProbeStatus } from './probeReport.ts';

/** The probes of all chosen clients to all chosen servers. */
export interface ProbeMatrix {
  readonly runs: readonly ProbeRun[];
  /** How many probes there were to be; more than `runs` when the person called them off. */
  readonly planned: number;
  /** Chosen clients that have no running pod any more. */
  readonly absent: readonly WorkloadRef[];
}

const marks =
  '200 an HTTP status   56 an exit code of curl   * the server saw a client identity   ! not as predicted   ? nothing can be said';

/** The log of a matrix, a line for each probe: what came back, with a mark where it was not as predicted. */
export function matrixReport({ runs, planned, absent }: ProbeMatrix, time: string): string {
  const calledOff = runs.length < planned ? ` · called off after ${runs.length} of ${planned}` : '';
  const notes = runs.filter(({ verdict }) => verdict.kind !== 'as-predicted').map(note);
  return lines([
    `── ${time} · ${counted(runs.length, 'probe')}${calledOff} ──`,
    ...(notes.length === 0 ? ['Every answer is as predicted.'] : notes),
    ...absent.map(goneNote),
    '',
    ...runs.map((run) => `${clientName(run.probe)} → ${urlOf(run.probe.target)}  ${cell(run)}`),
    '',
    marks,
    '',
  ]);
}

/** Whether a matrix came out as predicted, in a few words. */
export function matrixStatus({ runs, planned }: ProbeMatrix): ProbeStatus {
  const wrong = runs.filter(({ verdict }) => verdict.kind === 'contradicts').length;
  const open = planned - runs.filter(({ verdict }) => verdict.kind === 'as-predicted').length;
  const tooltip = `${runs.length} of ${planned} connections were probed.`;
  if (wrong > 0) return { kind: 'contradicts', words: `${wrong} not as predicted`, tooltip };
  if (open > 0) return { kind: 'open', words: `${open} of ${planned} without a verdict`, tooltip };
  return { kind: 'as-predicted', words: 'all as predicted', tooltip };
}

/** A pod says what came back: it stays text, whatever is in it. */
function lines(texts: readonly string[]): string {
  return texts.map(visibleText).join('\n');
}

function goneNote(client: WorkloadRef): string {
  return `${workloadName(client)}: it has no running pod.`;
}

function cell({ seen, verdict }: ProbeRun): string {
  if (seen === undefined) return '-';
  const identity = seen.peerIdentity === undefined ? '' : '*';
  return `${shortResult(seen)}${identity}${mark(verdict)}`;
}

function mark({ kind }: Verdict): string {
  switch (kind) {
    case 'as-predicted':
      return '';
    case 'contradicts':
      return '!';
    case 'inconclusive':
    case 'no-prediction':
    case 'could-not-run':
      return '?';
  }
}

function note({ probe, verdict }: ProbeRun): string {
  return `${clientName(probe)} → ${urlOf(probe.target)}: ${describeVerdict(verdict, probe.target)}`;
}
