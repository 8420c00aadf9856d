import type { Preflight } from '../../change/preflight.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RankedRefusals } from '../../evidence/rankedRefusals.ts';
import { longest, rankRefusals } from '../../evidence/rankedRefusals.ts';
import { counted } from '../modeWords.ts';
import { alreadyLine, evidenceLines, grouped, observedLine, windowWords } from './evidenceWords.ts';
import type { RefusedFrom } from './refusedClients.ts';
import { refusedByNamespace, refusedLine } from './refusedClients.ts';

/** How many callers that were seen, and how many namespaces of others, a confirmation names. */
const namedCallers = 5;
const namedGroups = 3;

/** Who will be refused, as a confirmation says it: those who were seen to call first, then the merely possible. */
export function refusedLines(
  checked: Preflight,
  evidence: Evidence | undefined,
): readonly string[] {
  if (evidence === undefined) return [refusedHeadline(checked), ...groupLines(checked)];
  const ranked = rankRefusals(checked, evidence);
  if (evidence.sources.length === 0)
    return [refusedHeadline(checked), ...groupLines(checked), ...evidenceLines(evidence)];
  return [
    observedHeadline(ranked, checked, evidence),
    ...observedLines(ranked, evidence, namedCallers).map((line) => `• ${line}`),
    ...foldedLine(notSeenTitle(ranked), ranked.notSeen),
    ...foldedLine(noEvidenceTitle, ranked.noEvidence),
    ...evidenceLines(evidence),
  ];
}

/** The same in full, as a section of a document. */
export function refusedSections(
  checked: Preflight,
  evidence: Evidence | undefined,
): readonly string[] {
  if (evidence === undefined || evidence.sources.length === 0) {
    const headline = refusedHeadline(checked).replace(/:$/, '.');
    return [headline, ...groupSections(checked), ...evidenceSection(evidence)];
  }
  const ranked = rankRefusals(checked, evidence);
  return [
    observedHeadline(ranked, checked, evidence).replace(/:$/, '.'),
    ...listSection('Seen to call', observedLines(ranked, evidence, Infinity)),
    ...listSection(notSeenTitle(ranked), refusedByNamespace(ranked.notSeen).map(refusedLine)),
    ...listSection(noEvidenceTitle, refusedByNamespace(ranked.noEvidence).map(refusedLine)),
    ...listSection('Refused already', alreadyLines(ranked, evidence)),
    ...evidenceSection(evidence),
  ];
}

/** More than these are counted. */
const namedAlready = 50;

function alreadyLines({ already }: RankedRefusals, evidence: Evidence): readonly string[] {
  const lines = already.slice(0, namedAlready).map((one) => alreadyLine(one, evidence));
  const more = already.length - lines.length;
  return more > 0 ? [...lines, `and ${counted(more, 'more pair')} of caller and server`] : lines;
}

function listSection(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return [[`### ${title}`, '', ...lines.map((line) => `- ${line}`)].join('\n')];
}

function evidenceSection(evidence: Evidence | undefined): readonly string[] {
  return evidence === undefined ? [] : listSection('Evidence', evidenceLines(evidence));
}

/** Every refused connection, by the namespace of its client. */
function groupSections({ connections }: Preflight): readonly string[] {
  return refusedByNamespace(connections).map(({ namespace, connections: count, clients }) => {
    const from = namespace === undefined ? 'From outside the mesh' : `From namespace ${namespace}`;
    const lines = [...clients].map(([client, servers]) => `- ${client} → ${servers.join(', ')}`);
    return [`### ${from} (${count})`, '', ...lines].join('\n');
  });
}

/** How many connections break. Reassures only where everything that decides was read. */
function refusedHeadline(checked: Preflight): string {
  const { connections } = checked;
  const refused = connections.filter(({ effect }) => effect === 'newly-refused').length;
  if (refused > 0) {
    const used = refused === 1 ? 'it is used' : 'they are used';
    return `${counted(refused, 'connection')} will be refused, if ${used}:`;
  }
  return isUndecided(checked)
    ? 'Whether any connection is newly refused is unknown.'
    : 'No connection between known workloads is newly refused.';
}

function isUndecided({ missing, unknown }: Preflight): boolean {
  return missing.length > 0 || unknown > 0;
}

/** How many callers break. That none was seen is never said as if none could be. */
function observedHeadline(
  { observed, notSeen, noEvidence }: RankedRefusals,
  checked: Preflight,
  { sources, asked }: Evidence,
): string {
  const when = windowWords(longest(sources.map(({ window }) => window)) ?? asked);
  if (observed.length === 0) {
    if (notSeen.length + noEvidence.length === 0) return refusedHeadline(checked);
    return `Nobody was seen in ${when} who will be refused. That is no proof that nobody calls:`;
  }
  const calls = observed.reduce((sum, { count }) => sum + count, 0);
  const times = calls === 1 ? 'once' : `${grouped(calls)} times`;
  const [who, they] =
    observed.length === 1 ? ['1 caller', 'it'] : [`${observed.length} callers`, 'they'];
  return `${who} will be refused; ${they} called ${times} in ${when}:`;
}

function observedLines(
  { observed }: RankedRefusals,
  evidence: Evidence,
  limit: number,
): readonly string[] {
  const lines = observed.slice(0, limit).map((one) => observedLine(one, evidence));
  const more = observed.length - lines.length;
  return more > 0 ? [...lines, `and ${counted(more, 'more caller')} that were seen`] : lines;
}

const noEvidenceTitle = 'No evidence, for nothing was heard of the server';

function notSeenTitle({ silence }: RankedRefusals): string {
  return `Possible, not seen${silence === undefined ? '' : ` in ${windowWords(silence)}`}`;
}

/** Connections of one rank in a line: how many, and from where. */
function foldedLine(title: string, connections: Preflight['connections']): readonly string[] {
  if (connections.length === 0) return [];
  const groups = refusedByNamespace(connections);
  const named = groups
    .slice(0, namedGroups)
    .map(({ namespace, connections: count }) => `${grouped(count)} ${fromWords(namespace)}`);
  const more = groups.length - named.length;
  const rest = more > 0 ? ` and ${counted(more, 'more namespace')}` : '';
  const all = grouped(connections.length);
  return [
    `${title}: ${all} ${connections.length === 1 ? 'connection' : 'connections'}, ${named.join(', ')}${rest}.`,
  ];
}

function fromWords(namespace: string | undefined): string {
  return namespace === undefined ? 'from outside the mesh' : `from ${namespace}`;
}

/** The worst by name, where nothing is known of who calls. */
function groupLines({ connections }: Preflight): readonly string[] {
  const groups = refusedByNamespace(connections);
  const lines = groups.slice(0, namedGroups).map((group) => `• ${refusedLine(group)}`);
  const rest = groups.slice(namedGroups);
  return rest.length === 0 ? lines : [...lines, restLine(rest)];
}

function restLine(rest: readonly RefusedFrom[]): string {
  const more = rest.reduce((sum, group) => sum + group.connections, 0);
  const isOneSource = rest.length === 1 && rest[0]?.namespace === undefined;
  const from = isOneSource
    ? 'from outside the mesh'
    : `from ${counted(rest.length, 'other namespace')}`;
  return `• and ${counted(more, 'connection')} ${from}`;
}
