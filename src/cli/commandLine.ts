import { parseArgs } from 'node:util';
import { clusterQuestion, type ClusterQuestion } from './clusterQuestions.ts';
import type { AssumedInjected } from '../mesh/index.ts';
import { assumedInjected, withOptionalValue, wrongAssumption } from './assumeInjected.ts';
import { readEvidenceOptions, type EvidenceOptions } from './evidence/readEvidence.ts';
import { isShell, shells, type Shell } from './completion/script.ts';
import {
  allOptions,
  belongsTo,
  commandNames,
  formatsOf,
  isCommandName,
  optionEntries,
  thresholds,
  type CommandName,
  type OutputFormat,
} from './options/options.ts';

/** Where the mesh comes from: a cluster, files, or files laid over a cluster. */
export interface MeshOptions {
  /** Files, folders, or `-` for standard input, in the order given; a later object replaces an earlier one. */
  readonly files: readonly string[];
  /** Context of the kubeconfig; undefined when no cluster is asked. */
  readonly context: string | undefined;
  readonly rootNamespace: string | undefined;
  /** Path of a file with MeshConfig. */
  readonly meshConfig: string | undefined;
  /** Namespaces to take as injected where no Namespace is declared; none where it is empty. */
  readonly assumeInjected: AssumedInjected;
}

interface AnswerOptions extends MeshOptions {
  readonly output: OutputFormat;
  readonly namespace: string | undefined;
}

/** What of a check ends the command with an exit code of its own. */
export interface CheckedOptions {
  /** The gravity from which on findings do; none where it is `never`. */
  readonly failOn: (typeof thresholds)[number];
  /** A file with findings that are known. */
  readonly baseline: string | undefined;
  readonly fix: 'no' | 'write' | 'dry-run';
}

/** The files of both sides of a comparison; with a cluster, what is laid over it. */
export interface DiffSides {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** `after` is laid over `before`; otherwise it is a mesh of its own. */
  readonly laidOver: boolean;
}

export type Command =
  | { readonly kind: 'help'; readonly topic: CommandName | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'completion'; readonly shell: Shell }
  | {
      readonly kind: 'usage-error';
      readonly message: string;
      readonly topic: CommandName | undefined;
    }
  | (AnswerOptions & CheckedOptions & { readonly kind: 'check' })
  | (AnswerOptions & { readonly kind: 'effective' })
  | (AnswerOptions & {
      readonly kind: 'connect';
      readonly from: readonly string[];
      readonly to: readonly string[];
      readonly matrix: boolean;
    })
  | (AnswerOptions & { readonly kind: 'explain'; readonly targets: readonly string[] })
  | (AnswerOptions & {
      readonly kind: 'diff';
      readonly evidence: EvidenceOptions | undefined;
    } & DiffSides)
  | (AnswerOptions & { readonly kind: 'convert' })
  | (AnswerOptions & {
      readonly kind: 'rollout';
      readonly guardrail: boolean;
      readonly evidence: EvidenceOptions | undefined;
    })
  | (AnswerOptions & Exclude<ClusterQuestion, { readonly wrong: string }>);

type Values = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  return parseArgs({
    args: withOptionalValue(args),
    options: optionEntries,
    allowPositionals: true,
  });
}

/** Reads the arguments after the program's name. Never throws. */
export function readCommandLine(args: readonly string[]): Command {
  try {
    const { values, positionals } = parse(args);
    const [name, ...rest] = positionals;
    return commandOf(values, name, rest);
  } catch (error) {
    // parseArgs says what is wrong in its first sentence and how to escape it in the next.
    const [sentence] =
      error instanceof Error ? error.message.split('. ') : ['The arguments are wrong'];
    return usageError(`${sentence ?? ''}.`.replace('..', '.'), undefined);
  }
}

function usageError(message: string, topic: CommandName | undefined): Command {
  return { kind: 'usage-error', message, topic };
}

