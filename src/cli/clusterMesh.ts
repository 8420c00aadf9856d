import type { ClusterConnection, OpenClusterOptions } from '../kube.ts';
import type { Mesh, MeshInput, MissingFact } from '../mesh/index.ts';
import { describeMissing } from '../mesh/index.ts';
import type { MeshSnapshot, MeshSource } from '../sources/meshSource.ts';
import { until } from '../until.ts';
import { CommandFailure, exitCodes } from './exitCode.ts';
import type { Terminal } from './terminal.ts';

export interface ClusterOptions {
  readonly context: string;
  readonly overrides: NonNullable<MeshInput['overrides']>;
}

/** That a cluster lacks a kind hides nothing, but without policies it is no Istio mesh. */
function isWorthSaying({ kind, why }: MissingFact): boolean {
  return why !== 'not-installed' || kind === 'PeerAuthentication';
}

/** Long enough for tens of thousands of objects over a slow connection. */
const SYNC_LIMIT_MS = 120_000;

/**
 * Reads everything the engine needs from a cluster, once. What the context may not read is complained
 * about; answers that depend on it come out as unknown. The connection is closed before this returns.
 */
export function readClusterMesh(options: ClusterOptions, terminal: Terminal): Promise<Mesh> {
  return withCluster(options, terminal, (mesh) => Promise.resolve(mesh));
}

/** As {@link readClusterMesh}, for what needs the cluster itself as well, which is open until `use` has ended. */
export async function withCluster<T>(
  options: ClusterOptions,
  terminal: Terminal,
  use: (mesh: Mesh, cluster: ClusterConnection) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.any([terminal.signal, AbortSignal.timeout(SYNC_LIMIT_MS)]);
  terminal.progress(`Connecting to ${options.context} …`);
  // The cluster client is a bundle of its own, which commands on files never load.
  const { openCluster } = await import('../kube.ts');
  const opening = await openCluster({ ...options, ...silent, signal });
  if (opening.kind === 'failed') throw clusterFailure(opening.cause);
  try {
    terminal.progress(`Reading ${options.context} …`);
    const { mesh } = await synced(opening.cluster.source, signal);
    for (const fact of mesh.missing.filter(isWorthSaying))
      terminal.complain(`${options.context}: warning: ${describeMissing(fact)}`);
    return await use(mesh, opening.cluster);
  } finally {
    opening.cluster.dispose();
  }
}

const silent: Pick<OpenClusterOptions, 'log'> = {
  log: { info: () => undefined, warn: () => undefined },
};

export function clusterFailure(cause: string): CommandFailure {
  return new CommandFailure(exitCodes.cluster, cause);
}

/** The mesh once everything has been read; fails with what keeps it from being read. */
async function synced(source: MeshSource, signal: AbortSignal): Promise<MeshSnapshot> {
  const read = (): MeshSnapshot | undefined => {
    const now = source.current;
    if (now?.status.kind !== 'failed') return now?.status.kind === 'synced' ? now : undefined;
    const { cause, hint } = now.status;
    throw clusterFailure(hint === undefined ? cause : `${cause} ${hint}`);
  };
  const snapshot = await until(source, read, { timeoutMs: SYNC_LIMIT_MS, signal });
  if (snapshot !== undefined) return snapshot;
  const seconds = SYNC_LIMIT_MS / 1000;
  throw clusterFailure(`The cluster could not be read within ${seconds} seconds.`);
}
