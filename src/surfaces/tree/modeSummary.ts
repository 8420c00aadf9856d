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
import { counted, dataPlaneLabel, missingWords, originWords } from '../../mesh/index.ts';
import { differWords, someWeaker } from './differingNamespaces.ts';
import type { ModeState } from './modeLook.ts';
import { isOwn, joinWords, plainState } from './modeLook.ts';
import { namespaceDoubt, notEnforced, portDoubt, workloadDoubt } from './strictDoubt.ts';

/** The mode of a row. */
export interface ModeSummary {
  readonly state: ModeState;
  /** What stands beside the row's name: dangers first, then the mode, where it comes from, and an unusual data plane. */
  readonly words: readonly string[];
}

/** The words beside the row's name. A narrow side bar cuts the last ones off, which the tooltip has too. */
export function summaryWords({ words }: ModeSummary): string {
  return joinWords(...words);
}

/** The mesh of a context: the mode that namespaces inherit, and whether that is not all there is where it is STRICT. */
export function meshSummary(mtls: MeshMtls): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  const differ = mtls.mode === 'STRICT' ? differWords(mtls) : '';
  const { words, state } = summary(mtls, 'mesh', { differ, doubt: '', planes: '' });
  return { words, state: state === 'mixed' && !someWeaker(mtls) ? 'unknown' : state };
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
  const doubt = namespaceDoubt(mtls, workloads);
  // A mode that promises nothing is not broken by workloads outside the mesh: they are said last.
  const isMixed = dataPlane === 'mixed';
  return summary(mtls, 'namespace', {
    doubt,
    differ: mtls.uniform ? '' : counted(exceptions.length, 'exception', 'exceptions'),
    planes: isMixed && doubt !== '' ? '' : planeWords(dataPlane),
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
  /** What does not enforce another mode, which promises nothing that this would break; said where there is no doubt. */
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
  const dangers = [doubt === '' ? idle : doubt, differ];
  const words = [...dangers, mtls.mode, originWords(mtls.from, scope), planes];
  return { state: stateOf(mtls, { doubt, differ }), words: words.filter((word) => word !== '') };
}

/** A mode that does not hold everywhere never looks as if it did. */
function stateOf(
  { mode }: EffectiveMode,
  { doubt, differ }: Pick<Circumstances, 'doubt' | 'differ'>,
): ModeState {
  if (differ !== '') return 'mixed';
  return doubt === '' ? plainState(mode) : 'unenforced';
}

/** A scope without a proxy: whatever policies say, nothing enforces it (R24). What promises STRICT all the same is a trap. */
function outsideSummary(
  { mode, from }: EffectiveMode,
  scope: PolicyScope,
  words = 'not in mesh',
): ModeSummary {
  if (!isOwn(from, scope)) return { state: 'not-in-mesh', words: [words] };
  const state = mode === 'STRICT' ? 'unenforced' : 'not-in-mesh';
  return { state, words: [`${mode} not enforced`, words] };
}

/** DISABLE does not switch HBONE off; ztunnel goes on taking both (R88). */
function disableIgnored(): ModeSummary {
  return { state: 'disable-ignored', words: ['DISABLE ignored (ambient)'] };
}

function unknownSummary(fact: MissingFact): ModeSummary {
  return { state: 'unknown', words: [`unknown (${missingWords(fact)})`] };
}

/** Sidecars are what is usual, and go without saying. */
function planeWords(dataPlane: NamespaceMtls['dataPlane']): string {
  return dataPlane === 'sidecar' ? '' : dataPlaneLabel(dataPlane);
}

/** While pods are being replaced a workload has more than one data plane: `1 sidecar, 1 not in mesh`. */
function dataPlanesWords({ dataPlane, dataPlanes }: Workload): string {
  if (dataPlanes.length < 2) return planeWords(dataPlane);
  return dataPlanes.map((part) => `${part.pods} ${dataPlaneLabel(part.dataPlane)}`).join(', ');
}