function commandOf(values: Values, name: string | undefined, rest: readonly string[]): Command {
  if (values.version === true) return { kind: 'version' };
  if (name === undefined || name === 'help') {
    const [topic] = rest;
    const asked = values.help === true || name === 'help' || Object.keys(values).length === 0;
    if (asked) return { kind: 'help', topic: isCommandName(topic) ? topic : undefined };
    return usageError(`Name a command: ${commandNames.join(', ')}.`, undefined);
  }
  if (name === 'completion') return completionCommand(rest);
  if (!isCommandName(name)) {
    return usageError(
      `There is no command "${name}". Commands: ${commandNames.join(', ')}.`,
      undefined,
    );
  }
  if (values.help === true) return { kind: 'help', topic: name };
  const empty = emptyOption(values);
  if (empty !== undefined)
    return usageError(`--${empty} is empty: give it a value, or leave it out.`, name);
  const misplaced = misplacedOption(name, values);
  if (misplaced !== undefined)
    return usageError(`--${misplaced} does not belong to ${name}.`, name);
  return answerCommand(name, values, rest);
}

function completionCommand([shell]: readonly string[]): Command {
  if (isShell(shell)) return { kind: 'completion', shell };
  return usageError(`Name the shell: istio-mtls completion ${shells.join('|')}.`, undefined);
}

function misplacedOption(name: CommandName, values: Values): string | undefined {
  const given = allOptions.filter((option) => Object.hasOwn(values, option.name));
  return given.find((option) => !belongsTo(option, name))?.name;
}

/** An option with nothing in it, which would be answered as if another mesh were asked for. */
function emptyOption(values: Values): string | undefined {
  const isEmpty = (value: unknown): boolean =>
    Array.isArray(value) ? value.includes('') : value === '';
  return Object.entries(values).find(([, value]) => isEmpty(value))?.[0];
}

/** The commands whose arguments name what they are about. */
const takesArguments: readonly CommandName[] = ['check', 'explain', 'proxy'];

function answerCommand(name: CommandName, values: Values, rest: readonly string[]): Command {
  const formats = formatsOf(name);
  const asked = values.output ?? formats[0];
  const output = formats.find((format) => format === asked);
  if (output === undefined) {
    const last = formats.at(-1) ?? '';
    const others = formats.slice(0, -1).join(', ');
    return usageError(`-o takes ${others} or ${last}, not "${asked}".`, name);
  }
  const files = values.filename ?? [];
  const { base = [], apply = [] } = values;
  const all = [...files, ...base, ...apply, ...(name === 'check' ? rest : [])];
  if (all.length === 0 && values.context === undefined && name !== 'check') {
    return usageError('Say where the mesh is: -f PATH, or --context NAME, or both.', name);
  }
  if (all.filter((file) => file === '-').length > 1) {
    return usageError('Standard input can be read once: give -f - one time only.', name);
  }
  if (!takesArguments.includes(name) && rest[0] !== undefined) {
    return usageError(`${name} takes no argument "${rest[0]}"; options start with a dash.`, name);
  }
  const wrong = wrongAssumption(values['assume-injected']);
  if (wrong !== undefined) return usageError(wrong, name);
  const shared = sharedOptions(values, output);
  switch (name) {
    case 'check':
      return checkCommand(shared, values, rest);
    case 'effective':
      return { kind: 'effective', ...shared };
    case 'connect':
      return connectCommand(shared, values);
    case 'explain':
      if (rest.length === 0)
        return usageError('Say what to explain: KIND/NAMESPACE/NAME[:PORT].', name);
      return { kind: 'explain', ...shared, targets: rest };
    case 'proxy':
    case 'why':
      return clusterCommand(shared, clusterQuestion(name, { ...shared, ...values, rest }));
    case 'diff':
      return diffCommand(shared, { base, apply }, values);
    case 'rollout':
      return rolloutCommand(shared, values);
    case 'convert':
      if (files.length === 0)
        return usageError('Give -f with the Policy and MeshPolicy objects to convert.', name);
      return { kind: 'convert', ...shared };
  }
}

