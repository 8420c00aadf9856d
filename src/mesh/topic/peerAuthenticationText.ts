import { namespacesOf, workloadsIn, type Mesh } from '../snapshot/mesh.ts';
import { hasNoLabels, matchesLabels } from '../model/labels.ts';
import type { PeerAuthentication } from '../model/objects.ts';
import type { Workload } from '../snapshot/workload.ts';
import { describeIgnored } from '../words/describe.ts';
import type { EffectiveMode } from '../model/explanation.ts';
import { meshMtls, namespaceMtls, type OverallMode } from '../server/namespaceMtls.ts';
import { workloadMtls } from '../server/workloadMtls.ts';
import { acceptsByMode, counted, overallModeWords } from '../words/modeWords.ts';
import { exceptionLines } from './namespaceText.ts';
import { portOriginLines } from './portOrigin.ts';
import { decides, policyChain, whyIgnored } from './policyChain.ts';
import { list, paragraph, shortList, type Block, type Line } from './blocks.ts';
import { enforcementParagraph, unknownText } from './unknownText.ts';
import { podsSentence, portSentence } from './workloadText.ts';

const MAX_NAMESPACES = 100;

/** What a policy does in the mesh it stands in: which mode results, and whether it decides it (R4). */
export function peerAuthenticationText(mesh: Mesh, policy: PeerAuthentication): readonly Block[] {
  const inRoot = policy.namespace === mesh.rootNamespace;
  if (isSelective(policy))
    return inRoot ? [selectorInRoot(mesh)] : workloadPolicyText(mesh, policy);
  return inRoot ? meshPolicyText(mesh, policy) : namespacePolicyText(mesh, policy);
}

/** Which workloads a policy's selector finds. */
export function selectorText(mesh: Mesh, policy: PeerAuthentication): readonly Block[] {
  if (!isSelective(policy)) return peerAuthenticationText(mesh, policy);
  if (policy.namespace === mesh.rootNamespace) return [selectorInRoot(mesh)];
  const all = workloadsIn(mesh, policy.namespace);
  const selected = selectedBy(mesh, policy);
  const of = counted(all.length, 'workload');
  if (selected.length === 0) return [selectsNothing(policy, of)];
  return [
    paragraph(
      'Selects ',
      { strong: `${selected.length} of ${of}` },
      ' in ',
      { code: policy.namespace },
      '.',
    ),
    ...shortList(
      selected.map((workload) => workloadLine(mesh, workload, policy)),
      10,
    ),
  ];
}

/** What a port of `portLevelMtls` means for the workloads that the policy selects (R15, R17). */
export function portModeText(
  mesh: Mesh,
  policy: PeerAuthentication,
  port: number,
): readonly Block[] {
  const selected = selectedBy(mesh, policy);
  if (selected.length === 0 || policy.namespace === mesh.rootNamespace)
    return selectorText(mesh, policy);
  return selected.slice(0, 5).flatMap((workload) => portText(mesh, workload, port));
}

function portText(mesh: Mesh, workload: Workload, port: number): readonly Block[] {
  const mtls = workloadMtls(mesh, workload);
  const shown = mtls.ports.find((one) => one.port === port);
  if (mtls.unknown !== undefined) return unknownText(workload.name, mtls.unknown);
  return [
    shown === undefined ? podsSentence(workload, mtls) : portSentence(workload, mtls, shown),
    ...enforcementParagraph(mtls.enforcement),
    ...list(portOriginLines(mesh, workload, port)),
    ...policyChain(mesh, shown ?? mtls),
  ];
}

function meshPolicyText(mesh: Mesh, policy: PeerAuthentication): readonly Block[] {
  // The root namespace's own mode is the mesh's; asking for it does not compose every workload.
  const mtls = namespaceMtls(mesh, mesh.rootNamespace);
  if (mtls.unknown !== undefined) return unknownText('the mesh', mtls.unknown);
  return [
    scopeSentence(mtls, policy, { name: 'the mesh', narrower: 'namespace or workload' }),
    namespacesParagraph(mesh),
    ...policyChain(mesh, mtls),
  ];
}

