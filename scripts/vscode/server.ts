import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endTree, ownGroup, run } from '../processes.ts';
import { keepLogsOf } from '../suites/keptLogs.ts';

export interface ServerOptions {
  /** VS Code's server, from {@link codeServer}. */
  readonly product: string;
  /** Where this server keeps settings, extensions and logs. */
  readonly dataFolder: string;
  /** Environment of the server and so of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Honour `extensionDevelopmentPath` and `extensionTestsPath`, which a built server does only for its own smoke tests. */
  readonly forExtensionTests?: boolean;
  /** A secret that the page's address must carry as `tkn`; without it, everybody on this machine may connect. */
  readonly connectionToken?: string;
  /** Ask before trusting a folder, as a desktop does; off by default. */
  readonly workspaceTrust?: boolean;
  readonly signal?: AbortSignal;
}

export interface VsCodeServer {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** Ends the server and its extension hosts. */
  dispose(): Promise<void>;
}

const startMs = 30_000;
const installExtensionMs = 120_000;

function entry(product: string): string {
  return join(product, 'out', 'server-main.js');
}

/** Starts VS Code's server on loopback and waits until it answers. Throws an Error with what it printed if it does not. */
export async function startServer(options: ServerOptions): Promise<VsCodeServer> {
  const port = await freePort();
  const child = spawn(process.execPath, serverArguments(options, port), {
    ...ownGroup,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-10_000);
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const dispose = async (): Promise<void> => {
    await endTree(child);
    keepLogsOf(options.dataFolder);
  };
  try {
    await answering(url, child, options.signal);
  } catch (error) {
    await dispose();
    throw new Error(`VS Code's server did not start on ${url}: ${printed.trim()}`, {
      cause: error,
    });
  }
  return { url, dispose };
}

function serverArguments(options: ServerOptions, port: number): readonly string[] {
  return [
    entry(options.product),
    '--host=127.0.0.1',
    `--port=${port}`,
    connectionTokenArgument(options),
    '--accept-server-license-terms',
    '--telemetry-level=off',
    `--server-data-dir=${options.dataFolder}`,
    ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    ...(options.forExtensionTests === true ? ['--enable-smoke-test-driver'] : []),
  ];
}

/** In a file that only this user may read: everybody on the machine can read command lines. */
function connectionTokenArgument({ connectionToken, dataFolder }: ServerOptions): string {
  if (connectionToken === undefined) return '--without-connection-token';
  mkdirSync(dataFolder, { recursive: true });
  const file = join(dataFolder, 'connection-token');
  writeFileSync(file, connectionToken, { mode: 0o600 });
  return `--connection-token-file=${file}`;
}

async function answering(url: string, child: ChildProcess, signal?: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(startMs);
  const either = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  for (;;) {
    either.throwIfAborted();
    if (child.exitCode !== null) throw new Error(`It ended with code ${child.exitCode}.`);
    const answer = await fetch(`${url}/version`, { signal: either }).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(100);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('The system gave no port.'));
      });
    });
  });
}

/** Installs packaged extensions where a server with this data folder finds them. Throws an Error with VS Code's words. */
export async function installExtensions(
  product: string,
  dataFolder: string,
  vsixFiles: readonly string[],
): Promise<void> {
  const args = ['--accept-server-license-terms', `--server-data-dir=${dataFolder}`];
  const ending = await run(
    process.execPath,
    [entry(product), ...args, ...vsixFiles.map((file) => `--install-extension=${file}`)],
    { timeoutMs: installExtensionMs },
  );
  const installed = [...ending.output.matchAll(/successfully installed/g)].length;
  const isDone = ending.kind === 'exited' && ending.code === 0;
  if (!isDone || installed < vsixFiles.length) {
    const files = vsixFiles.join(' and ');
    throw new Error(`VS Code did not install ${files} (${ending.kind}): ${ending.output.trim()}`);
  }
}
