import type { Workload } from '../../mesh/model/workload.ts';
import type { EffectiveMode, MissingFact, PortMtls } from '../../mesh/mtls/explanation.ts';
import type { PolicyScope } from '../../mesh/mtls/mode.ts';
import type { MeshMtls, NamespaceMtls } from '../../mesh/mtls/namespaceMtls.ts';
import type { WorkloadMtls } from '../../mesh/mtls/workloadMtls.ts';
import { describeModeSource } from '../../mesh/mtls/describe.ts';
import type { ModeState } from './modeLook.ts';
import {
  countOf,
  dataPlaneWords,
  isOwn,
  joinWords,
  missingWords,
  modeBadge,
  originWords,
  plainState,
} from './modeLook.ts';
import { namespaceDoubt, notEnforced, portDoubt, workloadDoubt } from './strictDoubt.ts';

/** The mode of a row in its state, its short words, its badge and its spoken words. */
export interface ModeSummary {
  readonly state: ModeState;
  readonly description: string;
  readonly badge: string;
  readonly spoken: string;
}

/** The mesh of a context: the mode that namespaces inherit, and how many do not have it. */
export function meshSummary(mtls: MeshMtls): ModeSummary {
  const modes = meshModes(mtls);
  return {
    ...modes,
    description: joinWords('mesh', modes.description),
    spoken: `mesh, ${modes.spoken}`,
  };
}

function meshModes(mtls: MeshMtls): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  const others = othersThan(mtls);
  if (others === 0) return summary(mtls, 'mesh', plainState(mtls.mode, mtls.from, 'mesh'), '');
  const differ = countOf(others, 'namespace differs', 'namespaces differ');
  return summary(mtls, 'mesh', 'mixed', differ);
}

/** Namespaces that are not uniformly of the mesh's mode. */
function othersThan({ mode, namespaces }: MeshMtls): number {
  const total = Object.values(namespaces).reduce((sum, count) => sum + count, 0);
  return total - namespaces[mode];
}

/** A namespace row: its mode, where from, what differs below it or does not enforce it, and its data plane. */
export function namespaceSummary(
  mtls: NamespaceMtls,
  workloads: readonly WorkloadMtls[],
): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  const { dataPlane, enforcement } = mtls;
  if (enforcement.kind === 'unknown') return unknownSummary(enforcement.missing[0]);
  if (dataPlane === 'none') return outsideSummary(mtls, 'namespace');
  if (dataPlane === 'ambient' && mtls.mode === 'DISABLE') return disableIgnored();
  const doubt = namespaceDoubt(mtls, workloads);
  const words = joinWords(doubt, dataPlaneWords(dataPlane));
  if (mtls.uniform) return summary(mtls, 'namespace', stateOf(mtls, 'namespace', doubt), words);
  const exceptions = countOf(mtls.exceptions.length, 'exception', 'exceptions');
  return summary(mtls, 'namespace', 'mixed', joinWords(exceptions, words));
}

/** A workload row: its mode, where from, ports that differ, and whether anything enforces it. */
export function workloadSummary(mtls: WorkloadMtls, workload: Workload): ModeSummary {
  const { enforcement } = mtls;
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  if (enforcement.kind === 'unknown') return unknownSummary(enforcement.missing[0]);
  const planes = dataPlanesWords(workload);
  if (mtls.dataPlane === 'none') return outsideSummary(mtls, 'workload', planes);
  if (mtls.dataPlane === 'ambient' && mtls.mode === 'DISABLE') return disableIgnored();
  const doubt = workloadDoubt(mtls);
  const idle = enforcement.kind === 'not-enforced' ? notEnforced(enforcement) : '';
  const words = joinWords(doubt === '' ? idle : doubt, planes);
  const different = mtls.ports.filter((port) => port.mode !== mtls.mode).length;
  if (different === 0) {
    return summary(mtls, 'workload', stateOf(mtls, 'workload', doubt), words);
  }
  const ports = countOf(different, 'port differs', 'ports differ');
  return summary(mtls, 'workload', 'mixed', joinWords(ports, words));
}

/** A port row: its mode, where from, and what else it takes all the same. */
export function portSummary(port: PortMtls, mtls: WorkloadMtls): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  if (mtls.enforcement.kind === 'unknown') return unknownSummary(mtls.enforcement.missing[0]);
  if (mtls.dataPlane === 'none') return outsideSummary(port, 'port');
  if (mtls.dataPlane === 'ambient' && port.mode === 'DISABLE') return disableIgnored();
  const doubt = portDoubt(port, mtls.enforcement);
  return summary(port, 'port', stateOf(port, 'port', doubt), doubt);
}

/** A mode that does not hold everywhere never looks as if it did. */
function stateOf({ mode, from }: EffectiveMode, scope: PolicyScope, doubt: string): ModeState {
  return doubt === '' ? plainState(mode, from, scope) : 'unenforced';
}

function summary(
  mtls: EffectiveMode,
  scope: PolicyScope,
  state: ModeState,
  words: string,
): ModeSummary {
  const origin = state === 'mixed' && isOwn(mtls.from, scope) ? '' : originWords(mtls.from, scope);
  return {
    state,
    description: joinWords(mtls.mode, origin, words),
    badge: modeBadge(state, mtls.mode),
    spoken: `mutual TLS ${mtls.mode}, ${spokenOrigin(mtls)}${words === '' ? '' : `, ${words.replaceAll(' · ', ', ')}`}`,
  };
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
  const idle = isOwn(mtls.from, scope) ? `${mtls.mode} not enforced` : '';
  const description = joinWords(words, idle);
  return { state: 'not-in-mesh', description, badge: '–', spoken: description };
}

/** DISABLE does not switch HBONE off; ztunnel goes on taking both (R88). */
function disableIgnored(): ModeSummary {
  const description = 'DISABLE ignored (ambient)';
  return { state: 'disable-ignored', description, badge: '?', spoken: description };
}

function unknownSummary(fact: MissingFact): ModeSummary {
  const reason = missingWords(fact);
  return {
    state: 'unknown',
    description: `unknown (${reason})`,
    badge: '?',
    spoken: `unknown, ${reason}`,
  };
}

/** While pods are being replaced a workload has more than one data plane: `1 sidecar, 1 not in mesh`. */
function dataPlanesWords({ dataPlane, dataPlanes }: Workload): string {
  if (dataPlanes.length < 2) return dataPlaneWords(dataPlane);
  return dataPlanes
    .map((part) => `${podCount(part.pods)} ${dataPlaneWords(part.dataPlane)}`)
    .join(', ');
}

function podCount(pods: number): string {
  return String(pods);
}
