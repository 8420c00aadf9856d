import type { Board, Evidence, Mesh, Preflight } from '../mesh/index.ts';
import {
  boardCells,
  boardSentence,
  boardSteps,
  finish,
  guardrail,
  planEnforcement,
  planRollout,
  preflight,
  rolloutJson,
  rolloutMarkdown,
  stageLine,
  withDesired,
} from '../mesh/index.ts';
import { manifestsYaml } from '../sources/yaml/manifestYaml.ts';
import { observeTraffic, type EvidenceOptions } from './evidence/readEvidence.ts';
import type { Answer } from './printAnswer.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './textTable.ts';

/** What is asked of a rollout. */
export interface RolloutQuestion {
  readonly namespace: string | undefined;
  /** The policies that guard what is finished, instead of the board. */
  readonly guardrail: boolean;
}

/** How far each namespace is on its way to STRICT, and in which order to go on. Nothing is written anywhere. */
export function rollout(
  mesh: Mesh,
  { namespace, guardrail: isGuardrail }: RolloutQuestion,
  evidence: Evidence,
): Answer {
  const chosen = namespace === undefined ? [] : [namespace];
  const board = finish(boardSteps(mesh, evidence, chosen));
  if (isGuardrail) return guardrailAnswer(mesh, board);
  const plan = planRollout(mesh, board);
  return {
    document: rolloutJson(board, plan),
    table: () => [
      textTable(
        ['NAMESPACE', 'STATE', 'WHY'],
        board.rows.map((row) => boardCells(row, evidence)),
      ),
      `\n${boardSentence(board)}\n`,
      ...plan.stages.map((stage, index) => `${index + 1}. ${stageLine(stage)}\n`),
    ],
    markdown: () => [rolloutMarkdown(board, plan)],
  };
}

/** The guardrail as manifests to apply. */
function guardrailAnswer(mesh: Mesh, board: Board): Answer {
  const manifests = guardrail(mesh, board);
  const yaml = (): string =>
    manifests.length === 0
      ? '# No namespace is finished: there is nothing to guard yet.\n'
      : manifestsYaml(manifests);
  return { document: { version: 1, manifests }, table: yaml, yaml };
}

/** Who calls the servers of a mesh, if that was asked for. */
export async function observed(
  mesh: Mesh,
  asked: EvidenceOptions | undefined,
  terminal: Terminal,
): Promise<Evidence> {
  if (asked === undefined) return nothingObserved(Date.now());
  const evidence = await observeTraffic(asked, mesh, ifStrict(mesh), terminal);
  terminal.signal.throwIfAborted();
  return evidence;
}

/** What STRICT everywhere would do: it names the servers that are asked about. */
function ifStrict(mesh: Mesh): Preflight {
  const plan = planEnforcement(mesh, { scope: 'mesh' }, 'STRICT');
  return preflight(mesh, plan.kind === 'plan' ? withDesired(mesh, plan.desired) : mesh);
}

/** What is known of traffic where nobody looked: nothing, so that no namespace is called ready. */
function nothingObserved(now: number): Evidence {
  const absent = { kind: 'prometheus', why: { kind: 'not-asked' } } as const;
  return { asked: { from: now, to: now }, sources: [], absent: [absent], calls: [] };
}
