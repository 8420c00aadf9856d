import { readdirSync, readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';
import { inProject } from './project.ts';

const introduction =
  'Istio mTLS contains the following third-party software, each under the licence given with it.\n';

/**
 * The text of THIRD_PARTY_NOTICES: name, version and licence text of every package of which something is in the bundles.
 * Throws if a bundled package has no licence, because then it may not be shipped.
 */
export function thirdPartyNotices(metafiles: readonly Metafile[]): string {
  const folders = new Set(metafiles.flatMap(bundledFiles).flatMap((file) => packageFolder(file)));
  return [introduction, ...[...folders].sort().map((folder) => notice(folder))].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}

/** The files of which something has got into a bundle: of some that were read, nothing is used. */
function bundledFiles({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((file) => (inputs[file]?.bytesInOutput ?? 0) > 0),
  );
}

/** `node_modules/a/node_modules/@s/b/lib/c.js` is part of the package in `node_modules/a/node_modules/@s/b`. */
function packageFolder(input: string): readonly string[] {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match?.[1] === undefined ? [] : [match[1]];
}

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(inProject(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const files = readdirSync(inProject(folder)).filter((name) =>
    /^(licen[cs]e|copying|notice)/i.test(name),
  );
  if (files.length === 0 && manifest.license === undefined) {
    throw new Error(`${folder} is bundled but has neither a licence file nor a "license" field.`);
  }
  const texts = files.map((name) => readFileSync(inProject(folder, name), 'utf8').trim());
  return [
    `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`,
    ...texts,
    '',
  ].join('\n\n');
}
