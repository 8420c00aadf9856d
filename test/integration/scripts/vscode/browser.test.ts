import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import type { Ending } from '../../../../scripts/processes.ts';
import { fakeMachine } from '../machine/fakeMachine.ts';
import type { FakeMachine } from '../machine/fakeMachine.ts';
import { zipOfOne } from './zipOfOne.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'looks in /Applications, too' };

/** The browser's file below the folder that Playwright downloads to, such as `chromium-1255/chrome-linux64/chrome`. */
const playwrightsOwn = /chromium-\d+\/.+$/.exec(chromium.executablePath())?.[0] ?? '';

const packages = 'chromium fonts-dejavu-core';
const aptCalls = ['apt-get update', `apt-get install --yes --no-install-recommends ${packages}`];

/** An `apt-get` that installs, though it cannot reach the lists. */
const aptInstalls = `
test "$1" = update && exit 100
test "$DEBIAN_FRONTEND" = noninteractive || exit 1
: > "$programs/chromium"; /bin/chmod +x "$programs/chromium"`;

const aptFails = 'echo "E: Unable to locate package chromium"; exit 100';

/** Where Playwright downloads from: it has the browser, or nothing. */
let hasBrowser = true;
const archive = zipOfOne(playwrightsOwn.slice(playwrightsOwn.indexOf('/') + 1), Buffer.from('x'));
const downloads = createServer((_request, response) => {
  response.writeHead(hasBrowser ? 200 : 404, { 'content-length': hasBrowser ? archive.length : 0 });
  response.end(hasBrowser ? archive : '');
});

describe('the browser of the tests', onLinux, () => {
  let machine: FakeMachine;
  let own = '';
  before(async () => {
    await new Promise<void>((resolve) => downloads.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    downloads.closeAllConnections();
    downloads.close();
  });
  beforeEach(() => {
    machine = fakeMachine();
    own = join(machine.programs, '..', 'playwright');
    hasBrowser = true;
  });
  afterEach(() => {
    machine.dispose();
  });

  function findBrowser({ root }: { readonly root: boolean }): Promise<Ending> {
    const { port } = downloads.address() as AddressInfo;
    return machine.run({
      module: 'scripts/vscode/browser.ts',
      function: 'browserExecutable',
      root,
      env: {
        PLAYWRIGHT_BROWSERS_PATH: own,
        PLAYWRIGHT_DOWNLOAD_HOST: `http://127.0.0.1:${port}`,
      },
    });
  }

  /** Fails unless it ended well with this file as the result. */
  function assertFound(ending: Ending, file: string): void {
    assert.equal(ending.kind === 'exited' && ending.code, 0, ending.output);
    assert.equal(ending.output.trim().split('\n').at(-1), JSON.stringify(file));
    assert.ok(existsSync(file));
  }

  for (const name of ['chromium', 'google-chrome-stable', 'microsoft-edge']) {
    it(`is an installed ${name}, and nothing is installed`, async () => {
      machine.add(name);
      machine.add('apt-get', aptInstalls);
      assertFound(await findBrowser({ root: true }), join(machine.programs, name));
      assert.deepEqual(machine.calls(), []);
    });
  }

  it('is the one that Playwright has downloaded before', async () => {
    machine.add('apt-get', aptInstalls);
    const file = join(own, playwrightsOwn);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '', { mode: 0o755 });
    assertFound(await findBrowser({ root: true }), file);
    assert.deepEqual(machine.calls(), []);
  });

  it('is installed with apt-get as root on Debian, from old lists if need be', async () => {
    machine.add('apt-get', aptInstalls);
    assertFound(await findBrowser({ root: true }), join(machine.programs, 'chromium'));
    assert.deepEqual(machine.calls(), aptCalls);
  });

  it('is downloaded when apt-get fails', async () => {
    machine.add('apt-get', aptFails);
    assertFound(await findBrowser({ root: true }), join(own, playwrightsOwn));
    assert.deepEqual(machine.calls(), aptCalls);
  });

  it('is asked for in one line when it can neither be installed nor downloaded', async () => {
    machine.add('apt-get', aptFails);
    hasBrowser = false;
    const ending = await findBrowser({ root: true });
    assert.equal(ending.kind === 'exited' && ending.code, 1);
    assert.match(
      ending.output,
      new RegExp(
        '^These tests need Chromium, Chrome or Edge, and none is installed\\. ' +
          `apt-get install ${packages} said "E: Unable to locate package chromium"\\. ` +
          'playwright-core install chromium said "Error: .*\\b404\\b.*"\\. Install one and run again\\.$',
        'm',
      ),
    );
  });

  it('is asked for in one line when it may not be installed and cannot be downloaded', async () => {
    machine.add('apt-get', aptInstalls);
    hasBrowser = false;
    const ending = await findBrowser({ root: false });
    assert.equal(ending.kind === 'exited' && ending.code, 1);
    assert.match(
      ending.output,
      /none is installed\. It was not installed with apt-get, which is done as root on Debian only\. playwright-core .*\b404\b/,
    );
    assert.deepEqual(machine.calls(), []);
  });
});
