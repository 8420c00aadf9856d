import { findWorkload, servicesSelecting, workloadOfPod, type Mesh } from '../snapshot/mesh.ts';
import type { Pod, WorkloadController } from '../model/objects.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { EffectiveMode, Enforcement, PortMtls } from '../model/explanation.ts';
import { missingForecast } from '../known/missing.ts';
import { workloadMtls, type WorkloadMtls } from '../server/workloadMtls.ts';
import { clientLines, summarizeClients } from './clientSummary.ts';
import { acceptedWords, acceptsByMode } from '../words/modeWords.ts';
import { restartSentence } from '../words/workloadSentences.ts';
import { describeUnlike } from '../words/describe.ts';
import { policyChain } from './policyChain.ts';
import { paragraph, type Block, type Line } from './blocks.ts';
import { serversOf } from './serviceText.ts';
import { enforcementParagraph, unknownText } from './unknownText.ts';

/** What the mesh says about the pods of a manifest, or about one port of them. */
export function workloadText(
  mesh: Mesh,
  object: WorkloadController | Pod,
  port?: number,
): readonly Block[] {
  const workload = workloadOf(mesh, object);
  if (workload === undefined) return [];
  const mtls = workloadMtls(mesh, workload);
  if (mtls.unknown !== undefined) return unknownText(workload.name, mtls.unknown);
  const shown = mtls.ports.find((one) => one.port === port);
  return [
    shown === undefined ? podsSentence(workload, mtls) : portSentence(workload, mtls, shown),
    ...unlikeParagraph(shown ?? mtls),
    ...enforcementParagraph(mtls.enforcement),
    ...policyChain(mesh, shown ?? mtls),
    ...clientsOf(mesh, workload),
    ...restartParagraph(mesh, workload),
  ];
}

/** That the workload's pods do not all have the mode that is shown for it. */
function unlikeParagraph({ unlike }: EffectiveMode): readonly Block[] {
  return unlike === undefined ? [] : [paragraph(describeUnlike(unlike))];
}

/** The answer in one sentence: the mode, and what the pods take on the wire because of it. */
export function podsSentence(workload: Workload, mtls: WorkloadMtls): Block {
  const others = mtls.ports.filter(({ mode }) => mode !== mtls.mode);
  const exceptions = others.flatMap(({ port, mode }, index): Line => {
    return [index === 0 ? ', except ' : ', ', `port ${port}: `, { strong: mode }];
  });
  const takes = takenWords(mtls, mtls.enforcement);
  return paragraph(...modeOf(mtls, workload, mtls.enforcement), ` ${takes}`, ...exceptions, '.');
}

/** The answer for one port in one sentence. */
export function portSentence(workload: Workload, mtls: WorkloadMtls, port: PortMtls): Block {
  const takes = takenWords(port, mtls.enforcement);
  const mode = modeOf(port, workload, mtls.enforcement);
  return paragraph(...mode, ` ${takes} on port ${port.port}.`);
}

/** A mode that nothing enforces is not what the pods do: the sentence says so before it goes on. */
function modeOf({ mode }: Taken, { name }: Workload, enforcement: Enforcement): Line {
  return enforcement.kind === 'not-enforced' && mode === 'STRICT'
    ? [{ strong: mode }, ' is written for ', { code: name }, ', but nothing enforces it: its pods']
    : [{ strong: mode }, ': pods of ', { code: name }];
}

function workloadOf(mesh: Mesh, object: WorkloadController | Pod): Workload | undefined {
  if (object.kind === 'Pod') return workloadOfPod(mesh, object.namespace, object.name);
  return findWorkload(mesh, object);
}

/** Where nobody knows what enforces the mode, only the policies can be quoted. */
function takenWords({ mode, accepts }: Taken, enforcement: Enforcement): string {
  return enforcement.kind === 'unknown'
    ? `are to ${acceptsByMode(mode)}`
    : `accept ${acceptedWords(accepts)}`;
}

type Taken = Pick<PortMtls, 'mode' | 'accepts'>;

function clientsOf(mesh: Mesh, workload: Workload): readonly Block[] {
  const servers = servicesSelecting(mesh, workload)
    .flatMap((service) => serversOf(service))
    .slice(0, 10);
  if (servers.length > 0) return clientLines(summarizeClients(mesh, servers, [workload.ref]));
  return [paragraph('No Service leads to it: clients can only call its pods by address.')];
}

/** What a restart would change; nothing while that cannot be foreseen. */
function restartParagraph(mesh: Mesh, workload: Workload): readonly Block[] {
  const sentence = missingForecast(mesh, workload) === undefined ? restartSentence(workload) : '';
  return sentence === '' ? [] : [paragraph(sentence)];
}
