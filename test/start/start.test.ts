import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { startDemo } from '../../src/demo/demo.ts';
import { endTree, ownGroup, run } from '../../scripts/processes.ts';
import { inProject, root } from '../../scripts/project.ts';
import { eventually } from '../ui/pageObjects/eventually.ts';

const startMs = 5 * 60_000;

const onLinux = { skip: process.platform === 'linux' ? false : 'reads /proc' };

describe('npm start', onLinux, () => {
  it('prints the modes of the demo mesh and where VS Code is, and stops on Ctrl-C', async () => {
    const start = await started();
    try {
      for (const namespace of ['foo', 'bar', 'legacy', 'bookinfo']) {
        assert.match(start.printed(), new RegExp(`^${namespace}\\b.*\\bPERMISSIVE\\b`, 'm'));
      }
      const address = addressIn(start.printed());
      assert.match(await pageAt(address), /workbench/);
      const stranger = await get(new URL('/', address).href);
      assert.equal(stranger.status, 403, 'VS Code lets in who does not know the secret');
      // A terminal sends the signal to everything that it started.
      await start.endsBy(() => process.kill(-start.pid, 'SIGINT'));
    } finally {
      await start.dispose();
    }
  });

  it('leaves nothing behind when npm alone is ended', async () => {
    const start = await started();
    try {
      await start.endsBy(() => process.kill(start.pid, 'SIGTERM'));
    } finally {
      await start.dispose();
    }
  });
});

/** Where the printed text says that VS Code is. */
function addressIn(printed: string): string {
  const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(printed)?.[0];
  assert.ok(address, printed);
  return address;
}

interface Started {
  readonly pid: number;
  printed(): string;
  /** Asks it to end, and fails if anything that it started is still there after some seconds. */
  endsBy(ask: () => void): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts it and waits for the line that says how to stop. */
async function started(args: readonly string[] = [], env = {}): Promise<Started> {
  const child = spawn('npm', ['start', '--', '--browser', ...args], {
    ...ownGroup,
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const ready = (): boolean => printed.includes('Ctrl-C') || child.exitCode !== null;
  await eventually('npm start', () => Promise.resolve(ready() || undefined), startMs);
  const pid = child.pid ?? 0;
  return {
    pid,
    printed: () => printed,
    endsBy: async (ask) => {
      const family = descendants(pid);
      assert.ok(family.length > 3, `It runs only ${family.map(commandOf).join(', ')}`);
      ask();
      await eventually('everything to end', () => {
        const left = family.filter(isRunning).map(commandOf);
        return left.length === 0
          ? Promise.resolve(true)
          : Promise.reject(new Error(left.join('\n')));
      });
    },
    dispose: () => endTree(child),
  };
}

function get(address: string, headers = {}): Promise<Response> {
  return fetch(address, { headers, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
}

/** The page as a browser gets it: the secret becomes a cookie, and the address is opened again without it. */
async function pageAt(address: string): Promise<string> {
  const first = await get(address);
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  const next = new URL(first.headers.get('location') ?? '', address);
  const page = await get(next.href, { cookie });
  assert.equal(page.status, 200);
  return page.text();
}

describe('npm start -- --context', () => {
  it(
    'opens VS Code on that context of the own kubeconfig, whatever its current one is',
    onLinux,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-own-context-'));
      const demo = await startDemo({ meshes: ['hipster-shop'] });
      const kubeconfig = join(folder, 'config');
      writeFileSync(kubeconfig, onlyNamed('mine', demo.kubeconfig), { mode: 0o600 });
      const start = await started(['--context', 'mine'], { KUBECONFIG: kubeconfig });
      try {
        assert.match(start.printed(), /the context mine/);
        assert.match(start.printed(), /^hipster\S*\b.*\bPERMISSIVE\b/m);
        assert.doesNotMatch(start.printed(), /^legacy\b/m, 'it shows the demo mesh instead');
        assert.match(await pageAt(addressIn(start.printed())), /workbench/);
        await start.endsBy(() => process.kill(-start.pid, 'SIGINT'));
      } finally {
        await start.dispose();
        await demo.dispose();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

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

/** The processes that a process started, and those that these started. */
function descendants(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(Number(name)) }));
  const found: number[] = [];
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const children = parents.filter(({ parent }) => parent === next).map((each) => each.pid);
    found.push(...children);
    pending.push(...children);
  }
  return found;
}

function parentOf(pid: number): number | undefined {
  const match = /^PPid:\s+(\d+)/m.exec(readProc(pid, 'status'));
  return match === null ? undefined : Number(match[1]);
}

function isRunning(pid: number): boolean {
  return !/^State:\s+Z/m.test(readProc(pid, 'status')) && readProc(pid, 'status') !== '';
}

function commandOf(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ');
}

/** Empty if the process has gone. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
