import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { run } from '../../scripts/processes.ts';
import { inProject, root } from '../../scripts/project.ts';
import { until } from '../support/until.ts';
import { installDesktopVsCode } from './support/desktopVsCode.ts';
import type { DesktopVsCode, Launch } from './support/desktopVsCode.ts';
import { started } from './support/started.ts';
import type { Started } from './support/started.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'reads /proc' };

/** What a terminal inside VS Code sets, and what would make a new VS Code talk to that one or not open a window at all. */
const terminalInVsCode = { VSCODE_IPC_HOOK_CLI: '/run/vscode.sock', ELECTRON_RUN_AS_NODE: '1' };

describe('npm start with VS Code on the PATH', onLinux, () => {
  let vsCode: DesktopVsCode;
  let start: Started;
  let launch: Launch;
  beforeEach(async () => {
    vsCode = installDesktopVsCode();
    start = await started({ env: { ...vsCode.env, ...terminalInVsCode } });
    launch = await until('the launch', () => Promise.resolve(vsCode.launch()));
  });
  afterEach(async () => {
    await start.dispose();
    vsCode.dispose();
  });

  it('opens it on the demo mesh and the sample manifests, away from the person’s own settings', () => {
    const { args, env } = launch;
    const workspace = args.at(-1) ?? '';
    const folder = dirname(workspace);
    assert.deepEqual(args, [
      '--new-window',
      `--extensionDevelopmentPath=${root}`,
      `--extensionDevelopmentPath=${inProject('scripts/start/guide')}`,
      `--user-data-dir=${join(folder, 'user-data')}`,
      `--extensions-dir=${join(folder, 'extensions')}`,
      '--disable-workspace-trust',
      '--skip-welcome',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      workspace,
    ]);
    assert.match(basename(folder), /^istio-mtls-/);
    assert.ok(existsSync(join(workspace, 'bookinfo.yaml')));
    const settings = readFileSync(join(workspace, '.vscode', 'settings.json'), 'utf8');
    assert.deepEqual(JSON.parse(settings), { 'istioMtls.kubeconfig': join(folder, 'kubeconfig') });
    assert.deepEqual(
      Object.keys(env).filter((name) => name in terminalInVsCode),
      [],
    );
    assert.match(start.printed(), /^foo\b.*\bPERMISSIVE\b/m);
    assert.match(start.printed(), new RegExp(`^VS Code is open on ${workspace}\\.$`, 'm'));
  });

  it('ends when the person closes it, with what it left running and the folder', async () => {
    await start.endsBy(() => {
      vsCode.close(0);
    });
    assert.equal(existsSync(dirname(launch.args.at(-1) ?? '')), false);
    assert.doesNotMatch(start.printed(), /ended with/);
  });

  it('closes it on Ctrl-C', async () => {
    await start.endsBy(() => process.kill(-start.pid, 'SIGINT'));
  });

  it('says why when it ends badly', async () => {
    await start.endsBy(() => {
      vsCode.close(3);
    });
    assert.ok(
      start.printed().includes(`VS Code, ${vsCode.program}, ended with 3: The window has gone.`),
      start.printed(),
    );
  });
});

describe('npm run test:host with VS Code on the PATH', onLinux, () => {
  it('runs the suite in it, away from the person’s own settings', async () => {
    const vsCode = installDesktopVsCode(`
      writeFileSync(process.env.TEST_REPORT, '{ "passed": 7, "failed": 0, "skipped": 0 }');
      process.exit(existsSync(launch.args.find((arg) => arg.startsWith('--extensionTestsPath=')).split('=')[1]) ? 0 : 1);
    `);
    const report = join(dirname(dirname(dirname(vsCode.program))), 'report.json');
    try {
      const ending = await run(
        process.execPath,
        [inProject('scripts/testHost.ts'), report, 'test/host/activation.test.ts'],
        { timeoutMs: 60_000, env: vsCode.env },
      );
      assert.equal(ending.kind === 'exited' && ending.code, 0, ending.output);
      assert.deepEqual(JSON.parse(readFileSync(report, 'utf8')), {
        passed: 7,
        failed: 0,
        skipped: 0,
        note: `in the installed VS Code, ${vsCode.program}`,
      });
      const args = vsCode.launch()?.args ?? [];
      assert.ok(args.includes(`--extensionDevelopmentPath=${root}`));
      assert.ok(args.includes('--disable-extensions'));
      for (const option of ['--user-data-dir=', '--extensions-dir=']) {
        const values = args.filter((arg) => arg.startsWith(option));
        assert.match(values.join(), /^--[\w-]+=\S*istio-mtls-host-[^,]*$/);
      }
    } finally {
      vsCode.dispose();
    }
  });
});
