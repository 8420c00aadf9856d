import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { outFolder } from '../project.ts';

/** What every suite printed when it ran last, and what the VS Codes that it ran wrote down: a folder for each suite. */
const keptFolder = join(outFolder, 'logs');

/** The variable that names the folder of its suite to every program that a suite runs. */
export const keptLogsVariable = 'ISTIO_MTLS_KEPT_LOGS';

/** Makes the empty folder in which the logs of one run of a suite are kept. */
export function freshLogs(suite: string): string {
  const folder = join(keptFolder, suite);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A path among the logs of the suite that runs this program; outside a suite it is in out/. */
export function inKeptLogs(name: string): string {
  return join(process.env[keptLogsVariable] ?? outFolder, name);
}

/**
 * Keeps the logs of a VS Code that has ended: of its windows, its server, its extension host and its output channels. Does
 * nothing outside a suite.
 * @param dataFolder where that VS Code kept what it wrote
 * @param suiteFolder from {@link freshLogs}
 */
export function keepLogsOf(dataFolder: string, suiteFolder = process.env[keptLogsVariable]): void {
  if (suiteFolder === undefined) return;
  const folder = mkdtempSync(join(suiteFolder, 'vscode-'));
  for (const file of globSync('**/logs/**/*.log', { cwd: dataFolder })) {
    cpSync(join(dataFolder, file), join(folder, file));
  }
}

/** A file of logs that a suite left. */
export interface KeptLog {
  readonly suite: string;
  /** Below the folder of the suite: `output.log` is what its program and its tests printed. */
  readonly path: string;
  /** Reads the file. */
  text(): string;
}

/** Every file that the suites left when they ran last. */
export function keptLogs(): readonly KeptLog[] {
  return globSync('*/**/*.log', { cwd: keptFolder })
    .sort()
    .map((file) => {
      const [suite = '', ...path] = file.split(sep);
      return {
        suite,
        path: path.join('/'),
        text: () => readFileSync(join(keptFolder, file), 'utf8'),
      };
    });
}
