import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/kubernetes/freePort.ts';
import { startProgram } from '../support/kubernetes/programProcess.ts';
import { waitFor } from '../support/kubernetes/waitFor.ts';

/** The environment variable that hands the program's path from the runner to the tests. */
export const prometheusVariable = 'ISTIO_MTLS_PROMETHEUS';

/** One time series as a Prometheus that scrapes has it. */
export interface RecordedSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly at: number; readonly value: number }[];
}

export interface RealPrometheus {
  readonly url: string;
  record(series: readonly RecordedSeries[]): Promise<void>;
  end(): Promise<void>;
}

const startLimitMs = 30_000;

/** What is recorded has times of its own, older than what was recorded before. */
const configuration = `
storage:
  tsdb:
    out_of_order_time_window: 60d
otlp:
  translation_strategy: NoTranslation
`;

/** Starts a Prometheus that scrapes nothing, and takes what it is given by OTLP. */
export async function startPrometheus(): Promise<RealPrometheus> {
  const path = process.env[prometheusVariable];
  if (path === undefined) throw new Error('Run these tests with: npm run test:prometheus');
  const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-prometheus-'));
  await writeFile(join(folder, 'prometheus.yml'), configuration);
  const address = `127.0.0.1:${await freePort()}`;
  const program = startProgram({
    name: 'prometheus',
    path,
    log: join(folder, 'log'),
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-otlp-receiver',
      '--log.level=warn',
    ],
  });
  const url = `http://${address}`;
  await waitFor('prometheus', startLimitMs, async () => {
    if (program.ended) throw new Error(program.lastLines(3));
    return (await fetch(`${url}/-/ready`)).ok;
  });
  return {
    url,
    record: (series) => record(url, series),
    end: async () => {
      await program.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Source: opentelemetry.io/docs/specs/otlp, the JSON form of metrics. */
async function record(url: string, series: readonly RecordedSeries[]): Promise<void> {
  const metrics = series.map(({ metric, labels, samples }) => ({
    name: metric,
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: samples.map(({ at, value }) => ({
        timeUnixNano: `${Math.round(at)}000000`,
        asDouble: value,
        attributes: Object.entries(labels).map(([key, text]) => ({
          key,
          value: { stringValue: text },
        })),
      })),
    },
  }));
  const response = await fetch(`${url}/api/v1/otlp/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
