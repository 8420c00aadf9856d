import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { run } from '../../../scripts/processes.ts';
import { inProject } from '../../../scripts/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-setup-'));
const checkout = join(folder, 'checkout');
const programs = join(folder, 'programs');
const calls = join(folder, 'calls');

/** The binary that an installation brings is big; this one writes down what it is called with. */
const broughtNode = `#!/bin/sh\necho "node $*" >> '${calls}'\nexit 7\n${'#'.repeat(1_100_000)}\n`;

/** An `npm ci` that brings what package-lock.json lists, as the real one does. */
const npm = `#!/bin/sh
echo "npm $*" >> '${calls}'
mkdir -p node_modules/node/bin
cp package-lock.json node_modules/.package-lock.json
cp '${join(folder, 'node')}' node_modules/node/bin/node
`;

/** Makes a checkout as git leaves it, and an npm beside it. */
function prepare(npmProgram: string | undefined): void {
  for (const one of [checkout, programs, calls]) rmSync(one, { recursive: true, force: true });
  mkdirSync(join(checkout, 'scripts'), { recursive: true });
  mkdirSync(programs);
  copyFileSync(inProject('scripts/setup.mjs'), join(checkout, 'scripts/setup.mjs'));
  lock('24.0.0');
  writeProgram(join(folder, 'node'), broughtNode);
  if (npmProgram !== undefined) writeProgram(join(programs, 'npm'), npmProgram);
}

function lock(version: string): void {
  const packages = { '': {}, 'node_modules/node': { version } };
  writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify({ packages }));
}

function writeProgram(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** Runs setup.mjs with a script; the programs beside the checkout go before those of the system. */
async function setup(path = `${programs}:/usr/bin:/bin`): Promise<{ code: number; said: string }> {
  const ending = await run(
    process.execPath,
    [join(checkout, 'scripts/setup.mjs'), 'scripts/start.ts', '--browser'],
    { timeoutMs: 20_000, env: { PATH: path } },
  );
  assert.equal(ending.kind, 'exited', ending.output);
  return { code: ending.code, said: ending.output };
}

function called(): readonly string[] {
  return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
}

const install = 'npm ci --no-audit --no-fund --loglevel=error';
const script = 'node scripts/start.ts --browser';
const onPosix = { skip: process.platform === 'win32' ? 'uses shell scripts' : false };

describe('a command of the project in a fresh checkout', onPosix, () => {
  beforeEach(() => {
    prepare(npm);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('installs, then runs the script on the Node that the project brings, and ends as it ends', async () => {
    assert.equal((await setup()).code, 7);
    assert.deepEqual(called(), [install, script]);
  });

  it('installs nothing the second time', async () => {
    await setup();
    await setup();
    assert.deepEqual(called(), [install, script, script]);
  });

  it('installs again when package-lock.json asks for another version', async () => {
    await setup();
    lock('24.0.1');
    await setup();
    assert.deepEqual(called(), [install, script, install, script]);
  });

  it('installs again when an installation was interrupted before it brought Node', async () => {
    await setup();
    writeFileSync(join(checkout, 'node_modules/node/bin/node'), '');
    await setup();
    assert.deepEqual(called(), [install, script, install, script]);
  });

  it('says in one sentence that npm is missing', async () => {
    prepare(undefined);
    const { code, said } = await setup(programs);
    assert.equal(code, 1);
    assert.match(
      said,
      /npm could not be started \(.*\)\. Install Node\.js with npm and try again\./,
    );
    assert.doesNotMatch(said, /^\s+at /m);
  });

  it('says what to check when npm cannot install', async () => {
    prepare('#!/bin/sh\nexit 4\n');
    const { code, said } = await setup();
    assert.equal(code, 1);
    assert.match(said, /npm ci ended with code 4: .*check the network/);
  });

  it('says how to get Node when install scripts are switched off', async () => {
    prepare(
      '#!/bin/sh\nmkdir -p node_modules\ncp package-lock.json node_modules/.package-lock.json\n',
    );
    const { code, said } = await setup();
    assert.equal(code, 1);
    assert.match(said, /npm rebuild node --ignore-scripts=false/);
  });
});
