import type { ComparedCluster, ComparedPort, ProxyReport, TlsCheck } from '../mesh/index.ts';
import {
  describeAcknowledgement,
  describeDriftCause,
  describeProxyFinding,
} from '../mesh/index.ts';
import { sourceJson } from './policyJson.ts';

/** One running proxy, as the JSON contract spells it. A part that could not be read is named in `unknown`, with why. */
export function proxyJson(report: ProxyReport): Readonly<Record<string, unknown>> {
  const { place, state, comparison, causes, checks, findings } = report;
  const parts = Object.entries(state) as readonly (readonly [
    string,
    ProxyReport['state']['inbound'],
  ])[];
  const unknown = parts.flatMap(([part, { ...read }]) =>
    read.kind === 'unread' ? [[part, read.why] as const] : [],
  );
  const { acknowledgement, certificates, origin } = state;
  return {
    namespace: place.namespace,
    pod: place.pod,
    kind: place.kind,
    ...(origin.kind === 'read' ? { origin: origin.value } : {}),
    differences: comparison.differences,
    causes: causes.map((cause) => ({ ...cause, text: describeDriftCause(cause) })),
    ports: comparison.ports.map(portJson),
    hosts: comparison.clusters.map((cluster, index) => hostJson(cluster, checks[index])),
    ...(certificates.kind === 'read' ? { certificates: certificates.value } : {}),
    acknowledgement: {
      ...(acknowledgement.kind === 'read' ? acknowledgement.value : { kind: 'unknown' }),
      text: describeAcknowledgement(acknowledgement),
    },
    findings: findings.map((finding) => ({ ...finding, text: describeProxyFinding(finding) })),
    ...(unknown.length === 0 ? {} : { unknown: Object.fromEntries(unknown) }),
  };
}

function portJson({ port, has, predicted, agreement }: ComparedPort): object {
  return {
    port: port ?? 'every-other',
    agreement,
    ...(has === undefined ? {} : { enforces: has.mode, accepts: has.accepts }),
    ...(predicted === undefined
      ? {}
      : {
          predicted: {
            mode: predicted.mode,
            accepts: predicted.accepts,
            from: sourceJson(predicted.from),
            captured: predicted.captured,
          },
        }),
  };
}

function hostJson({ to, has, predicted, agreement }: ComparedCluster, check?: TlsCheck): object {
  return {
    ...to,
    agreement,
    ...(check === undefined
      ? {}
      : { status: check.status, server: check.server, policies: check.policies }),
    ...(has === undefined ? {} : { sends: has.shares, rule: has.rule }),
    ...(predicted.kind === 'sends' ? { predicted: predicted.shares } : {}),
  };
}
