import type { ExecOutcome, ExecRequest } from '../api/exec.ts';
import type { ApiContext, ProxyCall } from '../api/handler.ts';
import { hasSidecar } from '../dataPlane/podFacts.ts';
import type { KubeObject } from '../objects/json.ts';
import { answerPrometheus } from './prometheus.ts';
import { proxyLog, proxyStats } from './proxyReports.ts';
import type { TrafficRecord } from './trafficRecord.ts';

/** What the demo's API server answers about traffic; undefined where the question is about something else. */
export interface TelemetryAnswers {
  readonly service: ApiContext['serviceProxy'];
  readonly log: ApiContext['log'];
  /** `/stats/prometheus` of a sidecar, on the ports on which the real one has it. */
  readonly counters: (pod: KubeObject, call: ProxyCall) => Promise<undefined> | undefined;
  /** The same by the agent in the pod: `pilot-agent request GET stats/prometheus`. */
  readonly agent: (request: ExecRequest) => Promise<ExecOutcome> | undefined;
}

const statsPorts = [15020, 15090];
const statsPath = /^\/?stats\/prometheus(\?|$)/;

export function telemetryAnswers(record: TrafficRecord): TelemetryAnswers {
  return {
    service: ({ metadata }, path, query) =>
      metadata.name === 'prometheus' ? answerPrometheus(record, path, query) : undefined,
    log: (pod, query) => {
      const seconds = Number(query.get('sinceSeconds') ?? 3600);
      const isProxy = query.get('container') === 'istio-proxy' && hasSidecar(pod);
      return isProxy ? proxyLog(record, pod, record.now - seconds * 1000) : '';
    },
    counters: (pod, { port, path, response }) => {
      if (!statsPorts.includes(port) || !statsPath.test(path) || !hasSidecar(pod)) return undefined;
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end(proxyStats(record, pod));
      return Promise.resolve(undefined);
    },
    agent: ({ pod, container, command, onStdout }) => {
      const [program, request, method, path = ''] = command;
      const isAsked = program === 'pilot-agent' && request === 'request' && method === 'GET';
      if (!isAsked || container !== 'istio-proxy' || !statsPath.test(path)) return undefined;
      onStdout(Buffer.from(proxyStats(record, pod)));
      return Promise.resolve({ kind: 'exited', code: 0 });
    },
  };
}
