import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { npmProgram } from '../packageCommandLine.ts';
import { inProject } from '../project.ts';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly group?: string;
  readonly 'bom-ref': string;
}

/** A software bill of materials, as CycloneDX has it and npm prints it, as far as it is read here. */
export interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: Readonly<Record<string, unknown>> };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** Everything that is installed, by npm's own reading of package-lock.json. */
export function billOfCheckout(): Bill {
  const [npm, before] = npmProgram();
  const args = [...before, 'sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--silent'];
  const printed = execFileSync(npm, args, { cwd: inProject(), encoding: 'utf8', maxBuffer: 64e6 });
  return JSON.parse(printed) as Bill;
}

/** `name version` of every package that third-party notices name. */
export function packagesInNotices(notices: string): readonly string[] {
  return [...notices.matchAll(/^-{80}\n\n(\S+ \d\S*) \(/gm)].map(([, named = '']) => named);
}

/**
 * The bill of one package: what its notices name, and nothing of what only builds and tests it. Throws an Error that names a
 * package of which something is shipped and nothing is in the bill.
 */
export function billOfPackage(all: Bill, shipped: readonly string[]): Bill {
  const components = shipped.map((named) => {
    const found = all.components.find((one) => named === `${fullName(one)} ${one.version}`);
    if (found === undefined) throw new Error(`npm sbom does not know ${named}, which is shipped.`);
    return found;
  });
  const refs = new Set(components.map((one) => one['bom-ref']));
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  return { ...all, components, dependencies };
}

function fullName({ group, name }: Component): string {
  return group === undefined || name.startsWith('@') ? name : `${group}/${name}`;
}

/** Writes the bill of the package whose notices are in a file. */
export function writeBill(all: Bill, noticesFile: string, file: string): void {
  const bill = billOfPackage(all, packagesInNotices(readFileSync(inProject(noticesFile), 'utf8')));
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
}
