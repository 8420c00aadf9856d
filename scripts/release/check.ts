// npm run release:check    everything that a release needs but publishing it: packages, their contents, notices and bills of
//                          materials, the changelog, and what marketplaces want. Ends with 1 if something is missing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { programNoticesFile } from '../build.ts';
import { packageExtension } from '../package.ts';
import { packageCommandLine } from '../packageCommandLine.ts';
import { run } from '../processes.ts';
import { commandLinePackageFile, inProject, outFolder, packageFile } from '../project.ts';
import { billOfCheckout, writeBill } from './bill.ts';
import { isPreRelease, releaseProblems, type ReleaseManifest } from './releaseRules.ts';

const packageTestsMs = 10 * 60_000;

/** What the package suite says of the contents, the sizes and the notices of both packages; undefined where all is well. */
async function packageProblem(): Promise<string | undefined> {
  const args = [inProject('scripts/test.ts'), 'package'];
  const ending = await run(process.execPath, args, { cwd: inProject(), timeoutMs: packageTestsMs });
  const isWell = ending.kind === 'exited' && ending.code === 0;
  return isWell ? undefined : `The package suite does not pass:\n${ending.output}`;
}

function textOf(file: string): string {
  return readFileSync(inProject(file), 'utf8');
}

async function main(): Promise<void> {
  const manifest = JSON.parse(textOf('package.json')) as ReleaseManifest;
  const [action, hooks] = [textOf('action.yml'), textOf('.pre-commit-hooks.yaml')];
  for (const text of [action, hooks, textOf('.github/workflows/release.yml')]) parse(text);
  const isTag = process.env['GITHUB_REF_TYPE'] === 'tag';
  const tag = isTag ? process.env['GITHUB_REF_NAME'] : undefined;
  const inputs = { manifest, changelog: textOf('CHANGELOG.md'), action, hooks, tag };
  const tests = await packageProblem();
  const problems = [...releaseProblems(inputs), ...(tests === undefined ? [] : [tests])];
  await packageExtension();
  await packageCommandLine();
  const bill = billOfCheckout();
  writeBill(bill, 'dist/THIRD_PARTY_NOTICES.txt', join(outFolder, 'istio-mtls.cdx.json'));
  writeBill(bill, programNoticesFile, join(outFolder, 'istio-mtls-cli.cdx.json'));
  for (const problem of problems) console.error(problem);
  const kind = isPreRelease(manifest.version) ? 'a pre-release' : 'a release';
  if (problems.length === 0)
    console.log(
      `${manifest.version} can be published as ${kind}: ${packageFile}, ${commandLinePackageFile}`,
    );
  process.exitCode = problems.length === 0 ? 0 : 1;
}

await main();
