import type { BlindSpot, Evidence, Mesh, MetricGrowth, TimeWindow } from '../../mesh/index.ts';
import { callsOfMetrics } from '../../mesh/index.ts';
import type { PrometheusAnswer, PrometheusApi, PrometheusQuery } from './prometheusApi.ts';
import { evaluationLimit } from './prometheusApi.ts';
import type { GrowthQuestion } from './prometheusQueries.ts';
import { groupLimit, growthQuestions, presenceQuery, stepOf } from './prometheusQueries.ts';
import type { ResultSeries } from './prometheusResult.ts';
import { gapsIn, lastRise, readResult } from './prometheusResult.ts';

export interface TrafficQuestion {
  readonly mesh: Mesh;
  readonly window: TimeWindow;
  /** Whose servers are concerned; undefined for all. */
  readonly namespaces: readonly string[] | undefined;
}

/** Asks a Prometheus who called, in a few bounded queries, one after the other. Never throws; says what it could not tell. */
export async function readPrometheus(
  api: PrometheusApi,
  { mesh, window, namespaces }: TrafficQuestion,
): Promise<Evidence> {
  const growths: MetricGrowth[] = [];
  let isCut = false;
  for (const question of growthQuestions(window, namespaces)) {
    const read = await readGrowth(api, question, window);
    if (read.kind !== 'read') return absent(api, window, read);
    growths.push(...read.growths);
    isCut ||= read.isCut;
  }
  const { calls, heard, unlabelled } = callsOfMetrics(mesh, growths, 'prometheus');
  const covered = await readCoverage(api, window, namespaces);
  const blindSpots: readonly BlindSpot[] = [
    ...covered.blindSpots,
    ...(unlabelled.size > 0
      ? [{ kind: 'no-security-label' as const, servers: unlabelled.size }]
      : []),
    ...(isCut ? [{ kind: 'cut' as const, read: groupLimit }] : []),
    { kind: 'no-ports' },
  ];
  return {
    asked: window,
    sources: [
      {
        kind: 'prometheus',
        where: api.where,
        window: covered.window,
        blindSpots,
        heard: new Map([...heard].map((server) => [server, covered.window])),
      },
    ],
    absent: [],
    calls,
  };
}

type NoAnswer = Exclude<PrometheusAnswer, { kind: 'ok' }>;

function absent({ access }: PrometheusApi, asked: TimeWindow, why: NoAnswer): Evidence {
  const reason = ((): Evidence['absent'][number]['why'] => {
    switch (why.kind) {
      case 'forbidden':
        return { kind: 'forbidden', ...access };
      case 'cancelled':
        return { kind: 'failed', cause: 'It was called off.' };
      case 'failed':
        return why;
    }
  })();
  return { asked, sources: [], absent: [{ kind: 'prometheus', why: reason }], calls: [] };
}

type GrowthRead =
  | {
      readonly kind: 'read';
      readonly growths: readonly MetricGrowth[];
      readonly isCut: boolean;
    }
  | NoAnswer;

async function readGrowth(
  api: PrometheusApi,
  { metric, growth, born, sums }: GrowthQuestion,
  window: TimeWindow,
): Promise<GrowthRead> {
  const at = { time: window.to / 1000, limit: groupLimit, timeout: evaluationLimit };
  const grown = await ask(api, 'query', { query: growth, ...at });
  if (grown.kind !== 'series') return grown;
  const begun = await ask(api, 'query', { query: born, ...at });
  if (begun.kind !== 'series') return begun;
  const all = [...grown.series, ...begun.series];
  // An answer that tells the time of nothing is no reason to give up what was counted.
  const rises =
    sums === undefined || all.length === 0 ? noRises : await readRises(api, sums, window);
  const isCut = grown.series.length >= groupLimit || begun.series.length >= groupLimit;
  return { kind: 'read', growths: growthsOf(metric, all, rises), isCut };
}

const noRises: ReadonlyMap<string, number> = new Map();

/** Groups that grew and groups that began are the same calls: what both say is added up. */
function growthsOf(
  metric: string,
  all: readonly ResultSeries[],
  rises: ReadonlyMap<string, number>,
): readonly MetricGrowth[] {
  const groups = new Map<string, MetricGrowth>();
  for (const { labels, samples } of all) {
    const key = keyOf(labels);
    const count = (groups.get(key)?.count ?? 0) + (samples[0]?.value ?? 0);
    const lastSeen = rises.get(key);
    groups.set(key, { metric, labels, count, ...(lastSeen !== undefined && { lastSeen }) });
  }
  return [...groups.values()];
}

function keyOf(labels: ResultSeries['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** When each group last grew, by its labels; as exact as the step. */
async function readRises(
  api: PrometheusApi,
  query: string,
  window: TimeWindow,
): Promise<ReadonlyMap<string, number>> {
  const answer = await ask(api, 'query_range', rangeOf(query, window));
  if (answer.kind !== 'series') return noRises;
  const step = stepOf(window);
  return new Map(
    answer.series.flatMap((series) => {
      const last = lastRise(series, step);
      return last === undefined ? [] : [[keyOf(series.labels), last] as const];
    }),
  );
}

interface Coverage {
  readonly window: TimeWindow;
  readonly blindSpots: readonly BlindSpot[];
}

/** From when on anything was recorded, and when it was not. */
async function readCoverage(
  api: PrometheusApi,
  window: TimeWindow,
  namespaces: readonly string[] | undefined,
): Promise<Coverage> {
  const answer = await ask(api, 'query_range', rangeOf(presenceQuery(namespaces), window));
  if (answer.kind !== 'series') {
    const cause = answer.kind === 'failed' ? answer.cause : 'It did not answer.';
    return { window, blindSpots: [{ kind: 'gaps-unknown', cause }] };
  }
  const step = stepOf(window);
  const samples = answer.series[0]?.samples ?? [];
  const [first] = samples;
  const from = first === undefined ? window.to : first.at;
  const isLate = from - window.from > step * 1.5;
  // What was recorded until a while ago, and is not any more, is a gap that lasts.
  const ends = samples.at(-1);
  const open =
    ends !== undefined && window.to - ends.at > step * 1.5
      ? [{ from: ends.at, to: window.to }]
      : [];
  return {
    window: isLate ? { from, to: window.to } : window,
    blindSpots: [
      ...(isLate ? [{ kind: 'starts-late' as const, from }] : []),
      ...gapSpots([...gapsIn(samples, step), ...open]),
    ],
  };
}

/** More gaps than this are counted. */
const namedGaps = 3;

/** The longest ones by name. */
function gapSpots(gaps: readonly TimeWindow[]): readonly BlindSpot[] {
  const sorted = gaps.toSorted((left, right) => right.to - right.from - (left.to - left.from));
  const named = sorted.slice(0, namedGaps).map((window) => ({ kind: 'gap' as const, window }));
  const more = sorted.length - named.length;
  return more > 0 ? [...named, { kind: 'more-gaps', gaps: more }] : named;
}

function rangeOf(query: string, window: TimeWindow): PrometheusQuery {
  const { from, to } = window;
  const step = stepOf(window) / 1000;
  return { query, start: from / 1000, end: to / 1000, step, timeout: evaluationLimit };
}

type SeriesAnswer =
  { readonly kind: 'series'; readonly series: readonly ResultSeries[] } | NoAnswer;

async function ask(
  api: PrometheusApi,
  path: 'query' | 'query_range',
  query: PrometheusQuery,
): Promise<SeriesAnswer> {
  const answer = await api.ask(path, query);
  return answer.kind === 'ok' ? { kind: 'series', series: readResult(answer.data) } : answer;
}
