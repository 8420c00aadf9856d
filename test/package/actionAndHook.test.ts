import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { build } from '../../scripts/build.ts';
import { packageCommandLine } from '../../scripts/packageCommandLine.ts';
import { run, type Ending } from '../../scripts/processes.ts';
import { commandLinePackageFile, inProject } from '../../scripts/project.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: unknown }>>;
  readonly runs: {
    readonly steps: readonly {
      readonly run: string;
      readonly env: Readonly<Record<string, string>>;
    }[];
  };
}

interface Hook {
  readonly entry: string;
  readonly args: readonly string[];
}

const action = parse(readFileSync(inProject('action.yml'), 'utf8')) as Action;
const [hook] = parse(readFileSync(inProject('.pre-commit-hooks.yaml'), 'utf8')) as readonly [Hook];

/** The variables of a step, with what somebody gives as inputs in the place of the expressions. */
function environment(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [step] = action.runs.steps;
  return Object.fromEntries(
    Object.entries(step?.env ?? {}).map(([name, expression]) => {
      const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)?.[1] ?? '';
      return [name, given[input] ?? String(action.inputs[input]?.default)];
    }),
  );
}

describe('in a repository where the package can be had', () => {
  let folder = '';
  before(async () => {
    await build({ minify: true });
    await packageCommandLine();
    folder = mkdtempSync(join(tmpdir(), 'istio-mtls-action-'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    cpSync(inProject('test/fixtures/findings/MTLS0101'), join(folder, 'bad manifests'), {
      recursive: true,
    });
    cpSync(inProject('test/fixtures/tutorial-strict'), join(folder, 'good'), { recursive: true });
    // npx takes what is installed where the version is the one that is asked for.
    const { kind, output } = await inFolder('npm', [
      'install',
      '--offline',
      commandLinePackageFile,
    ]);
    assert.equal(kind, 'exited', output);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function inFolder(command: string, args: readonly string[], env = {}): Promise<Ending> {
    return run(command, args, {
      cwd: folder,
      env: { ...env, npm_config_offline: 'true' },
      timeoutMs: 100_000,
    });
  }

  function runAction(given: Readonly<Record<string, string>>): Promise<Ending> {
    const script = action.runs.steps[0]?.run ?? '';
    // As GitHub runs "shell: bash".
    const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
    return inFolder('bash', args, environment(given));
  }

  it('the action annotates what is wrong and fails', async () => {
    const ending = await runAction({ paths: 'good\nbad manifests\n', 'sarif-file': 'out.sarif' });
    assert.ok(ending.kind === 'exited');
    assert.equal(ending.code, 1, ending.output);
    assert.match(ending.output, /^::error file=bad manifests\/mode\.yaml,line=6/m);
    assert.match(readFileSync(join(folder, 'out.sarif'), 'utf8'), /"ruleId": "MTLS0101"/);
  });

  it('the action lets pass what is sound', async () => {
    const ending = await runAction({ paths: 'good' });
    assert.ok(ending.kind === 'exited');
    assert.equal(ending.code, 0, ending.output);
    assert.match(ending.output, /No findings in \d+ files?/);
  });

  it('the action takes inputs as texts and runs nothing of them', async () => {
    await runAction({ paths: 'good$(touch run-by-path)', baseline: '"; touch run-by-baseline; "' });
    assert.equal(existsSync(join(folder, 'run-by-path')), false);
    assert.equal(existsSync(join(folder, 'run-by-baseline')), false);
  });

  it('the hook of pre-commit fails on what is wrong', async () => {
    const [command = '', ...words] = hook.entry.split(' ');
    const ending = await inFolder(command, [...words, ...hook.args]);
    assert.ok(ending.kind === 'exited');
    assert.equal(ending.code, 1, ending.output);
    assert.match(ending.output, /mode\.yaml:6:11: error: .*MTLS0101/);
  });
});
