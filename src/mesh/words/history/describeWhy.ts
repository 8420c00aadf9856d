import type { Client } from '../../connection/connection.ts';
import type { Culprit, Pair, Remedy, WhyRefused } from '../../history/whyRefused.ts';
import { describeOutcome, describeRef } from '../describe.ts';
import { counted, listed } from '../modeWords.ts';

/** `foo/web`, or `a client outside the mesh`. */
export function clientWords(client: Client): string {
  if (client.kind === 'outside') return 'a client outside the mesh';
  return `${client.workload.namespace}/${client.workload.name}`;
}

function pairWords({ client, to }: Pair): string {
  return `${clientWords(client)} → ${to.host}:${to.port}`;
}

/** At most so many connections are named; the others are counted. */
const MAX_NAMED = 5;

/** Why a connection is refused, in sentences: what happens, what decided it, by whom and when, whom else, and what helps. */
export function describeWhy({ refusal, culprits, recentPods }: WhyRefused): readonly string[] {
  const [first] = refusal.refused;
  const outcome = first === undefined ? '' : describeOutcome(first.outcome);
  const isRecent = culprits.some((one) => one.isRecent) || recentPods.length > 0;
  const pods = recentPods.map(
    ({ workload, made }) =>
      `${describeRef(workload)} has no proxy, and its last pod was made at ${timeWords(made)}.`,
  );
  return [
    `${pairWords(refusal)}: ${outcome}`,
    ...(isRecent
      ? []
      : ['No change of mTLS in that time explains this: it has been refused for longer.']),
    ...culprits.flatMap(culpritSentences),
    ...pods,
  ];
}

/** What is said of a connection that nothing is predicted to refuse. */
export function describeNotRefused(pair: Pair, outcomes: readonly string[]): readonly string[] {
  return [
    `${pairWords(pair)}: ${[...new Set(outcomes)].join(' ')}`,
    'No change of mTLS explains this.',
  ];
}

function culpritSentences({ field, value, write, refuses, remedy }: Culprit): readonly string[] {
  const says = value === undefined ? 'decides by' : `says ${value} in`;
  const written =
    write === undefined
      ? '; nothing tells who wrote it'
      : `, written by ${write.manager} at ${write.time}`;
  return [
    `${describeRef(field.object)} ${says} ${field.field}${written}.`,
    refusesWords(refuses),
    ...(remedy === undefined ? [] : [describeRemedy(remedy)]),
  ];
}

function refusesWords(refuses: readonly Pair[]): string {
  if (refuses.length === 0) return 'Without that object, the same connections would be refused.';
  const count = counted(refuses.length, 'connection is', 'connections are');
  return `${count} refused because of it: ${listed(refuses.map(pairWords), MAX_NAMED)}.`;
}

/** The change of one field that would help, in one sentence. */
export function describeRemedy({ field, value }: Remedy): string {
  return `With ${value} in ${field.field} of ${describeRef(field.object)}, it would not be refused.`;
}

function timeWords(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
