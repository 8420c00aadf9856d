import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Preparation } from '../../../../scripts/suites/suite.ts';
import { fakeMachine } from './fakeMachine.ts';
import type { FakeMachine } from './fakeMachine.ts';

const onSystemsWithShell = { skip: process.platform === 'win32' ? 'writes shell scripts' : false };

const aptInstalls = ['apt-get update', 'apt-get install --yes --no-install-recommends curl'];

interface Row {
  readonly name: string;
  readonly root: boolean;
  readonly programs: Readonly<Record<string, string>>;
  readonly called: readonly string[];
  /** What is said to be missing, and why; nothing if all is well. */
  readonly why?: string;
}

const rows: readonly Row[] = [
  { name: 'is the one of the machine', root: true, programs: { curl: '' }, called: [] },
  {
    name: 'is installed as root on Debian',
    root: true,
    programs: {
      'apt-get': 'test "$1" = update || { : > "$programs/curl"; /bin/chmod +x "$programs/curl"; }',
    },
    called: aptInstalls,
  },
  {
    name: 'is asked for when apt-get does not have it, in its words',
    root: true,
    programs: { 'apt-get': 'echo "E: Unable to locate package curl"; exit 100' },
    called: aptInstalls,
    why:
      "These tests run the machine's own curl, and there is none. " +
      'apt-get install curl said "E: Unable to locate package curl". Install curl and run again.',
  },
  {
    name: 'is asked for when we may not install it',
    root: false,
    programs: { 'apt-get': '' },
    called: [],
    why:
      "These tests run the machine's own curl, and there is none. " +
      'It was not installed with apt-get, which is done as root on Debian only. Install curl and run again.',
  },
];

describe('the curl that the tests run', onSystemsWithShell, () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = fakeMachine();
  });
  afterEach(() => {
    machine.dispose();
  });

  for (const { name, root, programs, called, why } of rows) {
    it(name, async () => {
      for (const [program, script] of Object.entries(programs)) machine.add(program, script);
      const ending = await machine.run({
        module: 'scripts/machine/curl.ts',
        function: 'prepareCurl',
        root,
      });
      const expected: Preparation =
        why === undefined ? { kind: 'ready' } : { kind: 'missing', why };
      assert.deepEqual(JSON.parse(ending.output.trim().split('\n').at(-1) ?? ''), expected);
      assert.deepEqual(machine.calls(), called);
    });
  }
});
