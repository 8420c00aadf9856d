import type { ModeSource, MutualTlsMode, PolicyScope } from '../../mesh/index.ts';

/** What a row of the tree says about mutual TLS. */
export type ModeState =
  | 'strict'
  | 'strict-inherited'
  | 'permissive'
  | 'permissive-inherited'
  | 'disable'
  | 'mixed'
  | 'unenforced'
  | 'conflict'
  | 'invalid'
  | 'disable-ignored'
  | 'not-in-mesh'
  | 'unknown';

/** How a state looks. The shape differs as well as the colour, and a word always stands beside it. */
export interface ModeLook {
  /** Codicon. */
  readonly icon: string;
  /** Theme colour. */
  readonly color: string;
  /** One or two characters. */
  readonly badge: string;
}

/** The one orange that is readable in every theme that comes with VS Code; `charts.orange` is nearly black in the dark ones. */
const orange = 'symbolIcon.classForeground';

export const modeLooks: Readonly<Record<ModeState, ModeLook>> = {
  strict: { icon: 'lock', color: 'testing.iconPassed', badge: 'S' },
  'strict-inherited': { icon: 'lock', color: 'descriptionForeground', badge: 'S' },
  permissive: { icon: 'unlock', color: 'charts.yellow', badge: 'P' },
  'permissive-inherited': { icon: 'unlock', color: 'descriptionForeground', badge: 'P' },
  disable: { icon: 'circle-slash', color: 'charts.red', badge: 'D' },
  mixed: { icon: 'layers', color: orange, badge: '!' },
  unenforced: { icon: 'warning', color: orange, badge: '?' },
  conflict: { icon: 'error', color: 'list.errorForeground', badge: '!' },
  invalid: { icon: 'error', color: 'list.errorForeground', badge: '!' },
  'disable-ignored': { icon: 'warning', color: orange, badge: '?' },
  'not-in-mesh': { icon: 'circle-large-outline', color: 'disabledForeground', badge: '–' },
  unknown: { icon: 'question', color: 'disabledForeground', badge: '?' },
};

/** The badge of a state; where a mode is not all, its letter comes first, as in `S!` and `S?`. */
export function modeBadge(state: ModeState, mode: MutualTlsMode): string {
  const { badge } = modeLooks[state];
  return state === 'mixed' || state === 'unenforced' ? `${mode.charAt(0)}${badge}` : badge;
}

/** The state of a mode that nothing complicates: own or inherited. */
export function plainState(mode: MutualTlsMode, from: ModeSource, scope: PolicyScope): ModeState {
  const own = isOwn(from, scope);
  switch (mode) {
    case 'STRICT':
      return own ? 'strict' : 'strict-inherited';
    case 'PERMISSIVE':
      return own ? 'permissive' : 'permissive-inherited';
    case 'DISABLE':
      return 'disable';
  }
}

/** Whether the mode was set at this very scope, not inherited from a wider one. */
export function isOwn(from: ModeSource, scope: PolicyScope): boolean {
  return from.kind === 'policy' && from.scope === scope;
}

/** Joins what there is to say, leaving out what is empty. */
export function joinWords(...words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' · ');
}
