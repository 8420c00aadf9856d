import { meshProgramsVariable } from '../../test/mesh/environment/programPaths.ts';
import { goVersion } from '../apiserver/goBuild.ts';
import { prepareCurl } from '../machine/curl.ts';
import { installDebianPackages } from '../machine/debianPackages.ts';
import { programOnPath } from '../machine/programOnPath.ts';
import type { Preparation } from '../suites/suite.ts';
import { findMeshPrograms, meshProgramsAtHand } from './programs.ts';

/** The machine's own programs that the mesh runs, and the Debian packages that hold them. */
const machinePrograms: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  iptables: 'iptables',
  nft: 'nftables',
  tcpdump: 'tcpdump',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
};

/** Whether the mesh could come up here without long preparation. */
export async function meshAtHand(): Promise<boolean> {
  return notHere() === undefined && missingPrograms().length === 0 && (await meshProgramsAtHand());
}

/**
 * Finds, downloads or builds what the mesh consists of, and hands it to the tests. On a machine where no mesh can be, the
 * suite is skipped, unless `REQUIRE_MESH=1` in the environment makes that a failure.
 */
export async function prepareMesh(signal: AbortSignal): Promise<Preparation> {
  const skipped = process.env['REQUIRE_MESH'] === '1' ? 'missing' : 'skipped';
  const why = notHere();
  if (why !== undefined) return { kind: skipped, why };
  const curl = await prepareCurl(signal);
  if (curl.kind !== 'ready') return curl;
  const packages = missingPrograms().map((name) => machinePrograms[name] ?? name);
  const tried =
    packages.length === 0 ? '' : await installDebianPackages([...new Set(packages)], signal);
  const [missing] = missingPrograms();
  if (missing !== undefined)
    return { kind: skipped, why: `A mesh needs ${missing} on the PATH. ${tried}` };
  if (!(await meshProgramsAtHand()) && (await goVersion(process.env)) === undefined) {
    const sentence =
      'The programs of the mesh are not at hand, and there is no Go to build them with.';
    return { kind: skipped, why: sentence };
  }
  const search = await findMeshPrograms(console.log, process.env, signal);
  if (search.kind === 'missing') return search;
  console.log(search.sources);
  const env = { [meshProgramsVariable]: JSON.stringify(search.programs) };
  return { kind: 'ready', env, note: search.sources };
}

/** Why no mesh can be on this machine, in one sentence; undefined if it can. */
function notHere(): string | undefined {
  if (process.platform !== 'linux') return 'A mesh needs the network namespaces of Linux.';
  if (process.getuid?.() !== 0) return 'A mesh needs root, to make network namespaces.';
  return undefined;
}

function missingPrograms(): readonly string[] {
  return Object.keys(machinePrograms).filter((name) => programOnPath([name]) === undefined);
}
