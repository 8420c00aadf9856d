import { textAt } from '../sources/transport/jsonValue.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import type { JournalEntry } from './journal.ts';

/**
 * What tells one cluster from another behind the same address: the uid of its namespace kube-system, which lives as long
 * as the cluster does. Undefined when it may not be read or is not there.
 */
export async function clusterUid(
  transport: KubeTransport,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = '/api/v1/namespaces/kube-system';
  const answer = await transport.request({ method: 'GET', path, signal });
  return answer.kind === 'ok' ? textAt(answer.body, 'metadata', 'uid') : undefined;
}

/**
 * Whether an entry was written to another cluster than the one that is connected. An address alone may lead to another
 * cluster by now: a tunnel, or a cluster made anew on the same port. `unknown` when the entry knows its cluster and this
 * one does not tell which it is.
 */
export async function isOfOtherCluster(
  transport: KubeTransport,
  { server, clusterUid: then }: Pick<JournalEntry, 'server' | 'clusterUid'>,
  signal: AbortSignal,
): Promise<'yes' | 'no' | 'unknown'> {
  if (server !== transport.server) return 'yes';
  if (then === undefined) return 'no';
  const now = await clusterUid(transport, signal);
  if (now === undefined) return 'unknown';
  return now === then ? 'no' : 'yes';
}
