import type {
  AbsentSource,
  BlindSpot,
  Caller,
  Evidence,
  EvidenceKind,
  EvidenceSource,
  ObservedCalls,
  RefusalCause,
  TimeWindow,
} from '../../evidence/evidence.ts';
import type { ObservedCaller } from '../../evidence/rankedRefusals.ts';
import { counted } from '../modeWords.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Who called, as the subject of a sentence. */
export function callerWords(caller: Caller): string {
  switch (caller.kind) {
    case 'workload':
      return `${caller.workload.namespace}/${caller.workload.name}`;
    case 'named':
      return `${caller.namespace}/${caller.name}, which is not there any more`;
    case 'no-proxy':
      return 'someone without a proxy';
    case 'outside':
      return `${caller.address} outside the cluster`;
    case 'unknown':
      return `${caller.address}, which may be a pod that could not be read`;
  }
}

/** `legacy/sleep → foo/httpbin: 1,312 requests, the last one 5 min before`. */
export function observedLine(one: ObservedCaller, evidence: Evidence): string {
  const to = `${one.server.namespace}/${one.server.name}`;
  return `${callerWords(one.caller)} → ${to}: ${countWords(one)}${lastSeenWords(one.lastSeen, evidence)}`;
}

function countWords({ count, unit }: Pick<ObservedCaller, 'count' | 'unit'>): string {
  return `${grouped(count)} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

function lastSeenWords(lastSeen: number | undefined, { asked }: Evidence): string {
  if (lastSeen === undefined) return '';
  const ago = asked.to - lastSeen;
  return ago < MINUTE ? ', the last one just now' : `, the last one ${spanWords(ago)} ago`;
}

/** What somebody is refused already, and by what: `legacy/sleep → foo/httpbin port 8080: 12 connections, …`. */
export function alreadyLine(one: ObservedCalls, evidence: Evidence): string {
  const { caller, server, port, cause = 'unknown', decidedBy, lastSeen } = one;
  const to = `${server.namespace}/${server.name}${port === undefined ? '' : ` port ${port}`}`;
  const by = decidedBy === undefined ? causeWords[cause] : `by ${decidedBy}`;
  return `${callerWords(caller)} → ${to}: ${countWords(one)}${lastSeenWords(lastSeen, evidence)}, ${by}`;
}

const causeWords: Readonly<Record<RefusalCause, string>> = {
  'no-filter-chain': 'because it was not mutual TLS',
  'tls-error': 'because the TLS handshake failed',
  'strict-in-ambient': 'because it was not mutual TLS',
  'connection-failed': 'because the connection failed',
  'authorization-policy': 'by an AuthorizationPolicy, which has nothing to do with mutual TLS',
  'destination-rule': 'because of a DestinationRule',
  'no-route': 'because nothing leads there',
  unknown: 'for a reason that is not told: mutual TLS, or an AuthorizationPolicy',
};

/** `1,312`: with commas, as English groups digits. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `24 h`, `6 h 20 min`, `7 d`: two units at most, which is as exact as evidence is. */
export function spanWords(ms: number): string {
  if (ms < HOUR) return `${Math.max(1, Math.round(ms / MINUTE))} min`;
  const minutes = Math.round(ms / MINUTE);
  if (ms < 2 * DAY) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(ms / HOUR);
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function twoUnits(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** `the last 24 h`. */
export function windowWords({ from, to }: TimeWindow): string {
  return `the last ${spanWords(to - from)}`;
}

const kindWords: Readonly<Record<EvidenceKind, string>> = {
  prometheus: 'Prometheus',
  'proxy-stats': 'The counters of the proxies',
  logs: 'The logs of the proxies',
};

/** What was read, and what was not: a line for each source. */
export function evidenceLines({ asked, sources, absent }: Evidence): readonly string[] {
  return [...sources.map((source) => sourceLine(source, asked)), ...absent.map(absentLine)];
}

function sourceLine(source: EvidenceSource, asked: TimeWindow): string {
  const { kind, where, window, blindSpots, heard } = source;
  const covered = window.to - window.from;
  const wanted = asked.to - asked.from;
  const of = covered < wanted - MINUTE ? ` of ${spanWords(wanted)} asked for` : '';
  const blind = blindSpots.map((spot) => ` ${blindSpotWords(spot, asked)}`).join('');
  const servers = counted(heard.size, 'server');
  return `${kindWords[kind]} (${where}): ${windowWords(window)}${of}, reports of ${servers}.${blind}`;
}

function blindSpotWords(spot: BlindSpot, asked: TimeWindow): string {
  switch (spot.kind) {
    case 'starts-late':
      return `It has nothing that is older than ${spanWords(asked.to - spot.from)}.`;
    case 'gap':
      return `It recorded nothing for ${spanWords(spot.window.to - spot.window.from)}, until ${spanWords(asked.to - spot.window.to)} ago.`;
    case 'more-gaps':
      return `And there are ${counted(spot.gaps, 'shorter gap')}.`;
    case 'gaps-unknown':
      return `Whether it has gaps could not be found out: ${spot.cause}`;
    case 'no-security-label':
      return `${counted(spot.servers, 'server')} did not report whether calls were mutual TLS.`;
    case 'no-ports':
      return 'It does not tell ports.';
    case 'cut':
      return `It has more series than are read (${grouped(spot.read)}): callers may be missing.`;
    case 'unread-pods':
      return `${counted(spot.pods, 'proxy', 'proxies')} did not answer: ${spot.cause}`;
    case 'since-proxy-start':
      return 'Counters begin when a proxy starts: what the pods before saw is gone.';
    case 'no-telemetry':
      return `${counted(spot.pods, 'proxy', 'proxies')} reported nothing about calls.`;
  }
}

function absentLine({ kind, why }: AbsentSource): string {
  const what = kindWords[kind];
  switch (why.kind) {
    case 'not-found':
      return kind === 'prometheus'
        ? 'No Prometheus was found beside the control plane: name one in the setting istioMtls.prometheus.'
        : `${what}: there are no proxies to ask.`;
    case 'not-asked':
      return `${what} were not asked.`;
    case 'forbidden': {
      const where = why.namespace === '' ? '' : ` in namespace ${why.namespace}`;
      return `${what} could not be read: you may not ${why.verb} ${why.resource}${where}.`;
    }
    case 'failed':
      return `${what} could not be read: ${why.cause}`;
  }
}
