import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { endTree, ownGroup, run } from '../../scripts/processes.ts';
import { inProject, root } from '../../scripts/project.ts';
import { eventually } from '../ui/pageObjects/eventually.ts';

const startMs = 5 * 60_000;

describe('npm start', { skip: process.platform === 'linux' ? false : 'reads /proc' }, () => {
  let child: ChildProcess;
  let printed = '';

  before(async () => {
    child = spawn('npm', ['start', '--', '--browser'], {
      ...ownGroup,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    await eventually(
      'the line that says how to stop',
      () => Promise.resolve(/Ctrl-C/.test(printed) || child.exitCode !== null ? true : undefined),
      startMs,
    );
  });
  after(() => endTree(child));

  it('prints the namespaces of the demo mesh with their modes', () => {
    for (const namespace of ['foo', 'bar', 'legacy', 'bookinfo']) {
      assert.match(printed, new RegExp(`^${namespace}\\b.*\\bPERMISSIVE\\b`, 'm'));
    }
  });

  it('prints an address at which VS Code answers, but only to whoever knows the secret in it', async () => {
    const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(printed)?.[0];
    assert.ok(address, printed);
    const page = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /workbench/);
    const stranger = await fetch(new URL('/', address), { signal: AbortSignal.timeout(10_000) });
    assert.equal(stranger.status, 403);
  });

  it('ends everything that it started when it is interrupted', async () => {
    const started = descendants(child.pid ?? 0);
    assert.ok(started.length > 2, `It started only ${started.join(', ')}`);
    process.kill(child.pid ?? 0, 'SIGINT');
    await eventually('npm start to end', () =>
      Promise.resolve(child.exitCode === null && child.signalCode === null ? undefined : true),
    );
    assert.deepEqual(
      started.filter((pid) => isRunning(pid)).map((pid) => commandOf(pid)),
      [],
    );
  });
});

describe('npm start -- --context', () => {
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
