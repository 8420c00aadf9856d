import {
  allOptions,
  commandNames,
  commandSummaries,
  formatsOf,
  thresholds,
} from '../options/options.ts';
import type { OptionEntry } from '../options/options.ts';

const program = 'complete -c istio-mtls';
const noCommand = `-n '__fish_is_nth_token 1'`;

function after(commands: readonly string[]): string {
  return `-n '__fish_seen_subcommand_from ${commands.join(' ')}'`;
}

function lineOf({ name, short, of, summary, ...entry }: OptionEntry & { readonly name: string }) {
  const spelling = short === undefined ? `-l ${name}` : `-s ${short} -l ${name}`;
  return `${program} ${after(of ?? commandNames)} ${spelling} ${valueOf(entry)}-d '${summary}'`;
}

/** `-r`: a value comes, which may be a path; `-x`: one that is no path; with `-a`, these. */
function valueOf({ type, value }: Pick<OptionEntry, 'type' | 'value'>): string {
  if (type === 'boolean') return '';
  if (value === 'severity') return `-x -a '${thresholds.join(' ')}' `;
  return value === 'path' ? '-r -F ' : '-x ';
}

/** The formats that a command can print. */
function formatLines(): readonly string[] {
  return commandNames.map(
    (name) => `${program} ${after([name])} -s o -l output -x -a '${formatsOf(name).join(' ')}'`,
  );
}

export function fishScript(): string {
  const lines = [
    '# Completion of istio-mtls for fish: istio-mtls completion fish > ~/.config/fish/completions/istio-mtls.fish',
    `${program} -f`,
    ...commandNames.map(
      (name) => `${program} ${noCommand} -a ${name} -d '${commandSummaries[name]}'`,
    ),
    `${program} ${noCommand} -a completion -d 'what makes a shell complete all this'`,
    `${program} ${noCommand} -a help -d 'what there is to know about a command'`,
    `${program} ${noCommand} -l version -d 'the version of this program'`,
    `${program} ${after(['completion'])} -a 'bash zsh fish'`,
    `${program} ${after(['help'])} -a '${commandNames.join(' ')}'`,
    ...allOptions.filter(({ name }) => name !== 'version').map(lineOf),
    ...formatLines(),
  ];
  return `${lines.join('\n')}\n`;
}
