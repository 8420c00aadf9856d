import type { RowAction } from '../../contributions.ts';
import type { Mesh, ModeSource, MutualTlsMode, PolicyScope } from '../../mesh/index.ts';
import { isOwn } from './modeLook.ts';

const already: Readonly<Record<MutualTlsMode, RowAction>> = {
  STRICT: 'is-strict',
  PERMISSIVE: 'is-permissive',
  DISABLE: 'is-disable',
};

/** What can be done to the mode of a scope: nothing that is so already, and inheriting only where something is set. */
export function modeActions(
  { mode, from }: { readonly mode: MutualTlsMode; readonly from: ModeSource },
  scope: PolicyScope,
): readonly RowAction[] {
  return isOwn(from, scope) ? ['enforce', 'inherit', already[mode]] : ['enforce'];
}

/** Below the mesh: nothing in the root namespace, whose policies are for the whole mesh, so that each attempt is refused (R6). */
export function modeActionsIn(
  mesh: Mesh,
  namespace: string,
  actions: readonly RowAction[],
): readonly RowAction[] {
  return namespace === mesh.rootNamespace ? [] : actions;
}
