import type { Workload } from '../../mesh/model/workload.ts';
import type { EffectiveMode, MissingFact, PortMtls } from '../../mesh/mtls/explanation.ts';
import type { PolicyScope } from '../../mesh/mtls/mode.ts';
import type { MeshMtls, NamespaceMtls } from '../../mesh/mtls/namespaceMtls.ts';
import type { WorkloadMtls } from '../../mesh/mtls/workloadMtls.ts';
import { describeModeSource } from '../../mesh/mtls/describe.ts';
import type { ModeState } from './modeLook.ts';
import {
  dataPlaneWords,
  isOwn,
  joinWords,
  modeBadge,
  originWords,
  plainState,
} from './modeLook.ts';

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

/** A namespace row: its mode, where from, what differs below it, and its data plane. */
export function namespaceSummary(mtls: NamespaceMtls): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  if (mtls.invalid !== undefined) {
    return {
      state: 'invalid',
      description: 'invalid policy',
      badge: '!',
      spoken: 'invalid policy',
    };
  }
  const { dataPlane } = mtls;
  if (dataPlane === 'none') return outsideSummary(mtls, 'namespace');
  if (dataPlane === 'ambient' && mtls.mode === 'DISABLE') return disableIgnored();
  const words = dataPlaneWords(dataPlane);
  if (mtls.uniform) {
    return summary(mtls, 'namespace', plainState(mtls.mode, mtls.from, 'namespace'), words);
  }
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
  const unenforced = enforcement.kind === 'not-enforced' ? 'not enforced' : '';
  const words = joinWords(unenforced, planes);
  const different = mtls.ports.filter((port) => port.mode !== mtls.mode).length;
  if (different === 0) {
    return summary(mtls, 'workload', plainState(mtls.mode, mtls.from, 'workload'), words);
  }
  const ports = countOf(different, 'port differs', 'ports differ');
  return summary(mtls, 'workload', 'mixed', joinWords(ports, words));
}

/** A port row: its mode and where from; the workload says whether anything enforces it. */
export function portSummary(port: PortMtls, mtls: WorkloadMtls): ModeSummary {
  if (mtls.unknown !== undefined) return unknownSummary(mtls.unknown[0]);
  if (mtls.enforcement.kind === 'unknown') return unknownSummary(mtls.enforcement.missing[0]);
  if (mtls.dataPlane === 'none') return outsideSummary(port, 'port');
  if (mtls.dataPlane === 'ambient' && port.mode === 'DISABLE') return disableIgnored();
  return summary(port, 'port', plainState(port.mode, port.from, 'port'), '');
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

function missingWords({ kind, why }: MissingFact): string {
  switch (why) {
    case 'forbidden':
      return `no permission to list ${kind}`;
    case 'not-installed':
      return `${kind} is not installed`;
    case 'not-loaded':
      return `${kind} not loaded yet`;
    case 'failed':
      return `${kind} could not be read`;
    case 'not-found':
      return `${kind} not found`;
  }
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

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
