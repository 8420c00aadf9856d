export const commandNames = [
  'check',
  'effective',
  'connect',
  'explain',
  'diff',
  'convert',
  'rollout',
  'proxy',
  'why',
] as const;

/** A command that answers a question about a mesh. */
export type CommandName = (typeof commandNames)[number];

export function isCommandName(name: string | undefined): name is CommandName {
  return commandNames.some((known) => known === name);
}

/** What each command is for, in a few words. */
export const commandSummaries: Readonly<Record<CommandName, string>> = {
  check: 'mistakes about mutual TLS in manifests',
  effective: 'the effective mode of everything, and the policy that decided it',
  connect: 'what becomes of a connection between a client and a service',
  explain: 'why a mode is what it is, and why every other policy lost',
  diff: 'whose mode or connection changes',
  convert: 'policies of Istio before 1.6 as PeerAuthentications',
  rollout: 'how far each namespace is on its way to STRICT, and in which order to go on',
  proxy: 'what running proxies have, beside what is predicted',
  why: 'which change refuses a connection, and whose it is',
};

export type OutputFormat =
  | ('table' | 'json' | 'yaml')
  /** Of `connect` alone, Markdown of `rollout` too. */
  | ('wide' | 'markdown')
  /** Of `check` alone. */
  | ('text' | 'sarif' | 'github' | 'junit');

/** What `-o` may be for a command; the first one is what is printed without it. */
export function formatsOf(command: CommandName): readonly [OutputFormat, ...OutputFormat[]] {
  switch (command) {
    case 'check':
      return ['text', 'json', 'sarif', 'github', 'junit'];
    case 'connect':
      return ['table', 'json', 'yaml', 'wide', 'markdown'];
    case 'rollout':
      return ['table', 'json', 'yaml', 'markdown'];
    case 'convert':
      return ['yaml', 'table', 'json'];
    case 'effective':
    case 'explain':
    case 'diff':
    case 'proxy':
    case 'why':
      return ['table', 'json', 'yaml'];
  }
}

/** What `--fail-on` may be. */
export const thresholds = ['error', 'warning', 'information', 'hint', 'never'] as const;

/** An option as `parseArgs` reads it, and what else there is to know about it. */
export interface OptionEntry {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: true;
  /** What it does, in a few words. */
  readonly summary: string;
  /** The commands that it belongs to; all of them when absent. */
  readonly of?: readonly CommandName[];
  /** What can be completed after it. */
  readonly value?: 'path' | 'format' | 'severity';
}

export const optionEntries = {
  filename: {
    type: 'string',
    short: 'f',
    multiple: true,
    summary: 'a file, a folder, or - for standard input',
    value: 'path',
  },
  context: { type: 'string', summary: 'a context of your kubeconfig' },
  namespace: {
    type: 'string',
    short: 'n',
    summary: 'this namespace only',
    of: ['effective', 'connect', 'diff', 'convert', 'rollout'],
  },
  output: { type: 'string', short: 'o', summary: 'how it is printed', value: 'format' },
  'root-namespace': { type: 'string', summary: 'the root namespace of Istio' },
  'assume-injected': {
    type: 'string',
    multiple: true,
    summary: 'namespaces to take as injected where none is declared',
  },
  'mesh-config': { type: 'string', summary: 'a file with the MeshConfig of Istio', value: 'path' },
  from: {
    type: 'string',
    multiple: true,
    summary: 'a client, as NAMESPACE/WORKLOAD',
    of: ['connect', 'why'],
  },
  to: {
    type: 'string',
    multiple: true,
    summary: 'a service, as HOST:PORT',
    of: ['connect', 'why'],
  },
  since: { type: 'string', summary: 'how long ago a change may be: 30m, 1h, 7d', of: ['why'] },
  matrix: { type: 'boolean', summary: 'every client with every service', of: ['connect'] },
  base: {
    type: 'string',
    multiple: true,
    summary: 'what files are applied over',
    of: ['diff'],
    value: 'path',
  },
  apply: {
    type: 'string',
    multiple: true,
    summary: 'the files that are applied',
    of: ['diff'],
    value: 'path',
  },
  'fail-on': {
    type: 'string',
    summary: 'the gravity from which on findings end it with exit code 1',
    of: ['check'],
    value: 'severity',
  },
  baseline: {
    type: 'string',
    summary: 'findings that are known, as check -o json printed them',
    of: ['check'],
    value: 'path',
  },
  fix: {
    type: 'boolean',
    summary: 'mend what can be mended without changing what happens',
    of: ['check'],
  },
  'dry-run': {
    type: 'boolean',
    summary: 'with --fix: only say what would be mended',
    of: ['check'],
  },
  evidence: {
    type: 'boolean',
    summary: 'who really calls, by what was observed',
    of: ['diff', 'rollout'],
  },
  prometheus: {
    type: 'string',
    summary: 'a Prometheus: NAMESPACE/SERVICE or an address',
    of: ['diff', 'rollout'],
  },
  window: {
    type: 'string',
    summary: 'how far back to look, from 1h to 30d',
    of: ['diff', 'rollout'],
  },
  guardrail: {
    type: 'boolean',
    summary: 'the policies that guard what is finished, to apply',
    of: ['rollout'],
  },
  help: { type: 'boolean', short: 'h', summary: 'what there is to know about a command' },
  version: { type: 'boolean', summary: 'the version of this program' },
} as const satisfies Readonly<Record<string, OptionEntry>>;

export type OptionName = keyof typeof optionEntries;

/** Every option by its name, with all the fields that an entry may have. */
export const allOptions: readonly (OptionEntry & { readonly name: string })[] = Object.entries(
  optionEntries,
).map(([name, entry]) => ({ name, ...entry }));

/** Whether an option may be given to a command. */
export function belongsTo({ of }: OptionEntry, command: CommandName): boolean {
  return of?.includes(command) ?? true;
}
