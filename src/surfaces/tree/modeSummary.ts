import type {
  EffectiveMode,
  MeshMtls,
  MissingFact,
  NamespaceMtls,
  PolicyScope,
  PortMtls,
  Workload,
  WorkloadMtls,
} from '../../mesh/index.ts';
import {
  counted,
  dataPlaneLabel,
  describeModeSource,
  missingWords,
  originWords,
} from '../../mesh/index.ts';
import { differWords } from './differingNamespaces.ts';
import type { ModeState } from './modeLook.ts';
import { isOwn, joinWords, modeBadge, plainState } from './modeLook.ts';
import { spoken } from './plainRow.ts';
import { namespaceDoubt, notEnforced, portDoubt, workloadDoubt } from './strictDoubt.ts';

/** The mode of a row in its state, its short words, its badge and its spoken words. */
export interface ModeSummary {
  readonly state: ModeState;
  /** What the row says in any case: mostly the mode. */
  readonly lead: string;
  /** What there is to say beside it, in order of danger. */
  readonly facts: readonly string[];
  readonly badge: string;
  /** Everything, for a screen reader. */
  readonly spoken: string;
}

/** A side bar is narrow: what is less dangerous than this many facts is left to the tooltip. */
const MAX_FACTS = 2;

/** The words beside the row's name. */
export function summaryWords({ lead, facts }: ModeSummary): string {
  return joinWords(lead, ...facts.slice(0, MAX_FACTS));
}

/** The mesh of a context: the mode that namespaces inherit, and whether some do not have it. */
export function meshSummary(mtls: MeshMtls): ModeSummary {
  const modes = meshModes(mtls);
  return { ...modes, lead: joinWords('mesh', modes.lead), spoken: `mesh, ${modes.spoken}` };
}

function meshModes(mtls: MeshMtls): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  return summary(mtls, 'mesh', { differ: differWords(mtls), doubt: '', planes: '' });
}

/** A namespace row: its mode, what does not enforce it or differs below it, where from, and its data plane. */
export function namespaceSummary(
  mtls: NamespaceMtls,
  workloads: readonly WorkloadMtls[],
): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  const { dataPlane, enforcement, exceptions } = mtls;
  if (enforcement.kind === 'unknown') return unknownSummary(enforcement.missing[0]);
  if (dataPlane === 'none') return outsideSummary(mtls, 'namespace');
  if (dataPlane === 'ambient' && mtls.mode === 'DISABLE') return disableIgnored();
  return summary(mtls, 'namespace', {
    doubt: namespaceDoubt(mtls, workloads),
    differ: mtls.uniform ? '' : counted(exceptions.length, 'exception', 'exceptions'),
    planes: dataPlaneLabel(dataPlane),
  });
}

/** A workload row: its mode, whether anything enforces it, ports that differ, where from, and its data plane. */
export function workloadSummary(mtls: WorkloadMtls, workload: Workload): ModeSummary {
  const { enforcement } = mtls;
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  if (enforcement.kind === 'unknown') return unknownSummary(enforcement.missing[0]);
  const planes = dataPlanesWords(workload);
  if (mtls.dataPlane === 'none') return outsideSummary(mtls, 'workload', planes);
  if (mtls.dataPlane === 'ambient' && mtls.mode === 'DISABLE') return disableIgnored();
  const different = mtls.ports.filter((port) => port.mode !== mtls.mode).length;
  return summary(mtls, 'workload', {
    doubt: workloadDoubt(mtls),
    idle: enforcement.kind === 'not-enforced' ? notEnforced(enforcement) : '',
    differ: different === 0 ? '' : counted(different, 'port differs', 'ports differ'),
    planes,
  });
}

/** A port row: its mode, what else it takes all the same, and where from. */
export function portSummary(port: PortMtls, mtls: WorkloadMtls): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  if (mtls.enforcement.kind === 'unknown') return unknownSummary(mtls.enforcement.missing[0]);
  if (mtls.dataPlane === 'none') return outsideSummary(port, 'port');
  if (mtls.dataPlane === 'ambient' && port.mode === 'DISABLE') return disableIgnored();
  return summary(port, 'port', {
    doubt: portDoubt(port, mtls.enforcement),
    differ: '',
    planes: '',
  });
}

/** What a row has to say beside its mode; empty words for what is as it should be. */
interface Circumstances {
  /** Where a STRICT mode does not hold. */
  readonly doubt: string;
  /** What does not enforce another mode, which promises nothing that this would break. */
  readonly idle?: string;
  /** What has another mode below. */
  readonly differ: string;
  readonly planes: string;
}

function summary(
  mtls: EffectiveMode,
  scope: PolicyScope,
  { doubt, idle = '', differ, planes }: Circumstances,
): ModeSummary {
  const state = stateOf(mtls, scope, { doubt, differ });
  const origin = originWords(mtls.from, scope);
  const dangers = [doubt === '' ? idle : doubt, differ];
  return {
    state,
    lead: mtls.mode,
    facts: [...dangers, origin, planes].filter((fact) => fact !== ''),
    badge: modeBadge(state, mtls.mode),
    spoken: spoken(`mutual TLS ${mtls.mode}`, spokenOrigin(mtls), ...dangers, planes),
  };
}

/** A mode that does not hold everywhere never looks as if it did. */
function stateOf(
  { mode, from }: EffectiveMode,
  scope: PolicyScope,
  { doubt, differ }: Pick<Circumstances, 'doubt' | 'differ'>,
): ModeState {
  if (differ !== '') return 'mixed';
  return doubt === '' ? plainState(mode, from, scope) : 'unenforced';
}

function spokenOrigin({ from }: EffectiveMode): string {
  return describeModeSource(from).replace(/\.$/, '');
}

/** A scope without a proxy: whatever policies say, nothing enforces it (R24). */
function outsideSummary(
  mtls: EffectiveMode,
  scope: PolicyScope,
  words = 'not in mesh',
): ModeSummary {
  const facts = isOwn(mtls.from, scope) ? [`${mtls.mode} not enforced`] : [];
  return { state: 'not-in-mesh', lead: words, facts, badge: '–', spoken: spoken(words, ...facts) };
}

/** DISABLE does not switch HBONE off; ztunnel goes on taking both (R88). */
function disableIgnored(): ModeSummary {
  const lead = 'DISABLE ignored (ambient)';
  return { state: 'disable-ignored', lead, facts: [], badge: '?', spoken: lead };
}

function unknownSummary(fact: MissingFact): ModeSummary {
  const reason = missingWords(fact);
  return {
    state: 'unknown',
    lead: `unknown (${reason})`,
    facts: [],
    badge: '?',
    spoken: `unknown, ${reason}`,
  };
}

/** While pods are being replaced a workload has more than one data plane: `1 sidecar, 1 not in mesh`. */
function dataPlanesWords({ dataPlane, dataPlanes }: Workload): string {
  if (dataPlanes.length < 2) return dataPlaneLabel(dataPlane);
  return dataPlanes
    .map((part) => `${podCount(part.pods)} ${dataPlaneLabel(part.dataPlane)}`)
    .join(', ');
}

function podCount(pods: number): string {
  return String(pods);
}
