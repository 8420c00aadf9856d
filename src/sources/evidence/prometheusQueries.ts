import type { TimeWindow } from '../../mesh/index.ts';
import { callMetrics, refusalMetric } from '../../mesh/index.ts';

/** What a Prometheus is asked, as PromQL. Each metric is asked for on its own, so that an answer is about one. */
export interface GrowthQuestion {
  readonly metric: string;
  /** How much each group grew; a series with a single sample has not grown. */
  readonly growth: string;
  /** What the first sample of series says that began in the window: those calls happened in it, too. */
  readonly born: string;
  /** The sums at one moment, for a range: when they last grew. Absent where nobody wants to know. */
  readonly sums?: string;
}

/** More groups than this are not read. */
export const groupLimit = 20_000;

/** More namespaces than this in a query are more than a URL takes: all are asked for then. */
const MAX_NAMED_NAMESPACES = 60;

const callLabels = [
  'source_workload',
  'source_workload_namespace',
  'destination_workload',
  'destination_workload_namespace',
  'connection_security_policy',
  'reporter',
].join(', ');

/**
 * The questions about calls of servers in some namespaces, all of them where `namespaces` is undefined. Only what the
 * server's side reports is asked for (R263). Calls that were not mutual TLS are a question of their own: these few must not
 * be cut off with the many others.
 */
export function growthQuestions(
  { from, to }: TimeWindow,
  namespaces: readonly string[] | undefined,
): readonly GrowthQuestion[] {
  const window = `${Math.round((to - from) / 1000)}s`;
  const servers = `reporter="destination"${namespaceMatcher(namespaces)}`;
  const others = callMetrics.map((metric) =>
    question(metric, `${servers}, connection_security_policy!="mutual_tls"`, window),
  );
  const mutual = callMetrics.map((metric) =>
    withoutSums(question(metric, `${servers}, connection_security_policy="mutual_tls"`, window)),
  );
  const refused = question(refusalMetric, `${servers}, response_flags="DENY"`, window);
  return [...others, refused, ...mutual];
}

function question(metric: string, matchers: string, window: string): GrowthQuestion {
  const series = `${metric}{${matchers}}`;
  const sum = `sum by (${callLabels})`;
  return {
    metric,
    growth: `${sum} (increase(${series}[${window}]))`,
    born: `${sum} (min_over_time(${series}[${window}]) unless ${series} offset ${window})`,
    sums: `${sum} (${series})`,
  };
}

function withoutSums({ metric, growth, born }: GrowthQuestion): GrowthQuestion {
  return { metric, growth, born };
}

/** Whether anything at all was recorded of servers, at each step of a range. */
export function presenceQuery(namespaces: readonly string[] | undefined): string {
  const names = callMetrics.join('|');
  return `count({__name__=~"${names}", reporter="destination"${namespaceMatcher(namespaces)}})`;
}

function namespaceMatcher(namespaces: readonly string[] | undefined): string {
  if (namespaces === undefined || namespaces.length > MAX_NAMED_NAMESPACES) return '';
  // Names of namespaces have no character that a pattern or a quoted text would need to escape.
  const names = namespaces.filter((name) => /^[-a-z0-9]+$/.test(name)).join('|');
  return `, destination_workload_namespace=~"${names}"`;
}

/** Moments at which a range is asked for: fine enough for people, few enough for the Prometheus. */
const STEPS = 288;
const LEAST_STEP_MS = 60_000;

export function stepOf({ from, to }: TimeWindow): number {
  return Math.max(LEAST_STEP_MS, Math.ceil((to - from) / STEPS / 1000) * 1000);
}