function sharedOptions(values: Values, output: OutputFormat): AnswerOptions {
  return {
    files: values.filename ?? [],
    context: values.context,
    rootNamespace: values['root-namespace'],
    meshConfig: values['mesh-config'],
    assumeInjected: assumedInjected(values['assume-injected']),
    namespace: values.namespace,
    output,
  };
}

function checkCommand(shared: AnswerOptions, values: Values, rest: readonly string[]): Command {
  const files = [...shared.files, ...rest];
  if (files.length === 0)
    return usageError('Name what to check: a file, a folder, or - for standard input.', 'check');
  const asked = values['fail-on'] ?? 'error';
  const failOn = thresholds.find((threshold) => threshold === asked);
  if (failOn === undefined)
    return usageError(`--fail-on takes ${thresholds.join(', ')}, not "${asked}".`, 'check');
  const { baseline, fix = false, 'dry-run': isDryRun = false } = values;
  if (isDryRun && !fix) return usageError('--dry-run goes with --fix.', 'check');
  const mend = isDryRun ? 'dry-run' : 'write';
  return { kind: 'check', ...shared, files, failOn, baseline, fix: fix ? mend : 'no' };
}

function connectCommand(shared: AnswerOptions, values: Values): Command {
  const { from = [], to = [], matrix = false } = values;
  if (!matrix && (from.length === 0 || to.length === 0)) {
    return usageError('Give --from NAMESPACE/WORKLOAD and --to HOST:PORT, or --matrix.', 'connect');
  }
  if (shared.namespace !== undefined && from.length > 0 && to.length > 0) {
    return usageError(
      '--namespace narrows --matrix; with --from and --to it says nothing.',
      'connect',
    );
  }
  return { kind: 'connect', ...shared, from, to, matrix };
}

function clusterCommand(shared: AnswerOptions, asked: ClusterQuestion): Command {
  return 'wrong' in asked ? usageError(asked.wrong, asked.topic) : { ...shared, ...asked };
}

interface Laid {
  readonly base: readonly string[];
  readonly apply: readonly string[];
}

function rolloutCommand(shared: AnswerOptions, values: Values): Command {
  const evidence = evidenceOptions(shared, values);
  if (typeof evidence === 'string') return usageError(evidence, 'rollout');
  return { kind: 'rollout', ...shared, guardrail: values.guardrail === true, evidence };
}

/** Who is asked about traffic; a sentence where the options mean nothing. */
function evidenceOptions(
  { context }: AnswerOptions,
  { evidence, prometheus, window }: Values,
): EvidenceOptions | string | undefined {
  return readEvidenceOptions(context, { evidence: evidence === true, prometheus, window });
}

function diffCommand(options: AnswerOptions, { base, apply }: Laid, values: Values): Command {
  const { files, context } = options;
  const evidence = evidenceOptions(options, values);
  if (typeof evidence === 'string') return usageError(evidence, 'diff');
  const shared = { ...options, evidence };
  if (apply.length > 0 || base.length > 0) {
    const isWhole = apply.length > 0 && base.length > 0 === (context === undefined);
    if (!isWhole || files.length > 0)
      return usageError(
        'Give --base PATH and --apply PATH, or --context NAME and --apply PATH; no -f beside them.',
        'diff',
      );
    return { kind: 'diff', ...shared, before: base, after: apply, laidOver: true };
  }
  const [first, second] = files;
  const wanted = context === undefined ? 2 : 1;
  if (first === undefined || files.length !== wanted) {
    const message =
      wanted === 2
        ? 'Give -f BEFORE and -f AFTER, or --base PATH and --apply PATH.'
        : 'With --context, give one -f: what would be laid over the cluster.';
    return usageError(message, 'diff');
  }
  return second === undefined
    ? { kind: 'diff', ...shared, before: [], after: [first], laidOver: true }
    : { kind: 'diff', ...shared, before: [first], after: [second], laidOver: false };
}
