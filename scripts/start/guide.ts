import { join } from 'node:path';
import { run } from '../processes.ts';
import { inProject } from '../project.ts';

/** The extension that shows the Mesh view and the walkthrough in the VS Code that `npm start` opens. */
export const guideFolder = inProject('scripts/start/guide');

const limitMs = 60_000;

/** Packages it into the folder, and returns the file. Throws an Error with what the packager said if it refuses. */
export async function packageGuide(folder: string): Promise<string> {
  const file = join(folder, 'guide.vsix');
  const vsce = inProject('node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  const ending = await run(process.execPath, [vsce, 'package', ...options, `--out=${file}`], {
    cwd: guideFolder,
    timeoutMs: limitMs,
  });
  if (ending.kind !== 'exited' || ending.code !== 0) {
    throw new Error(`vsce package of the guide: ${ending.kind}\n${ending.output}`);
  }
  return file;
}
