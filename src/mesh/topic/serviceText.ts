import { workloadsBehind, type Mesh } from '../snapshot/mesh.ts';
import type { Service, ServicePort } from '../model/objects.ts';
import type { Workload } from '../snapshot/workload.ts';
import { targetPortOf } from '../snapshot/targetPort.ts';
import type { HostPort } from '../connection/connection.ts';
import { fqdnOf } from '../snapshot/host.ts';
import { describeRef } from '../words/describe.ts';
import type { EffectiveMode, Enforcement } from '../model/explanation.ts';
import type { Accepts } from '../model/mode.ts';
import { workloadMtls } from '../server/workloadMtls.ts';
import { clientLines, summarizeClients, type ClientSummary } from './clientSummary.ts';
import { acceptedWords, counted } from '../words/modeWords.ts';
import { policyChain } from './policyChain.ts';
import { paragraph, shortList, type Block, type Line } from './blocks.ts';

/** What answers behind one port of a Service. */
export interface Answering {
  readonly servicePort: number;
  readonly workload: Workload;
  /** Undefined when the pods do not say which port the Service's port name means. */
  readonly workloadPort: number | undefined;
  readonly mtls: EffectiveMode;
  readonly accepts: readonly Accepts[];
  readonly enforcement: Enforcement;
}

/** A Service has no mode: it has those of the ports it leads to (R21). */
export function answeringBehind(mesh: Mesh, service: Service, port?: number): readonly Answering[] {
  return service.ports
    .filter((one) => port === undefined || one.port === port)
    .flatMap((one) =>
      workloadsBehind(mesh, service).map((workload) => answering(mesh, one, workload)),
    );
}

/** What the mesh says about a Service, or about one port of it. */
export function serviceText(mesh: Mesh, service: Service, port?: number): readonly Block[] {
  const behind = answeringBehind(mesh, service, port);
  const [first] = behind;
  if (first === undefined) return [noWorkloadParagraph(service)];
  const modes = new Set(behind.map(({ mtls }) => mtls.mode));
  const servers = serversOf(service, port);
  const workloads = behind.map(({ workload }) => workload.ref);
  const summary = summarizeClients(mesh, servers, workloads);
  return [
    sentence(service, behind, port),
    ...answeringLines(behind),
    ...(modes.size === 1 ? policyChain(mesh, first.mtls) : []),
    ...clientLines(summary),
    ...backendPolicyLines(summary),
  ];
}

/** Policies of the Gateway API that have a say in what clients send (R160). */
function backendPolicyLines({ rules }: ClientSummary): readonly Block[] {
  return rules
    .filter(({ rule }) => rule.kind !== 'DestinationRule')
    .map(({ rule, clients }) => {
      const whose = counted(clients, 'workload');
      return paragraph({ strong: describeRef(rule) }, ` acts on what ${whose} send here.`);
    });
}

/** Where the ports of a Service lead, one line for each workload port. */
export function answeringLines(behind: readonly Answering[]): readonly Block[] {
  return shortList(behind.map(answeringLine), 8);
}

/** The first ports of a Service, as clients call them. */
export function serversOf(service: Service, port?: number): readonly HostPort[] {
  return service.ports
    .filter((one) => port === undefined || one.port === port)
    .slice(0, 10)
    .map((one) => ({ host: fqdnOf(service), port: one.port }));
}

function answeringLine(answering: Answering): Line {
  const { servicePort, workload, workloadPort, mtls, enforcement } = answering;
  const target = workloadPort === undefined ? '' : ` port ${workloadPort}`;
  return [
    `port ${servicePort} → `,
    { code: workload.name },
    `${target}: `,
    { strong: mtls.mode },
    enforcement.kind === 'not-enforced' ? ', enforced by nothing' : '',
  ];
}

function answering(mesh: Mesh, port: ServicePort, workload: Workload): Answering {
  const workloadPort = targetPortOf(port, workload.variants[0].shape);
  const whole = workloadMtls(mesh, workload);
  const mtls = whole.ports.find((one) => one.port === workloadPort) ?? whole;
  const { accepts } = mtls;
  return {
    servicePort: port.port,
    workload,
    workloadPort,
    mtls,
    accepts,
    enforcement: whole.enforcement,
  };
}

function sentence(service: Service, behind: readonly Answering[], port?: number): Block {
  const modes = [...new Set(behind.map(({ mtls }) => mtls.mode))];
  const accepts = [...new Set(behind.flatMap((one) => one.accepts))];
  const where = port === undefined ? '' : ` on port ${port}`;
  const mode = modes.length === 1 ? modes.join('') : 'Mixed';
  const takes = behind.some(({ enforcement }) => enforcement.kind === 'unknown')
    ? 'follow these modes where something enforces them'
    : `accept ${acceptedWords(accepts)}${where}`;
  const subject: Line = [': the pods behind ', { code: service.name }];
  return paragraph(
    { strong: mode },
    ...subject,
    ` ${takes}${modes.length === 1 ? '' : ', not all of them the same'}.`,
  );
}

function noWorkloadParagraph({ name, selector, externalName }: Service): Block {
  if (externalName !== undefined) {
    return paragraph(
      { code: name },
      ' is another name for ',
      { code: externalName },
      ': the mode is that of the host behind it.',
    );
  }
  if (selector === undefined)
    return paragraph(
      { code: name },
      ' has no selector: its endpoints are given by hand, and no policy selects them here.',
    );
  return paragraph('No known workload has the labels that ', { code: name }, ' selects.');
}
