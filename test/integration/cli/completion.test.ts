import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../../../scripts/processes.ts';
import { programOnPath } from '../../../scripts/machine/programOnPath.ts';
import { completionScript, shells, type Shell } from '../../../src/cli/completion/script.ts';
import { commandNames } from '../../../src/cli/options/options.ts';
import { runHere } from './runHere.ts';

interface Row {
  readonly name: string;
  /** What was typed before Tab. */
  readonly typed: string;
  readonly offered: readonly string[];
  readonly notOffered: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'commands',
    typed: 'istio-mtls con',
    offered: ['connect', 'convert'],
    notOffered: ['diff'],
  },
  {
    name: 'the options of the command',
    typed: 'istio-mtls connect --m',
    offered: ['--matrix', '--mesh-config'],
    notOffered: ['--base'],
  },
  {
    name: 'no option of another command',
    typed: 'istio-mtls effective --',
    offered: ['--filename', '--context'],
    notOffered: ['--matrix', '--from'],
  },
  {
    name: 'the formats of the command',
    typed: 'istio-mtls connect -f x -o ',
    offered: ['table', 'json', 'markdown'],
    notOffered: ['manifests'],
  },
  {
    name: 'no format that the command does not print',
    typed: 'istio-mtls diff -o ',
    offered: ['table', 'yaml'],
    notOffered: ['wide', 'manifests'],
  },
  {
    name: 'paths',
    typed: 'istio-mtls diff --base mani',
    offered: ['manifests'],
    notOffered: ['--base'],
  },
  {
    name: 'shells',
    typed: 'istio-mtls completion ',
    offered: [...shells],
    notOffered: ['manifests'],
  },
];

/** Prints what bash would offer, a line each: what the script's function says, or paths where it leaves them to readline. */
const inBash = `
  source ./script
  complete -p istio-mtls | grep -q -- '-o default -F _istio_mtls' || exit 1
  read -ra COMP_WORDS <<<"$TYPED"
  [[ $TYPED == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  readlineToo=yes
  compopt() { readlineToo=no; }
  _istio_mtls
  printf '%s\\n' "\${COMPREPLY[@]}"
  if [[ $readlineToo == yes ]]; then compgen -d -S / -- "\${COMP_WORDS[COMP_CWORD]}"; fi
`;

/** Types into a zsh of its own, presses Tab, and prints what its completion was given. */
const inZsh = `
  zmodload zsh/zpty
  zpty z zsh -f -i
  zpty -w z "PROMPT=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -D -u; source ./script"
  zpty -w z "zstyle ':completion:*' list-grouped false; LISTMAX=1000; setopt no_list_beep no_always_last_prompt"
  zpty -w z 'compadd() {
    if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
    local -a hits; builtin compadd -A hits "$@"
    for hit in $hits; do print -r -- "$hit"; done >> offered
    builtin compadd "$@"
  }'
  zpty -w z 'complete-and-tell() { zle complete-word; : > done }; zle -N complete-and-tell'
  # Before its line editor runs, a terminal would take some of the keys for itself.
  zpty -w z 'zle-line-init() { : > ready }; zle -N zle-line-init; bindkey "^I" complete-and-tell'
  while [[ ! -e ready ]]; do sleep 0.05; done
  zpty -w -n z "$TYPED"$'\\t'
  while [[ ! -e done ]]; do sleep 0.05; done
  zpty -d z
  [[ -e offered ]] && cat offered
`;

const inFish = 'source ./script; complete -C "$TYPED" | string split -f1 \\t';

const typeInto: Readonly<Record<Shell, string>> = { bash: inBash, zsh: inZsh, fish: inFish };

for (const shell of shells) {
  const skip = programOnPath([shell]) === undefined ? `there is no ${shell} here` : false;
  describe(`completion in ${shell}`, { skip }, () => {
    let folder = '';
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), `istio-mtls-${shell}-`));
      await writeFile(join(folder, 'script'), completionScript(shell));
    });
    after(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    for (const { name, typed, offered, notOffered } of rows) {
      test(`offers ${name} after "${typed}"`, async () => {
        const cwd = await mkdtemp(join(folder, 'typed-'));
        await mkdir(join(cwd, 'manifests'));
        await writeFile(join(cwd, 'script'), completionScript(shell));
        const ending = await run(shell, ['-c', typeInto[shell]], {
          cwd,
          env: { TYPED: typed, HOME: cwd, XDG_CONFIG_HOME: cwd },
          timeoutMs: 60_000,
        });
        assert.equal(ending.kind, 'exited', ending.output);
        const lines = ending.output.split('\n').map((line) => line.trim().replace(/\/$/, ''));
        for (const word of offered) assert.ok(lines.includes(word), `${word} in ${ending.output}`);
        for (const word of notOffered)
          assert.ok(!lines.includes(word), `${word}: ${ending.output}`);
      });
    }
  });
}

describe('istio-mtls completion', () => {
  test('prints the script of the shell that is named', async () => {
    const { exitCode, stdout } = await runHere(['completion', 'bash']);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: completionScript('bash') });
  });

  for (const args of [['completion'], ['completion', 'tcsh']]) {
    test(`asks for a shell after "${args.join(' ')}"`, async () => {
      const { exitCode, stderr } = await runHere(args);
      assert.equal(exitCode, 2);
      assert.match(stderr, /Name the shell: istio-mtls completion bash\|zsh\|fish\./);
    });
  }

  test('knows every command', () => {
    for (const shell of shells)
      for (const name of commandNames) assert.ok(completionScript(shell).includes(name));
  });
});
