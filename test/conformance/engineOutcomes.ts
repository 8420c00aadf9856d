import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import {
  connect,
  type Client,
  type Connection,
  type HostPort,
} from '../../src/mesh/connection/connection.ts';

/** Each outcome with the number of endpoints that have it. */
export type Tally = Readonly<Record<string, number>>;

export function tally(outcomes: readonly string[]): Tally {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes.toSorted()) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** The engine's answer for one client and one server, spelled as the reference spells outcomes. */
export function outcomesBetween(mesh: Mesh, client: Client, server: HostPort): Tally {
  return tally(
    connect(mesh, client, server).flatMap((one) => Array<string>(one.endpoints).fill(nameOf(one))),
  );
}

function nameOf({ outcome }: Connection): string {
  switch (outcome.kind) {
    case 'mutual-tls':
      return `mutual-tls ${outcome.transport}`;
    case 'refused':
      return `refused ${outcome.symptom}`;
    case 'unknown':
      if (outcome.missing.every(({ why }) => why === 'up-to-application'))
        return 'unknown up-to-application';
      if (outcome.missing.every(({ why }) => why === 'up-to-dns')) return 'unknown up-to-dns';
      return `unknown ${outcome.missing.map(({ kind, why }) => `${kind} ${why}`).join()}`;
    case 'tls':
    case 'plaintext':
      return outcome.kind;
  }
}
