import { setImmediate } from 'node:timers/promises';
import { check, checkAnswer, checkExitCode } from './checkCommand.ts';
import { readCommandLine, type Command } from './commandLine.ts';
import { completionScript } from './completion/script.ts';
import { connections } from './connect.ts';
import { conversion } from './convert.ts';
import { difference } from './diff.ts';
import { effective } from './effective.ts';
import { proxies } from './proxies.ts';
import { why } from './why.ts';
import { CommandFailure, exitCodes, type ExitCode } from './exitCode.ts';
import { explain } from './explain.ts';
import { helpText } from './help.ts';
import { evidenceJson } from './evidence/evidenceJson.ts';
import { observeTraffic } from './evidence/readEvidence.ts';
import {
  openMesh,
  openTwoMeshes,
  type OpenedMesh,
  type Trust,
  type TwoMeshes,
} from './openMesh.ts';
import { preflight, refusedSections } from '../mesh/index.ts';
import { printed, type Answer } from './printAnswer.ts';
import { observed, rollout } from './rollout.ts';
import { requireNamespace } from './requireNamespace.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

type AnsweringCommand = Exclude<
  Command,
  { readonly kind: 'help' | 'version' | 'completion' | 'usage-error' }
>;

/** Runs `istio-mtls` with the arguments after its name and returns its exit code. Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const command = readCommandLine(args);
  switch (command.kind) {
    case 'help':
      terminal.write(helpText(command.topic));
      return exitCodes.ok;
    case 'version':
      terminal.write(`${version}\n`);
      return exitCodes.ok;
    case 'completion':
      terminal.write(completionScript(command.shell));
      return exitCodes.ok;
    case 'usage-error':
      terminal.complain(`istio-mtls: ${command.message}`);
      terminal.complain(
        `Try: istio-mtls ${command.topic === undefined ? '' : `${command.topic} `}--help`,
      );
      return exitCodes.badInput;
    default:
      return await answerOrComplain(command, terminal);
  }
}

async function answerOrComplain(command: AnsweringCommand, terminal: Terminal): Promise<ExitCode> {
  try {
    return await answer(command, terminal);
  } catch (error) {
    if (terminal.signal.aborted) return exitCodes.interrupted;
    if (!(error instanceof CommandFailure)) return complainOfCrash(error, terminal);
    terminal.complain(`istio-mtls: ${error.message}`);
    return error.exitCode;
  }
}

/** Says in one sentence that the program itself is at fault. */
export function complainOfCrash(error: unknown, terminal: Pick<Terminal, 'complain'>): ExitCode {
  const [cause = ''] = String(error).split('\n');
  terminal.complain(`istio-mtls: This is a defect of istio-mtls, and no answer: ${cause}.`);
  return exitCodes.crashed;
}

async function answer(command: AnsweringCommand, terminal: Terminal): Promise<ExitCode> {
  if (command.kind === 'diff') return await answerDiff(command, terminal);
  if (command.kind === 'proxy') return await answerProxy(command, terminal);
  if (command.kind === 'check') return await answerCheck(command, terminal);
  if (command.kind === 'why') return await answerWhy(command, terminal);
  const opened = await openMesh(command, terminal);
  const found = withUnread(await answerFrom(opened, command, terminal), opened.unread);
  await print(printed(found, command.output), terminal);
  return distrust(opened, terminal) ?? exitCodes.ok;
}

/** Programs that read nothing but the document must know what it was made without, too. */
function withUnread(answer: Answer, unread: readonly string[]): Answer {
  return unread.length === 0 ? answer : { ...answer, document: { ...answer.document, unread } };
}

/** The exit code of an answer that is not to be relied on; undefined where the files could be taken as they stand. */
function distrust({ unread, doubtful }: Trust, terminal: Terminal): ExitCode | undefined {
  if (unread.length > 0) {
    const count = unread.length === 1 ? 'one part' : `${unread.length} parts`;
    terminal.complain(
      `istio-mtls: This is answered without ${count} of the input that could not be read; they may change any of it.`,
    );
    return exitCodes.partial;
  }
  return doubtful ? exitCodes.badInput : undefined;
}

