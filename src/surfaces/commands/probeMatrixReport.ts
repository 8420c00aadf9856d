import type { Connection, NonEmpty, Probe, Verdict, WorkloadRef } from '../../mesh/index.ts';
import {
  describeVerdict,
  foldGrid,
  gridLegend,
  gridLines,
  gridSymbol,
  shortResult,
  urlOf,
  visibleText,
} from '../../mesh/index.ts';
import { clientName, workloadName, type ProbeRun, type ProbeStatus } from './probeReport.ts';

/** The probes of all chosen clients to all chosen servers. */
export interface ProbeMatrix {
  readonly runs: readonly ProbeRun[];
  /** How many probes there were to be; more than `runs` when the person called them off. */
  readonly planned: number;
  /** Chosen clients that have no running pod any more. */
  readonly absent: readonly WorkloadRef[];
}

/** What is predicted of probes that nobody runs. */
export interface PredictedMatrix {
  readonly predicted: readonly {
    readonly probe: Probe;
    readonly connections: NonEmpty<Connection>;
  }[];
  readonly absent: readonly WorkloadRef[];
}

const marks =
  '200 an HTTP status   56 an exit code of curl   * the server saw a client identity   ! not as predicted   ? nothing can be said';

/** A grid of clients and servers: each cell what came back, with a mark where it was not as predicted. */
export function matrixReport({ runs, planned, absent }: ProbeMatrix, time: string): string {
  const grid = gridOf(
    runs.map((run) => ({ probe: run.probe, cell: cell(run) })),
    absent,
  );
  const calledOff = runs.length < planned ? ` · called off after ${runs.length} of ${planned}` : '';
  const notes = runs.filter(({ verdict }) => verdict.kind !== 'as-predicted').map(note);
  return lines([
    `── ${time} · ${grid.size}${calledOff} ──`,
    ...(notes.length === 0 ? ['Every answer is as predicted.'] : notes),
    ...absent.map(goneNote),
    '',
    ...grid.lines,
    '',
    marks,
    '',
  ]);
}

/** A grid of what is predicted. */
export function predictedReport({ predicted, absent }: PredictedMatrix, time: string): string {
  const cells = predicted.map(({ probe, connections }) => ({
    probe,
    cell: gridSymbol(connections.map(({ outcome }) => outcome)),
  }));
  const grid = gridOf(cells, absent);
  return lines([
    `── ${time} · predicted, nothing was sent · ${grid.size} ──`,
    ...absent.map(goneNote),
    ...grid.lines,
    '',
    gridLegend,
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

interface Cell {
  readonly probe: Probe;
  readonly cell: string;
}

/** A pod says what came back: it stays text, whatever is in it. */
function lines(texts: readonly string[]): string {
  return texts.map(visibleText).join('\n');
}

function gridOf(
  cells: readonly Cell[],
  absent: readonly WorkloadRef[],
): { readonly lines: readonly string[]; readonly size: string } {
  const known = new Map(cells.map(({ probe, cell: text }) => [keyOf(probe), text]));
  const clients = [...new Set(cells.map(({ probe }) => clientName(probe)))];
  const servers = [...new Set(cells.map(({ probe }) => urlOf(probe.target)))];
  const rows = clients.map((name) => ({
    name,
    cells: servers.map((server) => known.get(`${name} ${server}`) ?? '-'),
  }));
  const gone = absent.map((one) => ({ name: workloadName(one), cells: servers.map(() => '-') }));
  const grid = foldGrid([...rows, ...gone], servers);
  const size = `${clients.length + absent.length} clients × ${servers.length} servers`;
  return { lines: gridLines(grid, 'FROM'), size };
}

function keyOf(probe: Probe): string {
  return `${clientName(probe)} ${urlOf(probe.target)}`;
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
