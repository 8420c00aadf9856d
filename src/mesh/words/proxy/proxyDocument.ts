import type { ComparedCluster, ComparedPort } from '../../proxy/compareProxy.ts';
import type { PredictedCluster } from '../../proxy/predictedProxy.ts';
import type { Part, ProxyCertificate } from '../../proxy/proxyState.ts';
import type { TlsCheck } from '../../proxy/tlsCheck.ts';
import type { HostPort } from '../../connection/hostPorts.ts';
import type { ModeSource } from '../../model/explanation.ts';
import type { ObjectRef } from '../../model/reference.ts';
import { counted } from '../modeWords.ts';
import { visibleLine } from '../visibleText.ts';
import {
  describeAcknowledgement,
  describeDriftCause,
  describeProxyFinding,
  seconds,
  sharesWords,
} from './describeProxy.ts';
import type { ProxyReport } from './proxyReport.ts';

/** A table with what is said above it. */
export interface ProxyTable {
  readonly title: string;
  readonly heading: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said instead of the table where there are no rows. */
  readonly empty: string;
}

/** What a proxy has, as tables: ports, hosts in the layout of `istioctl authn tls-check`, differences, certificates. */
export function proxyTables(report: ProxyReport): readonly ProxyTable[] {
  const { comparison, checks, state } = report;
  return [
    {
      title: 'What it takes',
      heading: ['PORT', 'ENFORCES', 'PREDICTED', 'DECIDED BY', ''],
      rows: comparison.ports.map(portRow),
      empty: emptyWords(state.inbound, 'The proxy listens for nothing.'),
    },
    {
      title: 'What it sends',
      heading: ['HOST:PORT', 'STATUS', 'SERVER', 'CLIENT', 'AUTHN POLICY', 'DESTINATION RULE'],
      rows: checks.map(checkRow),
      empty: emptyWords(state.clusters, 'The proxy knows no host.'),
    },
    ...differingTable(comparison.clusters),
    {
      title: 'Certificates',
      heading: ['IDENTITY', 'ISSUER', 'VALID FROM', 'VALID UNTIL', 'SERIAL'],
      rows: certificateRows(report),
      empty: emptyWords(state.certificates, 'The proxy has no certificates.'),
    },
  ];
}

function emptyWords(part: Part<unknown>, otherwise: string): string {
  return part.kind === 'unread' ? `Unknown: ${part.why}.` : otherwise;
}

function portRow({ port, has, predicted, agreement }: ComparedPort): readonly string[] {
  const name = port === undefined ? 'every other' : String(port);
  const enforces = has?.mode ?? 'nothing';
  if (agreement === 'not-compared') {
    const why = predicted?.captured === false ? 'not captured' : 'not compared';
    return [name, byChains(has), '-', '-', why];
  }
  const from = predicted === undefined ? '-' : decider(predicted.from);
  return [name, enforces, predicted?.mode ?? '-', from, agreement === 'differs' ? 'DRIFT' : ''];
}

/** The policy that decides, as `NAMESPACE/NAME`. */
function decider(from: ModeSource): string {
  return from.kind === 'policy' ? placeOf(from.field.object) : 'default';
}

function placeOf({ namespace, name }: ObjectRef): string {
  return `${namespace}/${name}`;
}

function byChains(has: ComparedPort['has']): string {
  return has === undefined ? 'nothing' : has.accepts.join(' or ');
}

export function hostPortName({ host, port, subset }: HostPort): string {
  return subset === undefined ? `${host}:${port}` : `${host}:${port} (${subset})`;
}

function checkRow({ to, status, server, client, policies, rule }: TlsCheck): readonly string[] {
  return [
    hostPortName(to),
    status,
    server.length === 0 ? '-' : server.join(', '),
    client === undefined ? '-' : sharesWords(client),
    policies.length === 0
      ? server.length === 0
        ? '-'
        : 'default'
      : policies.map(placeOf).join(', '),
    rule === undefined ? '-' : placeOf(rule),
  ];
}

function differingTable(clusters: readonly ComparedCluster[]): readonly ProxyTable[] {
  const differing = clusters.filter(({ agreement }) => agreement === 'differs');
  if (differing.length === 0) return [];
  const rows = differing.map(({ to, has, predicted }) => [
    hostPortName(to),
    has === undefined ? 'unknown to the proxy' : sharesWords(has.shares),
    predictedWords(predicted),
  ]);
  const heading = ['HOST:PORT', 'SENDS', 'PREDICTED'];
  return [{ title: 'What it sends otherwise than predicted', heading, rows, empty: '' }];
}

function predictedWords(predicted: PredictedCluster): string {
  switch (predicted.kind) {
    case 'sends':
      return sharesWords(predicted.shares);
    case 'no-cluster':
      return 'unknown to the proxy';
    case 'not-predicted':
      return '-';
  }
}

function certificateRows({ state }: ProxyReport): readonly (readonly string[])[] {
  const { certificates } = state;
  if (certificates.kind === 'unread') return [];
  const row = (first: string, one: ProxyCertificate): readonly string[] => [
    first,
    one.issuer ?? 'unknown',
    seconds(one.validFrom),
    seconds(one.validUntil),
    one.serial,
  ];
  return [
    ...certificates.value.own.map((one) => row(one.identity ?? 'without identity', one)),
    ...certificates.value.roots.map((one) => row('trusted root', one)),
  ];
}

/** What is said of a proxy in sentences: first what is wrong, then what may be the cause. */
export function proxySentences(report: ProxyReport): readonly string[] {
  const { comparison, causes, findings, state } = report;
  const { differences, ports, clusters } = comparison;
  const compared = [...ports, ...clusters].filter(({ agreement }) => agreement !== 'not-compared');
  const drift =
    differences === 0
      ? `All ${counted(compared.length, 'port or host', 'ports and hosts')} that could be compared are as predicted.`
      : `${counted(differences, 'port or host differs', 'ports and hosts differ')} from what is predicted.`;
  const unknownCause = 'Nothing that could be read tells the cause.';
  const why =
    differences > 0 && causes.length === 0 ? [unknownCause] : causes.map(describeDriftCause);
  const known = findings.map(describeProxyFinding);
  const acknowledged = describeAcknowledgement(state.acknowledgement);
  return [drift, ...why, ...new Set([...known, acknowledged])];
}

/** Everything about a proxy as a read-only document in Markdown. */
export function proxyDocument(report: ProxyReport, where: readonly string[]): string {
  const { place, state } = report;
  const lines = [
    `# What the proxy of ${place.namespace}/${place.pod} has`,
    '',
    ...where,
    ...(state.origin.kind === 'read' && state.origin.value.controlPlane !== undefined
      ? [`Configured by ${state.origin.value.controlPlane}.`]
      : []),
    '',
    ...proxySentences(report).map((sentence) => `- ${sentence}`),
    ...proxyTables(report).flatMap(markdownTable),
    '',
  ];
  return lines.map(visibleLine).join('\n');
}

function markdownTable({ title, heading, rows, empty }: ProxyTable): readonly string[] {
  if (rows.length === 0) return ['', `## ${title}`, '', empty];
  const widths = heading.map((name, column) =>
    rows.reduce((widest, row) => Math.max(widest, cellOf(row, column).length), name.length),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => cellOf(row, column).padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return ['', `## ${title}`, '', line(heading), rule, ...rows.map(line)];
}

function cellOf(row: readonly string[], column: number): string {
  return (row[column] ?? '').replaceAll('|', '\\|');
}
