import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { startDemo } from '../../src/demo/demo.ts';
import { run } from '../../scripts/processes.ts';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { inProject } from '../../scripts/project.ts';
import { addressIn, get, pageAt } from './support/browserPage.ts';
import { commandOf } from './support/processTree.ts';
import { started } from './support/started.ts';
import type { Started } from './support/started.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'reads /proc' };

/** Ways in which `npm start` is ended; none of them leaves a process behind. */
const endings: readonly {
  readonly name: string;
  readonly inTerminal?: boolean;
  readonly end: (pid: number) => void;
}[] = [
  {
    name: 'when npm alone is asked to end (SIGTERM)',
    end: (pid) => process.kill(pid, 'SIGTERM'),
  },
  {
    name: 'when all that it started is asked to end (SIGTERM), as at the end of a session',
    end: (pid) => process.kill(-pid, 'SIGTERM'),
  },
  {
    name: 'when the terminal closes (SIGHUP, and nowhere to print to)',
    inTerminal: true,
    end: (pid) => process.kill(pid, 'SIGKILL'),
  },
];

describe('npm start', onLinux, () => {
  it('prints the modes of the demo mesh and where VS Code is, and stops on Ctrl-C', async () => {
    const start = await started({ args: ['--browser'] });
    try {
      for (const namespace of ['foo', 'bar', 'legacy', 'bookinfo']) {
        assert.match(start.printed(), new RegExp(`^${namespace}\\b.*\\bPERMISSIVE\\b`, 'm'));
      }
      const address = addressIn(start.printed());
      assert.match(await pageAt(address), /workbench/);
      const stranger = await get(new URL('/', address).href);
      assert.equal(stranger.status, 403, 'VS Code lets in who does not know the secret');
      const secret = new URL(address).searchParams.get('tkn') ?? '';
      assert.ok(secret.length > 30);
      const commands = start.family().map(commandOf);
      assert.deepEqual(
        commands.filter((command) => command.includes(secret)),
        [],
      );
      // A terminal sends the signal to everything that it started.
      await start.endsBy(() => process.kill(-start.pid, 'SIGINT'));
    } finally {
      await start.dispose();
    }
  });

  it('ends everything and says why when the demo mesh crashes', async () => {
    const start = await started({ args: ['--browser'] });
    try {
      await start.endsBy(() => {
        const demo = start.family().find((pid) => commandOf(pid).includes('demoProcess'));
        process.kill(demo ?? 0, 'SIGABRT');
      });
      assert.match(start.printed(), /^The demo mesh ended by itself \(SIGABRT\)\.$/m);
    } finally {
      await start.dispose();
    }
  });

  it('begins with the rows of the mesh, and with the page that leads through them', async () => {
    const start = await started({ args: ['--browser'] });
    const browser = await launchBrowser(AbortSignal.timeout(60_000));
    try {
      const page = await browser.newPage();
      await page.goto(addressIn(start.printed()));
      const shown = { timeout: 60_000 };
      await page.getByRole('treeitem', { name: /^foo, PERMISSIVE/ }).waitFor(shown);
      await page.getByText('Get started with Istio mTLS').first().waitFor(shown);
    } finally {
      await browser.close();
      await start.dispose();
    }
  });

  for (const { name, inTerminal = false, end } of endings) {
    it(`leaves nothing behind ${name}`, async () => {
      const start = await started({ args: ['--browser'], inTerminal });
      try {
        await start.endsBy(() => {
          end(start.pid);
        });
      } finally {
        await start.dispose();
      }
    });
  }
});

describe('npm start -- --context', onLinux, () => {
  it('opens VS Code on that context of the own kubeconfig, whatever its current one is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-own-context-'));
    const demo = await startDemo({ meshes: ['hipster-shop'] });
    const kubeconfig = join(folder, 'config');
    writeFileSync(kubeconfig, onlyNamed('mine', demo.kubeconfig), { mode: 0o600 });
    let start: Started | undefined;
    try {
      start = await started({
        args: ['--browser', '--context', 'mine'],
        env: { KUBECONFIG: kubeconfig },
      });
      assert.match(start.printed(), /the context mine/);
      assert.match(start.printed(), /^hipster\S*\b.*\bPERMISSIVE\b/m);
      assert.doesNotMatch(start.printed(), /^legacy\b/m, 'it shows the demo mesh instead');
      assert.match(await pageAt(addressIn(start.printed())), /workbench/);
      const { pid } = start;
      await start.endsBy(() => process.kill(-pid, 'SIGINT'));
    } finally {
      await start?.dispose();
      await demo.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says in one sentence that there is no such context', async () => {
    const ending = await run(
      process.execPath,
      [inProject('scripts/start.ts'), '--browser', '--context', 'no-such-context'],
      { timeoutMs: 120_000, env: { KUBECONFIG: '/dev/null' } },
    );
    assert.equal(ending.kind, 'exited');
    assert.match(ending.output, /no-such-context/);
    assert.doesNotMatch(ending.output, /^\s+at /m);
  });
});

/** A kubeconfig whose one context has that name and is not the current one. */
function onlyNamed(name: string, kubeconfig: string): string {
  const { contexts, ...rest } = parse(kubeconfig) as { contexts: readonly { context: unknown }[] };
  const renamed = contexts.map(({ context }) => ({ name, context }));
  return stringify({ ...rest, contexts: renamed, 'current-context': '' });
}
