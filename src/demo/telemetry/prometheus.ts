import type { JsonObject } from '../objects/json.ts';
import type { Answer } from '../objects/status.ts';
import { ok } from '../objects/status.ts';
import type { Flow, TrafficRecord } from './trafficRecord.ts';

/** Labels of a series, without its metric. */
type Labels = Readonly<Record<string, string>>;

const requests = 'istio_requests_total';

/** The labels that a sidecar gives a call that it let in; refused ones it does not report. */
export function labelsOfFlow({ source, server, report }: Flow): Labels {
  return {
    reporter: 'destination',
    source_workload: source?.workload ?? 'unknown',
    source_workload_namespace: source?.namespace ?? 'unknown',
    destination_workload: server.workload,
    destination_workload_namespace: server.namespace,
    connection_security_policy: report,
  };
}

/**
 * The HTTP API of the demo's Prometheus: the few shapes of PromQL that the extension asks. Anything else is refused, for
 * a wrong answer would be worse than none.
 */
export function answerPrometheus(
  record: TrafficRecord,
  path: string,
  query: URLSearchParams,
): Answer {
  const text = query.get('query') ?? '';
  const evaluate = evaluator(record, text);
  if (evaluate === undefined) return refusal('the demo answers only what the extension asks');
  if (path === '/api/v1/query') {
    const time = Number(query.get('time') ?? record.now / 1000);
    const result = evaluate(time * 1000).map(({ labels, value }) => ({
      metric: { ...labels },
      value: [time, String(value)],
    }));
    return success({ resultType: 'vector', result });
  }
  if (path === '/api/v1/query_range') return success(rangeOf(evaluate, query));
  return { code: 404, body: { status: 'error', errorType: 'not_found', error: 'not found' } };
}

function success(data: JsonObject): Answer {
  return ok({ status: 'success', data });
}

function refusal(error: string): Answer {
  return { code: 400, body: { status: 'error', errorType: 'bad_data', error } };
}

interface Value {
  readonly labels: Labels;
  readonly value: number;
}

type Evaluate = (time: number) => readonly Value[];

const selector = String.raw`(\w*)\{([^}]*)\}`;

/** What a query computes at a time; undefined for a query that the demo does not know. */
function evaluator(record: TrafficRecord, text: string): Evaluate | undefined {
  const of = (pattern: string): RegExpExecArray | null =>
    new RegExp(`^(?:sum by \\([\\w, ]+\\) \\()?${pattern}\\)?$`).exec(text);
  const grown = of(String.raw`increase\((\w+)\{([^}]*)\}\[(\d+)s\]\)`);
  if (grown !== null) {
    const [, metric = '', matchers = '', seconds] = grown;
    const flows = selected(record, metric, matchers);
    const window = Number(seconds) * 1000;
    return (time) => grouped(flows, (flow) => flow.countAt(time) - flow.countAt(time - window));
  }
  // Nothing began later than the record does.
  if (of(String.raw`min_over_time\(.*\) unless .* offset \d+s`) !== null) return () => [];
  const counted = /^count\(\{__name__=~"[\w|]+", ([^}]*)\}\)$/.exec(text);
  if (counted !== null) {
    const flows = selected(record, requests, counted[1] ?? '');
    return (time) =>
      flows.length === 0 || time < record.since ? [] : [{ labels: {}, value: flows.length }];
  }
  const sums = of(selector);
  if (sums === null) return undefined;
  const flows = selected(record, sums[1] ?? '', sums[2] ?? '');
  return (time) => grouped(flows, (flow) => flow.countAt(time));
}

function selected(record: TrafficRecord, metric: string, matchers: string): readonly Flow[] {
  if (metric !== requests) return [];
  return record
    .flows()
    .filter(({ report }) => report !== 'refused')
    .filter((flow) => matches(labelsOfFlow(flow), matchers));
}

function matches(labels: Labels, matchers: string): boolean {
  return [...matchers.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)].every(
    ([, name = '', how, wanted = '']) => {
      const value = labels[name] ?? '';
      if (how === '=~') return new RegExp(`^(?:${wanted})$`).test(value);
      return how === '=' ? value === wanted : value !== wanted;
    },
  );
}

function grouped(flows: readonly Flow[], valueOf: (flow: Flow) => number): readonly Value[] {
  const groups = new Map<string, Value>();
  for (const flow of flows) {
    const labels = labelsOfFlow(flow);
    const key = JSON.stringify(labels);
    groups.set(key, { labels, value: (groups.get(key)?.value ?? 0) + valueOf(flow) });
  }
  return [...groups.values()];
}

/** As many steps as a real Prometheus would answer at most. */
const MAX_STEPS = 11_000;

function rangeOf(evaluate: Evaluate, query: URLSearchParams): JsonObject {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(query.get(name)));
  const series = new Map<string, { labels: Labels; values: [number, string][] }>();
  const steps = Math.min(MAX_STEPS, Math.floor(((end ?? 0) - (start ?? 0)) / (step ?? 1)));
  for (let index = 0; index <= steps; index++) {
    const time = (start ?? 0) + index * (step ?? 1);
    for (const { labels, value } of evaluate(time * 1000)) {
      const key = JSON.stringify(labels);
      const known = series.get(key) ?? { labels, values: [] };
      known.values.push([time, String(value)]);
      series.set(key, known);
    }
  }
  const result = [...series.values()].map(({ labels, values }) => ({
    metric: { ...labels },
    values,
  }));
  return { resultType: 'matrix', result };
}
