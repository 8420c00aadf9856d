import {
  allOptions,
  belongsTo,
  commandNames,
  commandSummaries,
  formatsOf,
  thresholds,
} from '../options/options.ts';
import type { CommandName, OptionEntry } from '../options/options.ts';

/** A line of `_arguments`: its spellings, what it does, and what comes after it. */
function argumentOf(option: OptionEntry & { readonly name: string }, command: CommandName): string {
  const { name, short, multiple, summary, type } = option;
  const long = `--${name}`;
  const text = `[${summary}]${type === 'string' ? `:${name}:${actionOf(option, command)}` : ''}`;
  const often = multiple === true ? '*' : '';
  if (short === undefined) return `'${often}${long}${text}'`;
  const alone = often === '' ? `'(${long} -${short})'` : `'*'`;
  return `${alone}{${long},-${short}}'${text}'`;
}

function actionOf({ value }: OptionEntry, command: CommandName): string {
  switch (value) {
    case 'path':
      return '_files';
    case 'format':
      return `(${formatsOf(command).join(' ')})`;
    case 'severity':
      return `(${thresholds.join(' ')})`;
    default:
      return ' ';
  }
}

function argumentsOf(command: CommandName): string {
  const own = allOptions.filter((option) => belongsTo(option, command));
  const lines = own.map((option) => `        ${argumentOf(option, command)}`);
  return [`      ${command}) _arguments -s \\`, lines.join(' \\\n'), '        ;;'].join('\n');
}

/** Read with \`source\` after compinit, or kept as \`_istio-mtls\` in a folder of \`fpath\`. */
export function zshScript(): string {
  const commands = commandNames.map((name) => `    '${name}:${commandSummaries[name]}'`);
  return `#compdef istio-mtls
# Completion of istio-mtls for zsh: source <(istio-mtls completion zsh), after compinit
_istio-mtls() {
  local state line
  local -a commands
  commands=(
${commands.join('\n')}
    'completion:what makes a shell complete all this'
    'help:what there is to know about a command'
  )
  _arguments -C '(- *)--version[the version of this program]' '(- *)--help[what there is to know]' \\
    '1: :->command' '*:: :->rest'
  if [[ $state == command ]]; then
    _describe command commands
  elif [[ $state == rest ]]; then
    case $words[1] in
${commandNames.map(argumentsOf).join('\n')}
      completion) _values shell bash zsh fish ;;
      help) _values command ${commandNames.join(' ')} ;;
    esac
  fi
}
if [[ $funcstack[1] == _istio-mtls ]]; then _istio-mtls "$@"; else compdef _istio-mtls istio-mtls; fi
`;
}
