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
  /** The badge beside the row and what it stands for; rows without a mode have none. */
  readonly badge?: { readonly text: string; readonly state: ModeState };
  readonly children: 'none' | 'collapsed' | 'expanded';
  readonly actions: readonly RowAction[];
  /** The whole row in words, for a screen reader. */
  readonly accessibilityLabel: string;
  /** What a click does besides selecting. */
  readonly click?:
    | 'show-more-namespaces'
    | 'open-manifest'
    | 'switch-context'
    | 'show-missing-role'
    | 'name-namespaces';
}

/** The row's `contextValue`: every action between delimiters, so that a menu matches whole words. */
export function contextValue(actions: readonly RowAction[]): string {
  return `;${actions.join(';')};`;
}
