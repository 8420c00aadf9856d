import { allOptions, belongsTo, commandNames, formatsOf, thresholds } from '../options/options.ts';
import type { CommandName, OptionEntry } from '../options/options.ts';

/** Every spelling of an option. */
function spellings({ name, short }: OptionEntry & { readonly name: string }): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function optionsOf(command: CommandName): string {
  const own = allOptions.filter((option) => belongsTo(option, command));
  return own.flatMap(spellings).join(' ');
}

/** The options after which a path, a format or something else of the person's own comes. */
function valued(value: OptionEntry['value']): string {
  const entries = allOptions.filter((option) => option.type === 'string' && option.value === value);
  return entries.flatMap(spellings).join('|');
}

/**
 * For bash 3.2, which macOS has, and later. Paths are left to readline (`-o default`), which knows how to quote them; later ones
 * can be told where no path belongs.
 */
export function bashScript(): string {
  return `# Completion of istio-mtls for bash: source <(istio-mtls completion bash)
_istio_mtls() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" word command='' words=''
  COMPREPLY=()
  if [[ $cur == = ]]; then cur=''; elif [[ $prev == = ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${commandNames.join('|')}|completion|help) command=$word; break ;; esac
  done
  case $prev in
    ${valued('path')}) return ;;
    ${valued('format')})
      case $command in
${commandNames.map((name) => `        ${name}) words='${formatsOf(name).join(' ')}' ;;`).join('\n')}
      esac ;;
    ${valued('severity')}) words='${thresholds.join(' ')}' ;;
    ${valued(undefined)}) ;;
    *)
      # Its arguments are paths.
      if [[ $command == check && $cur != -* ]]; then return; fi
      case $command in
        '') words='${commandNames.join(' ')} completion help --help --version' ;;
        help) words='${commandNames.join(' ')}' ;;
        completion) words='bash zsh fish' ;;
${commandNames.map((name) => `        ${name}) words='${optionsOf(name)}' ;;`).join('\n')}
      esac ;;
  esac
  compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _istio_mtls istio-mtls
`;
}
