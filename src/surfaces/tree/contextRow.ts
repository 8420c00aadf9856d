import type { RowAction } from '../../contributions.ts';
import { contextName } from '../session/contextId.ts';
import type { ContextRole } from './meshTree.ts';
import { joinWords } from './modeLook.ts';
import { plainRow } from './plainRow.ts';
import type { MeshNode, Notice } from '../nodes/treeNode.ts';
import type { TreeRow } from './treeRow.ts';

/** What a context is among those that are open, in the words of its row. */
export const roleWords: Readonly<Record<ContextRole, string>> = {
  only: '',
  active: 'used for manifests',
  other: '',
};

/** What can be done with the context of a root row. */
export function contextActions(role: ContextRole): readonly RowAction[] {
  return role === 'other' ? ['use-context', 'close-context'] : ['close-context'];
}

/** The root row of a context without a mesh; the row below it says why. */
export function contextRow(node: MeshNode, role: ContextRole, notice: Notice): TreeRow {
  const isFailed = notice.kind === 'failed';
  return {
    ...plainRow(node, contextName(node.context), joinWords(stateWords(notice), roleWords[role])),
    icon: isFailed ? 'error' : 'circle-large-outline',
    color: isFailed ? 'list.errorForeground' : 'descriptionForeground',
    children: 'expanded',
    actions: isFailed ? ['reconnect', ...contextActions(role)] : contextActions(role),
  };
}

function stateWords({ kind }: Notice): string {
  switch (kind) {
    case 'failed':
      return 'not connected';
    case 'connecting':
      return 'connecting';
    case 'loading':
      return 'loading';
    case 'no-istio':
      return 'no Istio';
    case 'switched':
    case 'missing':
    case 'name-namespaces':
      return '';
  }
}
