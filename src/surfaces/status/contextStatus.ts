import type { Mesh } from '../../mesh/index.ts';
import {
  counted,
  hasContradictions,
  meshMtls,
  namespaceMtls,
  namespacesOf,
} from '../../mesh/index.ts';
import type { MeshSnapshot } from '../../sources/meshSource.ts';
import type { Connection } from '../session/openContext.ts';
import { modeLooks } from '../tree/modeLook.ts';

/** What the status bar says of the active context. */
export interface ContextStatus {
  /** Codicon. */
  readonly icon: string;
  readonly text: string;
  /** Whole sentences. */
  readonly tooltip: readonly string[];
}

/** The active context as far as the status bar shows it. */
export interface ActiveContext {
  readonly name: string;
  readonly connection: Connection;
  readonly mesh: MeshSnapshot | undefined;
}

/** The context that manifests and the palette are about, and the worst of what its namespaces are. */
export function contextStatus(active: ActiveContext): ContextStatus {
  const { name } = active;
  const state = stateOf(active);
  return {
    icon: state.icon,
    text: state.words === '' ? name : `${name}: ${state.words}`,
    tooltip: [
      `Context ${name}${state.words === '' ? '' : `: ${state.words}`}.`,
      judgedBySentence(active),
      'A click shows the Mesh view.',
    ],
  };
}

/** By what manifests in editors are judged, in one sentence. */
export function judgedBySentence(active: ActiveContext | undefined): string {
  return isJudge(active)
    ? `Manifests are judged by context ${active.name}.`
    : 'Manifests are judged by those of the workspace alone.';
}

function isJudge(active: ActiveContext | undefined): active is ActiveContext {
  return active?.mesh !== undefined && active.mesh.status.kind !== 'failed';
}

interface State {
  readonly icon: string;
  readonly words: string;
}

function stateOf({ connection, mesh }: ActiveContext): State {
  if (connection.kind === 'failed' || mesh?.status.kind === 'failed')
    return { icon: 'error', words: 'not connected' };
  if (mesh?.istioInstalled === false) return { icon: 'circle-slash', words: 'no Istio' };
  return mesh === undefined ? { icon: 'loading~spin', words: '' } : worstOf(mesh.mesh);
}

/** What people must hear of first: refused policies, then contradictory ones, then plaintext, then what is unknown. */
function worstOf(mesh: Mesh): State {
  const all = namespacesOf(mesh);
  const mtls = meshMtls(mesh);
  const { STRICT, unknown } = mtls.namespaces;
  const invalid = all.filter(({ name }) => namespaceMtls(mesh, name).invalid !== undefined).length;
  if (invalid > 0) {
    const words = `invalid policies in ${counted(invalid, 'namespace')}`;
    return { icon: modeLooks.invalid.icon, words };
  }
  const contradicting = all.filter(({ name }) => hasContradictions(mesh, name)).length;
  if (contradicting > 0) {
    const words = `contradictory policies in ${counted(contradicting, 'namespace')}`;
    return { icon: modeLooks.conflict.icon, words };
  }
  if (mtls.unknown !== undefined) return { icon: modeLooks.unknown.icon, words: 'unknown' };
  const plaintext = all.length - STRICT - unknown;
  if (plaintext > 0) {
    const words = `plaintext in ${plaintext} of ${counted(all.length, 'namespace')}`;
    return { icon: modeLooks.permissive.icon, words };
  }
  return unknown > 0
    ? { icon: modeLooks.unknown.icon, words: `${counted(unknown, 'namespace')} unknown` }
    : { icon: modeLooks.strict.icon, words: 'STRICT' };
}
