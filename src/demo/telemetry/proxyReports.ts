import type { KubeObject } from '../objects/json.ts';
import { podAddress } from '../dataPlane/podFacts.ts';
import { labelsOfFlow } from './prometheus.ts';
import type { Flow, TrafficRecord } from './trafficRecord.ts';
import { namedPod } from './trafficRecord.ts';

/** What a pod's sidecar has counted since it started, as `/stats/prometheus` shows it. */
export function proxyStats(record: TrafficRecord, pod: KubeObject): string {
  const started = Date.parse(pod.metadata.creationTimestamp) || record.since;
  const lines = flowsOf(record, pod).flatMap((flow) => {
    const count = flow.countAt(record.now) - flow.countAt(Math.max(started, record.since));
    if (flow.report === 'refused' || count <= 0) return [];
    const labels = Object.entries(labelsOfFlow(flow)).map(([key, value]) => `${key}="${value}"`);
    return [`istio_requests_total{response_code="200",${labels.join(',')}} ${count}`];
  });
  return ['# TYPE istio_requests_total counter', ...lines, ''].join('\n');
}

const MINUTE = 60_000;
/** At most so many lines of one caller are in a log. */
const MAX_LINES = 50;

/** What a pod's sidecar has logged lately, a line for each call in Envoy's default format. */
export function proxyLog(record: TrafficRecord, pod: KubeObject, since: number): string {
  const lines = flowsOf(record, pod).flatMap((flow) =>
    linesOf(flow, pod, { since, now: record.now }),
  );
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join('');
}

function flowsOf(record: TrafficRecord, pod: KubeObject): readonly Flow[] {
  const { namespace, workload } = namedPod(pod);
  return record
    .flows()
    .filter(({ server }) => server.namespace === namespace && server.workload === workload);
}

function linesOf(
  flow: Flow,
  pod: KubeObject,
  { since, now }: { readonly since: number; readonly now: number },
): readonly string[] {
  if (flow.address === undefined) return [];
  const lines: string[] = [];
  for (
    let at = Math.max(since, now - 60 * MINUTE);
    at < now && lines.length < MAX_LINES;
    at += MINUTE / 4
  ) {
    if (flow.countAt(at + MINUTE / 4) > flow.countAt(at)) lines.push(lineOf(flow, pod, at));
  }
  return lines;
}

/** Source: istio.io/latest/docs/tasks/observability/logs/access-log. */
function lineOf({ address, server, port, report }: Flow, pod: KubeObject, at: number): string {
  const time = new Date(at).toISOString();
  const here = `${podAddress(pod) ?? ''}:${port}`;
  const from = `${address ?? ''}:40000`;
  if (report === 'refused')
    return `[${time}] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - ${here} ${from} - -`;
  const name =
    report === 'mutual_tls'
      ? `outbound_.${port}_._.${server.workload}.${server.namespace}.svc.cluster.local`
      : '-';
  return `[${time}] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 0 1 1 "-" "-" "-" "${server.workload}" "${here}" inbound|${port}|| 127.0.0.6:40001 ${here} ${from} ${name} default`;
}
