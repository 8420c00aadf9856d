import { asList, fieldAt, textMap } from '../transport/jsonValue.ts';

/** A value at a moment, in milliseconds since 1970. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** One element of a vector or a matrix. */
export interface ResultSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/** Reads the `data` of a query: a vector has one sample a series, a matrix has several. Whatever is no number is left out. */
export function readResult(data: unknown): readonly ResultSeries[] {
  return asList(fieldAt(data, 'result')).map((element) => {
    const single = fieldAt(element, 'value');
    const samples = single === undefined ? asList(fieldAt(element, 'values')) : [single];
    return {
      labels: textMap(fieldAt(element, 'metric')),
      samples: samples.flatMap(readSample),
    };
  });
}

/** `[1700000000.123, "42"]`: seconds since 1970, and the value as text. */
function readSample(pair: unknown): readonly Sample[] {
  const [seconds, text] = asList(pair);
  const value = Number(text);
  if (typeof seconds !== 'number' || typeof text !== 'string' || !Number.isFinite(value)) return [];
  return [{ at: Math.round(seconds * 1000), value }];
}

/** When a sum was last higher than at the step before, or was there for the first time. Falling is a pod that went. */
export function lastRise({ samples }: ResultSeries, step: number): number | undefined {
  let last: number | undefined;
  let before: Sample | undefined;
  for (const sample of samples) {
    const isBorn = before === undefined || sample.at - before.at > step * 1.5;
    if (sample.value > (isBorn ? 0 : (before?.value ?? 0))) last = sample.at;
    before = sample;
  }
  return last;
}

/** The parts of a window at whose steps there is no sample, each from the last sample before it to the first one after. */
export function gapsIn(
  samples: readonly Sample[],
  step: number,
): readonly { readonly from: number; readonly to: number }[] {
  return samples.flatMap(({ at }, index) => {
    const next = samples[index + 1];
    return next !== undefined && next.at - at > step * 1.5 ? [{ from: at, to: next.at }] : [];
  });
}
