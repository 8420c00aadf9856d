import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { CheckedOptions, MeshOptions } from './commandLine.ts';
import { badInput, readInput } from './inputFile.ts';
import { kustomizationsOnDisk } from './kustomizations.ts';
import { openGround } from './openMesh.ts';
import type { Answer } from './printAnswer.ts';
import { exitCodes, type ExitCode } from './exitCode.ts';
import type { Terminal } from './terminal.ts';
import { githubLines } from './report/github.ts';
import { checkedJson } from './report/json.ts';
import { junitReport } from './report/junit.ts';
import { sarifLog } from './report/sarif.ts';
import { checkedText } from './report/text.ts';
import { baselineIn, beyond, type Baseline } from './check/baseline.ts';
import type { Checked } from './check/checked.ts';
import { reaches } from './check/checked.ts';
import { fixedTexts, writeFixed, type FixedText } from './check/fixFiles.ts';
import { findingsInFiles, readManifestFiles, type ManifestSource } from './check/checkFiles.ts';

export type CheckOptions = MeshOptions & CheckedOptions;

/** Looks for every mistake in the files that were named. */
export async function check(options: CheckOptions, terminal: Terminal): Promise<Checked> {
  const { texts, unread } = await readTexts(options.files, terminal);
  const known = options.baseline === undefined ? undefined : await readBaseline(options.baseline);
  terminal.progress('Checking …');
  const first = readManifestFiles(texts);
  const lost = [...unread, ...first.unread];
  if (lost.length > 0 && first.objects.length === 0) complainOfNothing(lost, terminal);
  const withFiles = await openGround(options, terminal);
  const fixing = options.fix === 'no' ? [] : fixedTexts(first.files, withFiles(first.objects));
  const written = options.fix === 'write' ? await writeAll(fixing, terminal) : [];
  const read = written.length === 0 ? first : readManifestFiles(withWritten(texts, written));
  const found = findingsInFiles(read.files, withFiles(read.objects));
  const findings = known === undefined ? found : beyond(known, found);
  return {
    findings,
    known: found.length - findings.length,
    fixed: (options.fix === 'write' ? written : fixing).flatMap(({ fixed }) => fixed),
    isDryRun: options.fix === 'dry-run',
    files: texts.map(({ name }) => name),
    templates: read.templates,
    unread: lost,
  };
}

/** Writes what is mended; a file that cannot be written, or that has changed, keeps its findings. */
async function writeAll(
  fixing: readonly FixedText[],
  terminal: Terminal,
): Promise<readonly FixedText[]> {
  const written: FixedText[] = [];
  for (const one of fixing) {
    const outcome = await writeFixed(one).catch((error: unknown) => String(error));
    if (outcome === true) written.push(one);
    else {
      const why = outcome === false ? 'it is not UTF-8, or it changed meanwhile' : outcome;
      terminal.complain(`${one.source.name}: warning: this was not mended: ${why}.`);
    }
  }
  return written;
}

function withWritten(
  texts: readonly ManifestSource[],
  written: readonly FixedText[],
): readonly ManifestSource[] {
  const now = new Map(written.map(({ source, text }) => [source.name, text]));
  return texts.map((source) => ({ ...source, text: now.get(source.name) ?? source.text }));
}

/** Fails with one sentence that names the file. */
async function readBaseline(path: string): Promise<Baseline> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw badInput(`${path}: this baseline cannot be read.`);
  const baseline = baselineIn(text);
  if (baseline === undefined)
    throw badInput(`${path}: this is not what istio-mtls check -o json prints.`);
  return baseline;
}

function complainOfNothing(places: readonly string[], terminal: Terminal): never {
  for (const place of places) terminal.complain(`${place}: error: this cannot be read.`);
  throw badInput('Nothing was checked, because nothing could be read.');
}

/** The texts to be checked, and the files that give none, which are complained about. */
async function readTexts(
  paths: readonly string[],
  terminal: Terminal,
): Promise<{ readonly texts: readonly ManifestSource[]; readonly unread: readonly string[] }> {
  const texts: ManifestSource[] = [];
  const unread: string[] = [];
  const namespaceOf = kustomizationsOnDisk();
  const seen = new Set<string>();
  for (const path of paths) {
    terminal.progress(`Reading ${path} …`);
    for (const file of await readInput(path, terminal.readStandardInput)) {
      // One file below two of the paths is one file.
      if (seen.has(file.name)) continue;
      seen.add(file.name);
      if (file.kind === 'text')
        texts.push({
          ...file,
          namespace: await namespaceOf(file.name),
          path: resolve(file.name).split(sep).join('/'),
        });
      else if (file.why === 'special')
        terminal.complain(
          `${file.name}: warning: this leads to a pipe or a device and was skipped.`,
        );
      else {
        terminal.complain(`${file.name}: error: ${file.why.cause}`);
        unread.push(file.name);
      }
    }
  }
  return { texts, unread };
}

/** What was found, in all the forms that it can be printed in. */
export function checkAnswer(checked: Checked): Answer {
  return {
    document: checkedJson(checked),
    table: () => checkedText(checked),
    reports: {
      sarif: () => sarifLog(checked),
      github: () => githubLines(checked),
      junit: () => junitReport(checked),
    },
  };
}

/** How a check ends whose files could all be read. */
export function checkExitCode({ findings }: Checked, { failOn }: CheckedOptions): ExitCode {
  const fails = findings.some(({ severity }) => failOn !== 'never' && reaches(severity, failOn));
  return fails ? exitCodes.changed : exitCodes.ok;
}
