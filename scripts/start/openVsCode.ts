import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endTree, ownGroup } from '../processes.ts';
import { packageFile, root } from '../project.ts';
import { guideFolder, packageGuide } from './guide.ts';
import { keepLogsOf } from '../suites/keptLogs.ts';
import { codeServer } from '../vscode/codeServer.ts';
import { codeCommand, codeProgram, hasDisplay } from '../vscode/desktop.ts';
import { installExtensions, startServer } from '../vscode/server.ts';

export interface OpenVsCodeOptions {
  /** Where VS Code keeps what it writes; the person's own VS Code is not touched. */
  readonly folder: string;
  readonly workspace: string;
  /** In the browser, whatever is installed. */
  readonly browser: boolean;
  readonly signal: AbortSignal;
}

export interface OpenVsCode {
  /** One sentence for the person. */
  readonly opened: string;
  /** Resolves when the person closed it; never for one in a browser. */
  readonly ended: Promise<void>;
  dispose(): Promise<void>;
}

/** Opens the workspace in the desktop program if it is on the PATH, else in VS Code for the browser. */
export async function openVsCode(options: OpenVsCodeOptions): Promise<OpenVsCode> {
  const command = options.browser || !hasDisplay() ? undefined : codeCommand();
  const program = command === undefined ? undefined : codeProgram(command);
  return program === undefined ? inBrowser(options) : onDesktop(program, options);
}

function onDesktop(program: string, { folder, workspace }: OpenVsCodeOptions): OpenVsCode {
  const dataFolder = join(folder, 'user-data');
  const child = spawn(
    program,
    [
      '--new-window',
      `--extensionDevelopmentPath=${root}`,
      `--extensionDevelopmentPath=${guideFolder}`,
      `--user-data-dir=${dataFolder}`,
      `--extensions-dir=${join(folder, 'extensions')}`,
      '--disable-workspace-trust',
      '--skip-welcome',
      // Chromium, which VS Code is made of, does not start as root with its sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      workspace,
    ],
    { ...ownGroup, stdio: ['ignore', 'ignore', 'pipe'], env: withoutVsCode(process.env) },
  );
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed = (printed + text).slice(-10_000);
  });
  return {
    opened: `VS Code is open on ${workspace}.`,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        if (code === 0) resolve();
        else
          reject(new Error(`VS Code, ${program}, ended with ${code ?? signal}: ${printed.trim()}`));
      });
    }),
    dispose: async () => {
      await endTree(child);
      keepLogsOf(dataFolder);
    },
  };
}

/** In a terminal of VS Code, its variables would make the new program talk to that VS Code. */
function withoutVsCode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(VSCODE|ELECTRON)_/.test(name)),
  );
}

async function inBrowser({ folder, workspace, signal }: OpenVsCodeOptions): Promise<OpenVsCode> {
  console.log('Starting VS Code for the browser (the first time, it is installed from npm) ...');
  const product = await codeServer(signal);
  const dataFolder = join(folder, 'server');
  writeSettings(dataFolder);
  await installExtensions(product, dataFolder, [packageFile, await packageGuide(folder)]);
  // Whoever can reach the server can run programs, so other users of this machine must not get in.
  const connectionToken = randomUUID();
  const server = await startServer({ product, dataFolder, connectionToken, signal });
  const query = new URLSearchParams({ tkn: connectionToken, folder: workspace });
  return {
    opened: `VS Code is ready in the browser:\n\n  ${server.url}/?${query.toString()}\n`,
    ended: new Promise(() => undefined),
    dispose: () => server.dispose(),
  };
}

function writeSettings(dataFolder: string): void {
  const folder = join(dataFolder, 'data', 'Machine');
  mkdirSync(folder, { recursive: true });
  const settings = {
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    // A matrix of probes opens many ports for a moment, and each would be offered to the person.
    'remote.autoForwardPorts': false,
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
}
