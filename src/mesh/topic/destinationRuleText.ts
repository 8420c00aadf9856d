import type { Mesh } from '../snapshot/mesh.ts';
import type { DestinationRule, Service } from '../model/objects.ts';
import { sameRef } from '../model/reference.ts';
import { clientLines, summarizeClients, type ClientSummary } from './clientSummary.ts';
import { counted, sentByMode } from '../words/modeWords.ts';
import { openLink } from './policyChain.ts';
import { list, paragraph, type Block, type Line } from './blocks.ts';
import { servicesOfHost } from '../destination/servicesOfHost.ts';
import { answeringBehind, answeringLines, serversOf } from './serviceText.ts';

const MAX_SERVICES = 5;

/** What a rule makes clients send to its host, and whether the servers there take it. */
export function destinationRuleText(
  mesh: Mesh,
  rule: DestinationRule,
  port?: number,
): readonly Block[] {
  const services = servicesOfHost(mesh, rule.host, rule.namespace);
  const shown = services.slice(0, MAX_SERVICES);
  if (shown.length === 0) return [sentence(rule, port), unknownHost(rule)];
  const behind = shown.flatMap((service) => answeringBehind(mesh, service, port));
  const servers = shown.flatMap((service) => serversOf(service, port));
  const summary = summarizeClients(
    mesh,
    servers,
    behind.map(({ workload }) => workload.ref),
  );
  return [
    sentence(rule, port),
    ...moreServices(services),
    ...answeringLines(behind),
    ...followers(mesh, rule, summary),
    ...clientLines(summary),
  ];
}

function sentence(rule: DestinationRule, port?: number): Block {
  const where = port === undefined ? '' : ` port ${port}`;
  const to: Line = [{ code: rule.host }, where];
  const policy = rule.trafficPolicy;
  const settings = policy?.ports.find((one) => one.port === port) ?? policy;
  const mode = settings?.tls?.mode;
  if (mode === undefined) {
    return paragraph(
      { strong: 'No TLS setting' },
      ': auto mutual TLS decides what clients send to ',
      ...to,
      ...exceptPorts(rule, port),
      '.',
    );
  }
  return paragraph(
    { strong: mode },
    ': clients with a sidecar or a gateway send ',
    sentByMode(mode),
    ' to ',
    ...to,
    ...exceptPorts(rule, port),
    '.',
  );
}

/** Ports for which the rule says something else about TLS than for the rest (R161, R162). */
function exceptPorts({ trafficPolicy }: DestinationRule, port: number | undefined): Line {
  const whole = trafficPolicy?.tls?.mode;
  const others = trafficPolicy?.ports.filter(({ tls }) => tls?.mode !== whole) ?? [];
  if (port !== undefined) return [];
  return others.flatMap(({ port: number, tls }, index): Line => {
    const lead = index === 0 ? ', except on ' : ', ';
    return [`${lead}port ${number}: `, { strong: tls?.mode ?? 'no TLS setting' }];
  });
}

function unknownHost({ host }: DestinationRule): Block {
  return paragraph('⚠ No Service is known that ', { code: host }, ' names', hintAt(host), '.');
}

/** A name with one dot is taken literally and matches no Service (R150). */
function hintAt(host: string): string {
  return /^[^.*]+\.[^.]+$/.test(host)
    ? ': a short name has no dot, a full one ends in .svc.cluster.local'
    : '';
}

function moreServices(services: readonly Service[]): readonly Block[] {
  const more = services.length - MAX_SERVICES;
  return more <= 0
    ? []
    : [paragraph(`Matches ${services.length} Services; the first ${MAX_SERVICES}:`)];
}

/** Which rule decides for whom: only one of several rules for a host does (R152, R154). */
function followers(mesh: Mesh, rule: DestinationRule, summary: ClientSummary): readonly Block[] {
  const own = summary.rules.find((one) => sameRef(one.rule, rule));
  const others = summary.rules.filter((one) => !sameRef(one.rule, rule));
  const line: Line =
    own === undefined
      ? ['No known client follows this rule']
      : [counted(own.clients, 'client follows', 'clients follow'), ' this rule'];
  return list([
    line,
    ...others.map(({ rule: other, clients }): Line => [
      counted(clients, 'client follows', 'clients follow'),
      ' ',
      { code: `${other.namespace}/${other.name}` },
      ' instead',
      ...openLink(mesh, other),
    ]),
  ]);
}
