import type { NonEmpty } from '../model/reference.ts';
import { refKey } from '../model/reference.ts';
import type { Connection } from '../connection/connection.ts';

/** What a change means to one client of one server, the worst first. */
export const effects = [
  'newly-refused',
  'newly-unknown',
  'no-longer-encrypted',
  'newly-answered',
  'newly-encrypted',
  'other',
] as const;

export type Effect = (typeof effects)[number];

/**
 * The most serious difference between what a client met before and what it meets afterwards;
 * undefined if there is none. Workloads behind the server are compared one by one, because each is
 * asked for some of the requests (R149): more of them refusing is newly refused, too.
 */
export function effectOf(
  before: NonEmpty<Connection>,
  after: NonEmpty<Connection>,
): Effect | undefined {
  const [was, is] = [sharesOf(before), sharesOf(after)];
  if (!isAll(was, 'refused') && grows(was, is, 'refused')) return 'newly-refused';
  if (!isAll(was, 'unknown') && grows(was, is, 'unknown')) return 'newly-unknown';
  if (grows(is, was, 'encrypted') && grows(was, is, 'plaintext')) return 'no-longer-encrypted';
  if (!isAll(is, 'refused') && grows(is, was, 'refused')) return 'newly-answered';
  if (grows(is, was, 'plaintext') && grows(was, is, 'encrypted')) return 'newly-encrypted';
  return sameKinds(before, after) ? undefined : 'other';
}

type Fate = 'refused' | 'unknown' | 'plaintext' | 'encrypted';

/** For each workload behind a server, and what becomes of connections to it: how many of them, from 0 to 1. */
type Shares = ReadonlyMap<string, ReadonlyMap<Fate, number>>;

/** Shares within a workload, so that more or fewer pods of it are no difference. */
function sharesOf(connections: NonEmpty<Connection>): Shares {
  const counts = new Map<string, Map<Fate, number>>();
  for (const connection of connections) {
    const { workload, workloadPort, endpoints, clientPods = 1 } = connection;
    const key = workload === undefined ? '' : `${refKey(workload)}:${workloadPort ?? ''}`;
    const ofWorkload = counts.get(key) ?? new Map<Fate, number>();
    const fate = fateOf(connection);
    ofWorkload.set(fate, (ofWorkload.get(fate) ?? 0) + Math.max(1, endpoints) * clientPods);
    counts.set(key, ofWorkload);
  }
  return new Map(
    [...counts].map(([key, fates]) => {
      const all = [...fates.values()].reduce((sum, count) => sum + count, 0);
      return [key, new Map([...fates].map(([fate, count]) => [fate, count / all]))];
    }),
  );
}

function fateOf({ outcome }: Connection): Fate {
  switch (outcome.kind) {
    case 'mutual-tls':
    case 'tls':
      return 'encrypted';
    case 'plaintext':
    case 'refused':
    case 'unknown':
      return outcome.kind;
  }
}

/** Whether a fate has a larger share at some workload; read from `to` to `from`, whether it has a smaller one. */
function grows(from: Shares, to: Shares, fate: Fate): boolean {
  return [...to].some(
    ([key, fates]) => (fates.get(fate) ?? 0) > (from.get(key)?.get(fate) ?? 0) + rounding,
  );
}

const rounding = 1e-9;

function isAll(shares: Shares, fate: Fate): boolean {
  return [...shares.values()].every((fates) => fates.size === 1 && fates.has(fate));
}

function sameKinds(before: NonEmpty<Connection>, after: NonEmpty<Connection>): boolean {
  const was = kindsOf(before);
  const is = kindsOf(after);
  return was.size === is.size && [...was].every((kind) => is.has(kind));
}

function kindsOf(connections: NonEmpty<Connection>): ReadonlySet<string> {
  return new Set(connections.map(({ outcome }) => outcome.kind));
}
