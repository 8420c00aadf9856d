import type { MissingFact } from '../../mesh/index.ts';
import { describeMissing } from '../../mesh/index.ts';
import { refusedColor } from './modeLook.ts';
import { plainRow } from './plainRow.ts';
import type { Tooltip } from './tooltip.ts';
import type { Notice, TreeNode } from '../nodes/treeNode.ts';
import type { TreeRow } from './treeRow.ts';

/** Why a part of the tree is missing, or what is offered. */
export function noticeRow(node: TreeNode, notice: Notice): TreeRow {
  switch (notice.kind) {
    case 'failed':
      return {
        ...plainRow(node, 'Try again', notice.cause),
        icon: 'error',
        color: refusedColor,
        actions: ['reconnect'],
        click: 'reconnect',
      };
    case 'connecting':
      return { ...plainRow(node, 'Connecting', ''), icon: 'loading~spin' };
    case 'loading':
      return { ...plainRow(node, 'Loading', ''), icon: 'loading~spin' };
    case 'no-istio':
      return plainRow(node, 'This cluster has no Istio.', 'it does not know PeerAuthentication');
    case 'switched':
      return {
        ...plainRow(node, `Switch to ${notice.to}`, 'the current context of kubectl now'),
        icon: 'arrow-swap',
        actions: ['switch-context'],
        click: 'switch-context',
      };
    case 'missing':
      return {
        ...plainRow(node, describeMissing(notice.fact), missingPlaces(notice.places)),
        icon: 'question',
        color: 'disabledForeground',
        ...(isLiftedByRole(notice.fact) ? missingRole : {}),
      };
    case 'name-namespaces':
      return {
        ...plainRow(node, 'Name the namespaces to read…', 'they may not be listed'),
        icon: 'list-selection',
        actions: ['name-namespaces'],
        click: 'name-namespaces',
      };
  }
}

/** The whole of what a row has no room for; undefined where the row itself says all. */
export function noticeTooltip(notice: Notice): Tooltip | undefined {
  switch (notice.kind) {
    case 'failed':
      return { heading: notice.cause, paragraphs: hintOf(notice), list: [] };
    case 'missing':
      return {
        heading: describeMissing(notice.fact),
        paragraphs: isLiftedByRole(notice.fact)
          ? ['A click shows the role that would lift it.']
          : ['What depends on it is unknown.'],
        list: [],
      };
    case 'connecting':
    case 'loading':
    case 'no-istio':
    case 'switched':
    case 'name-namespaces':
      return undefined;
  }
}

function hintOf({ hint }: Extract<Notice, { kind: 'failed' }>): readonly string[] {
  return hint === undefined ? [] : [hint];
}

/** What may be listed everywhere need not be watched namespace by namespace. */
function isLiftedByRole({ why }: MissingFact): boolean {
  return why === 'forbidden' || why === 'not-watched';
}

/** The way on from something forbidden: the role to ask an administrator for. */
const missingRole = {
  actions: ['show-missing-role'],
  click: 'show-missing-role',
} as const satisfies Partial<TreeRow>;

function missingPlaces(places: number): string {
  if (places === 1) return 'unknown';
  return `unknown, as in ${places === 2 ? '1 more namespace' : `${places - 1} more namespaces`}`;
}
