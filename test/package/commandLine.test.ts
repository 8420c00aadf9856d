import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from '../../scripts/build.ts';
import { packageCommandLine } from '../../scripts/packageCommandLine.ts';
import { run, type Ending } from '../../scripts/processes.ts';
import { commandLinePackageFile, inProject } from '../../scripts/project.ts';

/** Everything that npm downloads. */
const golden = [
  'package/LICENSE',
  'package/README.md',
  'package/THIRD_PARTY_NOTICES.txt',
  'package/istio-mtls.js',
  'package/package.json',
];

describe('the package of the command line', () => {
  let folder = '';
  before(async () => {
    await build({ minify: true });
    await packageCommandLine();
    folder = mkdtempSync(join(tmpdir(), 'istio-mtls-npm-'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    cpSync(inProject('test/fixtures/tutorial-strict'), join(folder, 'manifests'), {
      recursive: true,
    });
    const { kind, output } = await inFolder('npm', 'install', '--offline', commandLinePackageFile);
    assert.equal(kind, 'exited', output);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function inFolder(command: string, ...args: readonly string[]): Promise<Ending> {
    return run(command, args, { cwd: folder, timeoutMs: 60_000 });
  }

  function installed(name: string): string {
    return readFileSync(join(folder, 'node_modules', 'istio-mtls', name), 'utf8');
  }

  it('holds one program and its documents', () => {
    const listing = execFileSync('tar', ['-tzf', commandLinePackageFile], { encoding: 'utf8' });
    assert.deepEqual(listing.trim().split('\n').sort(), golden);
  });

  it('is at most 400 kB', () => {
    const { size } = statSync(commandLinePackageFile);
    assert.ok(size <= 400_000, `${size} bytes`);
  });

  it('brings no other package with it, and runs nothing when it is installed', () => {
    const manifest = JSON.parse(installed('package.json')) as Readonly<Record<string, unknown>>;
    for (const field of ['dependencies', 'devDependencies', 'scripts', 'private'])
      assert.equal(manifest[field], undefined);
  });

  it('has the version of the extension, and says so', async () => {
    const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as {
      readonly version: string;
    };
    const ending = await inFolder('npx', '--no-install', 'istio-mtls', '--version');
    assert.equal(ending.output.trim().split('\n').at(-1), version);
  });

  it('answers by its name where it is installed', async () => {
    const ending = await inFolder(
      'npx',
      '--no-install',
      'istio-mtls',
      'effective',
      '-f',
      'manifests',
    );
    assert.match(ending.output, /^foo +STRICT/m);
  });

  it('has the cluster client inside', async () => {
    writeFileSync(join(folder, 'kubeconfig'), 'apiVersion: v1\nkind: Config\n');
    const ending = await run(
      'npx',
      ['--no-install', 'istio-mtls', 'effective', '--context', 'none'],
      {
        cwd: folder,
        env: { KUBECONFIG: join(folder, 'kubeconfig') },
        timeoutMs: 60_000,
      },
    );
    assert.match(ending.output, /The kubeconfig has no context "none"/);
  });

  it('names the licence of every package that is in it, and of no other', () => {
    const notices = installed('THIRD_PARTY_NOTICES.txt');
    for (const name of ['yaml', 'socks', '@kubernetes/client-node'])
      assert.match(notices, new RegExp(`^${name} \\d`, 'm'));
    assert.doesNotMatch(notices, /^selfsigned \d/m);
  });
});
