import { setImmediate } from 'node:timers/promises';
import { readCommandLine, type Command } from './commandLine.ts';
import { connections } from './connect.ts';
import { conversion } from './convert.ts';
import { difference } from './diff.ts';
import { effective } from './effective.ts';
import { CommandFailure, exitCodes, type ExitCode } from './exitCode.ts';
import { explain } from './explain.ts';
import { helpText } from './help.ts';
import { openMesh, openTwoMeshes, type OpenedMesh } from './openMesh.ts';
import { printed, type Answer } from './printAnswer.ts';
import { requireNamespace } from './requireNamespace.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

type AnsweringCommand = Exclude<Command, { readonly kind: 'help' | 'version' | 'usage-error' }>;

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
    if (!(error instanceof CommandFailure)) throw error;
    terminal.complain(`istio-mtls: ${error.message}`);
    return error.exitCode;
  }
}

async function answer(command: AnsweringCommand, terminal: Terminal): Promise<ExitCode> {
  if (command.kind === 'diff') return await answerDiff(command, terminal);
  const opened = await openMesh(command, terminal);
  await print(printed(answerFrom(opened, command), command.output), terminal);
  return opened.doubtful ? exitCodes.badInput : exitCodes.ok;
}

function answerFrom(
  { mesh, legacy }: OpenedMesh,
  command: Exclude<AnsweringCommand, { readonly kind: 'diff' }>,
): Answer {
  if (command.namespace !== undefined) requireNamespace([mesh], command.namespace);
  switch (command.kind) {
    case 'effective':
      return effective(mesh, command.namespace);
    case 'connect':
      return connections(mesh, command);
    case 'explain':
      return explain(mesh, command.targets);
    case 'convert':
      return conversion(mesh, legacy);
  }
}

type DiffCommand = Extract<Command, { readonly kind: 'diff' }>;

async function answerDiff(command: DiffCommand, terminal: Terminal): Promise<ExitCode> {
  const { before, after, doubtful, skipped } = await openTwoMeshes(command, terminal);
  if (command.namespace !== undefined) requireNamespace([before, after], command.namespace);
  terminal.progress('Comparing …');
  const found = await difference({ before, after }, command.namespace, terminal.signal);
  await print(printed(found, command.output), terminal);
  if (doubtful) return exitCodes.badInput;
  if (found.changed) return exitCodes.changed;
  return skipped || found.missing.length > 0 ? exitCodes.undecided : exitCodes.ok;
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
