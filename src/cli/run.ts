import { readCommandLine, type Command } from './commandLine.ts';
import { connections } from './connect.ts';
import { difference } from './diff.ts';
import { effective } from './effective.ts';
import { CommandFailure, exitCodes, type ExitCode } from './exitCode.ts';
import { explain } from './explain.ts';
import { helpText } from './help.ts';
import { openMesh, type OpenedMesh } from './openMesh.ts';
import { printAnswer, type Answer } from './printAnswer.ts';
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
  terminal.write(printAnswer(answerFrom(opened, command), command.output));
  return opened.doubtful ? exitCodes.badInput : exitCodes.ok;
}

function answerFrom(
  { mesh }: OpenedMesh,
  command: Exclude<AnsweringCommand, { readonly kind: 'diff' }>,
): Answer {
  switch (command.kind) {
    case 'effective':
      return effective(mesh, command.namespace);
    case 'connect':
      return connections(mesh, command);
    case 'explain':
      return explain(mesh, command.targets);
  }
}

type DiffCommand = Extract<Command, { readonly kind: 'diff' }>;

/** With a cluster, before is the cluster and after is the same with the files laid over it. */
async function answerDiff(command: DiffCommand, terminal: Terminal): Promise<ExitCode> {
  const [first, second] = command.files;
  const onCluster = command.context !== undefined;
  const before = await openMesh(
    { ...command, files: onCluster || first === undefined ? [] : [first] },
    terminal,
  );
  const laidOver = onCluster ? first : second;
  const after = await openMesh(
    { ...command, files: laidOver === undefined ? [] : [laidOver] },
    terminal,
  );
  const found = difference(before.mesh, after.mesh, command.namespace);
  terminal.write(printAnswer(found, command.output));
  if (before.doubtful || after.doubtful) return exitCodes.badInput;
  return found.changed ? exitCodes.changed : exitCodes.ok;
}
