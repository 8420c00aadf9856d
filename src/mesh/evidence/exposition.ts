import type { Labels } from '../model/objects.ts';

/** One line of what `/stats/prometheus` shows. */
export interface ExposedSample {
  readonly metric: string;
  readonly labels: Labels;
  readonly value: number;
}

/**
 * Reads Prometheus' text format as far as some metrics go. Lines that cannot be read are left out: a proxy shows what its
 * application exposes, too. Source: prometheus.io/docs/instrumenting/exposition_formats.
 */
export function readExposition(text: string, metrics: readonly string[]): readonly ExposedSample[] {
  const wanted = new Set(metrics);
  return text.split('\n').flatMap((line) => {
    const [, metric = '', labels = '', value = ''] =
      /^([a-zA-Z_:][\w:]*)\{(.*)\}\s+(\S+)(?:\s+-?\d+)?$/.exec(line.trim()) ?? [];
    const number = Number(value);
    if (!wanted.has(metric) || !Number.isFinite(number)) return [];
    return [{ metric, labels: readLabels(labels), value: number }];
  });
}

function readLabels(text: string): Labels {
  const pairs = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, unescaped(value)]));
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_all, character: string) =>
    character === 'n' ? '\n' : character,
  );
}
