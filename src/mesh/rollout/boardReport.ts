import type { Evidence } from '../evidence/evidence.ts';
import type { ObservedCaller } from '../evidence/rankedRefusals.ts';
import { describeMissing, describeModeSource } from '../words/describe.ts';
import { describeRefusal } from '../words/enforcementText.ts';
import { counted, listed } from '../words/modeWords.ts';
import { callerWords, evidenceLines, observedLine } from '../words/impact/evidenceWords.ts';
import type { Board, BoardRow, NamespaceState, NoEvidence } from './board.ts';
import { boardCounts, stateKinds } from './board.ts';
import type { RolloutException, RolloutPlan, RolloutStage } from './plan.ts';

const titles: Readonly<Record<NamespaceState['kind'], string>> = {
  done: 'done',
  ready: 'ready',
  blocked: 'blocked',
  'no-evidence': 'no evidence',
  'not-in-mesh': 'not in the mesh',
};

/** How many unheard workloads and callers a row names before the rest is counted. */
const named = 3;

/** `12 namespaces: 4 done, 3 ready, 2 blocked, 1 no evidence, 2 not in the mesh`. */
export function boardSentence(board: Board): string {
  const counts = boardCounts(board);
  const parts = stateKinds.map((kind) => `${counts[kind]} ${titles[kind]}`);
  return `${counted(board.rows.length, 'namespace')}: ${parts.join(', ')}`;
}

/** A namespace, its state, and what is behind it, in words. */
export function boardCells(row: BoardRow, evidence: Evidence): readonly [string, string, string] {
  const { state } = row;
  const title =
    state.kind === 'blocked'
      ? `blocked (${counted(state.callers.length, 'caller')})`
      : titles[state.kind];
  return [
    row.namespace,
    title,
    [behind(row, evidence), exceptionWords(row)].filter((text) => text !== '').join(' '),
  ];
}

function behind({ state }: BoardRow, evidence: Evidence): string {
  switch (state.kind) {
    case 'done':
    case 'ready':
      return '';
    case 'blocked':
      return `${state.callers.map((caller) => observedLine(caller, evidence)).join('; ')}.`;
    case 'no-evidence':
      return noEvidenceWords(state.why);
    case 'not-in-mesh':
      return '';
  }
}

function noEvidenceWords({ unheard, missing, refusal }: NoEvidence): string {
  const names = unheard.map(({ name }) => name);
  const parts = [
    ...(names.length === 0 ? [] : [`No source heard of ${listed(names, named)}.`]),
    ...missing.map(describeMissing),
    ...(refusal === undefined ? [] : [describeRefusal(refusal)]),
  ];
  return parts.join(' ');
}

function exceptionWords({ exceptions }: BoardRow): string {
  if (exceptions.length === 0) return '';
  const parts = exceptions.map(({ workload, port, mode, from }) => {
    const where = port === undefined ? workload.name : `${workload.name} port ${port}`;
    return `${where} is ${mode} (${describeModeSource(from)})`;
  });
  return `Exceptions: ${parts.join(', ')}.`;
}

/** The board and the plan as a page that people read: deterministic, with what was read and how old it is. */
export function rolloutMarkdown(board: Board, plan: RolloutPlan): string {
  const { evidence } = board;
  const rows = board.rows.map((row) => `| ${boardCells(row, evidence).map(cell).join(' | ')} |`);
  return [
    '# Rollout of STRICT',
    boardSentence(board) + '.',
    ['| namespace | state | why |', '| --- | --- | --- |', ...rows].join('\n'),
    section('Evidence', evidenceLines(evidence)),
    section('Plan', plan.stages.map(stageLine)),
    section('Waits for evidence', plan.waiting),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
    .concat('\n');
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return [`## ${title}`, '', ...lines.map((line) => `- ${line}`)].join('\n');
}

/** Names come from a cluster or a file, and stay text in a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/[\r\n]+/g, ' ');
}

/** What one stage does, in one line. */
export function stageLine({ namespace, bringIn, exceptions, desired }: RolloutStage): string {
  const objects = counted(desired.length, 'object');
  const first =
    bringIn.length === 0
      ? ''
      : ` First bring ${listed(
          bringIn.map((one) => `${one.namespace}/${one.name}`),
          named,
        )} into the mesh;`;
  const kept =
    exceptions.length === 0
      ? ''
      : ` ${first === '' ? 'keep' : 'until then keep'} ${exceptions.map(exceptionLine).join(', ')};`;
  return `${namespace}:${first}${kept} write ${objects}, and namespace ${namespace} is STRICT.`;
}

function exceptionLine({ target, for: callers }: RolloutException): string {
  const port = target.scope === 'port' ? ` port ${target.port}` : '';
  const who = listed([...new Set(callers.map(({ caller }) => callerWords(caller)))], named);
  return `${target.workload.name}${port} PERMISSIVE for ${who}`;
}

/** The same as data. Times are milliseconds since 1970. */
export function rolloutJson(board: Board, plan: RolloutPlan): Readonly<Record<string, unknown>> {
  const { asked, sources, absent } = board.evidence;
  return {
    version: 1,
    counts: boardCounts(board),
    namespaces: board.rows.map(rowJson),
    stages: plan.stages,
    waiting: plan.waiting,
    evidence: {
      asked,
      sources: sources.map(({ heard, ...source }) => ({ ...source, heard: heard.size })),
      absent,
    },
  };
}

function rowJson({ namespace, state, workloads, exceptions }: BoardRow): unknown {
  const callers = state.kind === 'blocked' ? { callers: state.callers.map(callerJson) } : {};
  const why = state.kind === 'no-evidence' ? { why: state.why } : {};
  return { namespace, state: state.kind, workloads, ...callers, ...why, exceptions };
}

function callerJson({ caller, server, count, unit, lastSeen }: ObservedCaller): unknown {
  return { caller, server, count, unit, ...(lastSeen === undefined ? {} : { lastSeen }) };
}
