import type { ChangedConnection, Effect, Preflight } from '../change/preflight.ts';
import { counted } from '../words/modeWords.ts';

/** The worst that a change does, in a few words: `10 connections would be refused`. */
export function changeSummary(checked: Preflight): string {
  const { connections, modes, missing, unknown } = checked;
  const worst = told.find((effect) => countOf(connections, effect) > 0);
  const isComplete = missing.length === 0 && unknown === 0;
  if (worst === undefined || (worst !== 'newly-refused' && !isComplete)) {
    if (!isComplete) return 'Whether connections would be refused is unknown';
    return modes.length === 0
      ? 'No mode and no connection would change'
      : `${counted(modes.length, 'mode')} would change, no connection`;
  }
  const count = countOf(connections, worst);
  return `${counted(count, 'connection')} ${words[worst]}`;
}

function countOf(connections: readonly ChangedConnection[], effect: Effect): number {
  return connections.filter((one) => one.effect === effect).length;
}

const words: Readonly<Record<Effect, string>> = {
  'newly-refused': 'would be refused',
  'newly-unknown': 'would be unknown',
  'no-longer-encrypted': 'would become plaintext',
  'newly-answered': 'would no longer be refused',
  'newly-encrypted': 'would become mutual TLS',
  other: 'would end differently',
};

/** From the worst to the best. */
const told = Object.keys(words) as readonly Effect[];
