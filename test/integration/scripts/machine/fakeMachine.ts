import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../../../../scripts/processes.ts';
import type { Ending } from '../../../../scripts/processes.ts';
import { inProject } from '../../../../scripts/project.ts';

/** What a function of the scripts is called with, in a process that sees only the programs of a {@link FakeMachine}. */
export interface Call {
  /** A module of scripts/, and the function that it exports; it takes an AbortSignal. */
  readonly module: string;
  readonly function: string;
  readonly root: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A machine on whose PATH are only programs of a test, each of which writes down how it was called. */
export interface FakeMachine {
  /** The one folder on the PATH. */
  readonly programs: string;
  /** Adds a program: a shell script, which may use `$programs`. */
  add(name: string, script?: string): void;
  /** The command lines of all programs that ran, in order. */
  calls(): readonly string[];
  /** Calls the function and prints its result as JSON; or the message of what it throws, with exit code 1. */
  run(call: Call): Promise<Ending>;
  dispose(): void;
}

export function fakeMachine(): FakeMachine {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-machine-'));
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const calls = join(folder, 'calls');
  return {
    programs,
    add: (name, script = '') => {
      const text = `#!/bin/sh\nprograms='${programs}'\necho "${name} $*" >> '${calls}'\n${script}\n`;
      writeFileSync(join(programs, name), text, { mode: 0o755 });
    },
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
    run: ({ module, function: name, root, env }) =>
      run(process.execPath, ['--input-type=module', '-e', callIn(module, name, root)], {
        timeoutMs: 60_000,
        env: { ...env, PATH: programs },
      }),
    dispose: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

function callIn(module: string, name: string, root: boolean): string {
  return `
    process.getuid = () => ${root ? 0 : 1000};
    const module = await import(${JSON.stringify(pathToFileURL(inProject(module)).href)});
    try {
      console.log(JSON.stringify(await module[${JSON.stringify(name)}](AbortSignal.timeout(50_000))));
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }`;
}