async function answerFrom(
  { mesh, legacy, comments }: OpenedMesh,
  command: Exclude<AnsweringCommand, { readonly kind: 'diff' | 'check' | 'proxy' | 'why' }>,
  terminal: Terminal,
): Promise<Answer> {
  // Of old policies it is the one that they are to be applied to, which need not be among the files.
  if (command.namespace !== undefined && command.kind !== 'convert')
    requireNamespace([mesh], command.namespace);
  switch (command.kind) {
    case 'effective':
      return effective(mesh, command.namespace);
    case 'connect':
      return connections(mesh, command);
    case 'explain':
      return explain(mesh, command.targets);
    case 'rollout':
      return rollout(mesh, command, await observed(mesh, command.evidence, terminal));
    case 'convert':
      return conversion(mesh, { policies: legacy, comments, namespace: command.namespace });
  }
}

type CheckCommand = Extract<Command, { readonly kind: 'check' }>;

async function answerCheck(command: CheckCommand, terminal: Terminal): Promise<ExitCode> {
  const checked = await check(command, terminal);
  await print(printed(checkAnswer(checked), command.output), terminal);
  return (
    distrust({ unread: checked.unread, doubtful: false }, terminal) ??
    checkExitCode(checked, command)
  );
}

type DiffCommand = Extract<Command, { readonly kind: 'diff' }>;

async function answerDiff(command: DiffCommand, terminal: Terminal): Promise<ExitCode> {
  const opened = await openTwoMeshes(command, terminal);
  const { before, after, skipped } = opened;
  if (command.namespace !== undefined) requireNamespace([before, after], command.namespace);
  terminal.progress('Comparing …');
  const found = await difference({ before, after }, command.namespace, terminal.signal);
  const told = await withEvidence(found, command, opened, terminal);
  await print(printed(withUnread(told, opened.unread), command.output), terminal);
  const distrusted = distrust(opened, terminal);
  if (distrusted !== undefined) return distrusted;
  if (found.changed) return exitCodes.changed;
  return skipped || found.missing.length > 0 ? exitCodes.undecided : exitCodes.ok;
}

type ProxyCommand = Extract<Command, { readonly kind: 'proxy' }>;

async function answerProxy(command: ProxyCommand, terminal: Terminal): Promise<ExitCode> {
  const found = await proxies(command, terminal);
  await print(printed(found, command.output), terminal);
  return found.isWrong ? exitCodes.changed : exitCodes.ok;
}

/** The same answer, led by who is refused of those who were seen to call. */
async function withEvidence(
  answer: Answer,
  { evidence: asked }: DiffCommand,
  { before, after }: TwoMeshes,
  terminal: Terminal,
): Promise<Answer> {
  if (asked === undefined) return answer;
  const checked = preflight(before, after);
  const evidence = await observeTraffic(asked, after, checked, terminal);
  terminal.signal.throwIfAborted();
  const { version: number, ...rest } = answer.document;
  const lead = `${refusedSections(checked, evidence).join('\n\n')}\n\n`;
  const table = answer.table();
  return {
    ...answer,
    document: { version: number, ...evidenceJson(checked, evidence), ...rest },
    table: () => [lead, ...(typeof table === 'string' ? [table] : table)],
  };
}

type WhyCommand = Extract<Command, { readonly kind: 'why' }>;

async function answerWhy(command: WhyCommand, terminal: Terminal): Promise<ExitCode> {
  await print(printed(await why(command, terminal), command.output), terminal);
  return exitCodes.ok;
}

/** Characters that are written at once. */
const CHUNK = 65_536;
/** Longer than this no signal waits to be heard. */
const MAX_BUSY_MS = 50;

/** Writes the pieces of an answer as they are made, and stops when it is told to. */
async function print(pieces: Iterable<string>, terminal: Terminal): Promise<void> {
  let text = '';
  let since = performance.now();
  for (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK && performance.now() - since < MAX_BUSY_MS) continue;
    terminal.write(text);
    text = '';
    await setImmediate();
    terminal.signal.throwIfAborted();
    since = performance.now();
  }
  terminal.write(text);
}
