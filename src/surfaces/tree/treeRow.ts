import type { RowAction } from '../../contributions.ts';
import type { ModeState } from './modeLook.ts';

/** One row as the reader sees it: plain data, so that two snapshots can be compared. */
export interface TreeRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Codicon and theme colour. */
  readonly icon: string;
  readonly color: string;
  /** What the row says about mutual TLS; rows without a mode have none. */
  readonly state?: ModeState;
  readonly children: 'none' | 'collapsed' | 'expanded';
  readonly actions: readonly RowAction[];
  /** What matters of the row in at most a dozen words, for a screen reader; the tooltip has the rest. */
  readonly accessibilityLabel: string;
  /** What a click does besides selecting. */
  readonly click?:
    | 'filter-differing'
    | 'show-more-namespaces'
    | 'open-manifest'
    | 'switch-context'
    | 'show-missing-role'
    | 'name-namespaces'
    | 'reconnect';
}

/** The row's `contextValue`: every action between delimiters, so that a menu matches whole words. */
export function contextValue(actions: readonly RowAction[]): string {
  return `;${actions.join(';')};`;
}
