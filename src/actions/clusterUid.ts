import { textAt } from '../sources/transport/jsonValue.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';

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
