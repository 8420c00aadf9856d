import type { ExposedSample } from './exposition.ts';
import { readExposition } from './exposition.ts';
import type { MetricGrowth } from './istioMetrics.ts';
import { callMetrics } from './istioMetrics.ts';

/** Two looks at the counters of one proxy. */
export interface CounterSamples {
  readonly first: string;
  readonly second: string;
  /** When the second was taken, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * What a proxy has counted since it started. What grew between the two looks was called just now; of the rest the counters
 * do not tell when.
 */
export function growthsOfProxy({ first, second, at }: CounterSamples): readonly MetricGrowth[] {
  const before = new Map(
    readExposition(first, callMetrics).map((sample) => [keyOf(sample), sample.value]),
  );
  return readExposition(second, callMetrics).map((sample) => ({
    metric: sample.metric,
    labels: sample.labels,
    count: sample.value,
    ...(sample.value > (before.get(keyOf(sample)) ?? 0) && { lastSeen: at }),
  }));
}

function keyOf({ metric, labels }: ExposedSample): string {
  return metric + JSON.stringify(Object.entries(labels).sort());
}
