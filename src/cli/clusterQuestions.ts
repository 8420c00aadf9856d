import { durationMs } from './duration.ts';

/** What was asked, as the options and arguments say. */
interface Given {
  readonly files: readonly string[];
  readonly context: string | undefined;
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
  readonly since?: string | undefined;
  /** The arguments behind the command. */
  readonly rest: readonly string[];
}

/** What only a cluster can answer, or one sentence about what is wrong with the question. */
export type ClusterQuestion =
  | { readonly kind: 'proxy'; readonly pods: readonly string[]; readonly onContext: string }
  | {
      readonly kind: 'why';
      readonly onContext: string;
      readonly from: string;
      readonly to: string;
      readonly sinceMs: number;
    }
  | { readonly wrong: string; readonly topic: 'proxy' | 'why' };

/** Reads a question about running proxies, or about a change. */
export function clusterQuestion(name: 'proxy' | 'why', given: Given): ClusterQuestion {
  const { context, files } = given;
  const wrong = (sentence: string): ClusterQuestion => ({ wrong: sentence, topic: name });
  if (name === 'proxy' && given.rest.length === 0)
    return wrong('Say whose proxy: NAMESPACE/POD or NAMESPACE/WORKLOAD.');
  if (context === undefined || files.length > 0) {
    const what = name === 'proxy' ? 'A running proxy is in' : 'What was changed is known to';
    return wrong(`${what} a cluster: give --context NAME, and no -f.`);
  }
  if (name === 'proxy') return { kind: 'proxy', pods: given.rest, onContext: context };
  const [from, ...moreClients] = given.from ?? [];
  const [to, ...moreServers] = given.to ?? [];
  if (from === undefined || to === undefined || moreClients.length + moreServers.length > 0)
    return wrong('Give one --from WORKLOAD and one --to SERVICE.');
  const sinceMs = durationMs(given.since ?? '1h');
  if (sinceMs === undefined) return wrong('--since takes a length of time such as 30m, 1h or 7d.');
  return { kind: 'why', onContext: context, from, to, sinceMs };
}