/** How many namespaces end up with which mode; only counted where that takes no noticeable time. */
function namespacesParagraph(mesh: Mesh): Block {
  const all = namespacesOf(mesh).length;
  if (all > MAX_NAMESPACES) return paragraph(`${all} namespaces.`);
  const counts = Object.entries(meshMtls(mesh).namespaces)
    .filter(([, count]) => count > 0)
    .map(([mode, count]) => `${count} ${overallModeWords(mode as OverallMode)}`);
  return paragraph(`Namespaces: ${counts.join(', ')}.`);
}

function namespacePolicyText(mesh: Mesh, policy: PeerAuthentication): readonly Block[] {
  const mtls = namespaceMtls(mesh, policy.namespace);
  if (mtls.unknown !== undefined) return unknownText(policy.namespace, mtls.unknown);
  return [
    scopeSentence(mtls, policy, { name: policy.namespace, narrower: 'workload' }),
    ...exceptionLines(mtls),
    ...enforcementParagraph(mtls.enforcement),
    ...policyChain(mesh, mtls),
  ];
}

function scopeSentence(
  mtls: EffectiveMode,
  policy: PeerAuthentication,
  scope: { readonly name: string; readonly narrower: string },
): Block {
  const takes: Line = [
    ': workloads of ',
    { code: scope.name },
    ` that have a proxy ${acceptsByMode(mtls.mode)}, unless a ${scope.narrower} policy says otherwise.`,
  ];
  if (decides(mtls, policy)) return paragraph({ strong: mtls.mode }, ...takes);
  return paragraph({ strong: mtls.mode }, ', and not because of this policy', ...takes);
}

function workloadPolicyText(mesh: Mesh, policy: PeerAuthentication): readonly Block[] {
  const [only, ...others] = selectedBy(mesh, policy);
  if (only === undefined || others.length > 0) return selectorText(mesh, policy);
  const mtls = workloadMtls(mesh, only);
  if (mtls.unknown !== undefined) return unknownText(only.name, mtls.unknown);
  return [
    podsSentence(only, mtls),
    ...enforcementParagraph(mtls.enforcement),
    ...policyChain(mesh, mtls),
  ];
}

function workloadLine(mesh: Mesh, workload: Workload, policy: PeerAuthentication): Line {
  const mtls = workloadMtls(mesh, workload);
  const ports = mtls.ports
    .filter(({ mode }) => mode !== mtls.mode)
    .map(({ port, mode }) => `, port ${port}: ${mode}`);
  const ignored = whyIgnored(mtls, policy);
  const idle = mtls.enforcement.kind === 'not-enforced' ? ', enforced by nothing' : '';
  const why = ignored === undefined ? '' : ` — ${describeIgnored(ignored)}`;
  return [{ code: workload.name }, ': ', { strong: mtls.mode }, ports.join(''), idle, why];
}

function selectedBy(mesh: Mesh, policy: PeerAuthentication): readonly Workload[] {
  const { selector } = policy;
  if (selector === undefined) return [];
  return workloadsIn(mesh, policy.namespace).filter(({ labels }) =>
    matchesLabels(selector, labels),
  );
}

function isSelective({ selector }: PeerAuthentication): boolean {
  return selector !== undefined && !hasNoLabels(selector);
}

function selectorInRoot({ rootNamespace }: Mesh): Block {
  return paragraph(
    { strong: 'This policy has no effect' },
    ': a policy with a selector counts for no workload when it stands in the root namespace ',
    { code: rootNamespace },
    '.',
  );
}

function selectsNothing({ namespace, selector }: PeerAuthentication, of: string): Block {
  const labels = Object.entries(selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return paragraph(
    { strong: 'Selects no workload' },
    `: none of the ${of} in `,
    { code: namespace },
    ' has ',
    { code: labels.join(', ') },
    ' on its pods.',
  );
}
