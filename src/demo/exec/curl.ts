import { spawn } from 'node:child_process';
import type { ExecOutcome, ExecRequest } from '../api/exec.ts';
import type { DataPlane, Route } from '../dataPlane/dataPlane.ts';
import type { CurlArguments } from './curlArguments.ts';
import { parseCurlArguments } from './curlArguments.ts';

/** curl's own exit code for a command line it cannot run. */
const usageError = 2;
const longestRunMs = 5 * 60 * 1000;

/**
 * A host name that no resolver looks up: its first label is longer than DNS allows, so that curl
 * itself fails with exit code 6, at once and without a packet leaving the computer.
 */
const unresolvable = `${'unresolvable-'.repeat(5)}host`;

export interface CurlOptions {
  readonly dataPlane: DataPlane;
  /** Path or name of the curl to run. */
  readonly executable: string;
  /** Whether the command runs as the sidecar itself, whose traffic is not captured (R142). */
  readonly bypass: boolean;
}

/** Runs the computer's curl so that its connections end at the demo's own sockets. */
export async function runCurl(request: ExecRequest, options: CurlOptions): Promise<ExecOutcome> {
  const parsed = parseCurlArguments(request.command.slice(1));
  if (parsed.kind === 'refused') {
    request.onStderr(Buffer.from(`${parsed.message}\n`));
    return { kind: 'exited', code: usageError };
  }
  const targets = await openTargets(request, parsed.urls, options);
  try {
    return await spawnCurl(request, commandLine(parsed, targets), { ...options, targets });
  } finally {
    for (const target of targets) {
      if (target.route.kind === 'reachable') target.route.close();
    }
  }
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly route: Route;
}

async function openTargets(
  request: ExecRequest,
  urls: readonly string[],
  options: CurlOptions,
): Promise<readonly Target[]> {
  const addresses = urls.flatMap(addressOf);
  return Promise.all(
    addresses.map(async ({ host, port }) => ({
      host,
      port,
      route: await options.dataPlane.route(request.pod, { host, port }, { bypass: options.bypass }),
    })),
  );
}

/** Host and port as curl reads them from a URL; what it cannot read curl itself complains about. */
function addressOf(url: string): readonly { readonly host: string; readonly port: number }[] {
  const parsed = URL.parse(/^[a-z]+:\/\//i.test(url) ? url : `http://${url}`);
  if (!parsed || parsed.hostname === '') return [];
  const fallback = parsed.protocol === 'https:' ? 443 : 80;
  return [{ host: parsed.hostname, port: parsed.port === '' ? fallback : Number(parsed.port) }];
}

/** No configuration file, no proxy, no other protocol, and no address but the demo's own. */
function commandLine(
  parsed: CurlArguments & { readonly kind: 'accepted' },
  targets: readonly Target[],
): readonly string[] {
  const mapped = targets.flatMap(({ host, port, route }) =>
    route.kind === 'reachable' ? ['--connect-to', `${host}:${port}:127.0.0.1:${route.port}`] : [],
  );
  return [
    '--disable',
    ...['--noproxy', '*', '--proto', '=http,https', '--proto-redir', '=http,https', '--globoff'],
    ...mapped,
    ...['--connect-to', `::${unresolvable}:`],
    ...parsed.args,
    ...parsed.urls.flatMap((url) => ['--url', url]),
  ];
}

async function spawnCurl(
  request: ExecRequest,
  args: readonly string[],
  context: { readonly executable: string; readonly targets: readonly Target[] },
): Promise<ExecOutcome> {
  const [executable = 'curl'] = request.command;
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort();
  }, longestRunMs);
  const ended = new Promise<ExecOutcome>((resolve) => {
    const child = spawn(context.executable, args, {
      env: { SystemRoot: process.env['SystemRoot'], PATH: process.env['PATH'], LANG: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Not spawn's own time limit: its timer outlives a command that could not be started.
      signal: AbortSignal.any([request.signal, limit.signal]),
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    child.stdout.on('data', request.onStdout);
    let line = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const end = (line + text).lastIndexOf('\n') + 1;
      const complete = (line + text).slice(0, end);
      line = (line + text).slice(end);
      request.onStderr(Buffer.from(withHostNames(complete, context.targets)));
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'EACCES') {
        resolve({ kind: 'executable-missing', executable });
      }
    });
    child.once('close', (code) => {
      request.onStderr(Buffer.from(withHostNames(line, context.targets)));
      resolve({ kind: 'exited', code: code ?? 137 });
    });
  });
  return ended.finally(() => {
    clearTimeout(timer);
  });
}

/** curl names the address it was sent to; users know the one they asked for. */
function withHostNames(line: string, targets: readonly Target[]): string {
  const unknown = targets.find((target) => target.route.kind === 'no-such-name');
  let text = line.replaceAll(unresolvable, unknown?.host ?? 'that host');
  for (const { host, port, route } of targets) {
    if (route.kind !== 'reachable') continue;
    text = text.replaceAll(`127.0.0.1 port ${route.port}`, `${host} port ${port}`);
  }
  return text;
}
