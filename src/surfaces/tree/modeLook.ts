import type {
  DataPlane,
  MissingFact,
  ModeSource,
  MutualTlsMode,
  PolicyScope,
} from '../../mesh/index.ts';

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

/** Where a mode comes from, in the few words that fit a row; empty when it was set right here. */
export function originWords(from: ModeSource, scope: PolicyScope): string {
  if (from.kind === 'default') return 'default';
  return from.scope === scope ? '' : `from ${from.scope}`;
}

/** The data plane in the words of a row. */
export function dataPlaneWords(dataPlane: DataPlane | 'mixed' | 'unknown'): string {
  switch (dataPlane) {
    case 'sidecar':
    case 'ambient':
    case 'gateway':
    case 'waypoint':
    case 'unknown':
      return dataPlane;
    case 'mixed':
      return 'partly in mesh';
    case 'none':
      return 'not in mesh';
  }
}

/** Joins what there is to say, leaving out what is empty. */
export function joinWords(...words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' · ');
}

/** Why something is not known, in the words of a row. */
export function missingWords({ kind, why }: MissingFact): string {
  switch (why) {
    case 'forbidden':
      return `no permission to list ${kind}`;
    case 'not-installed':
      return `${kind} is not installed`;
    case 'not-loaded':
      return `${kind} not loaded yet`;
    case 'not-watched':
      return `${kind} not read: too many namespaces`;
    case 'failed':
      return `${kind} could not be read`;
    case 'invalid':
      return `${kind} is invalid`;
    case 'not-found':
      return `${kind} not found`;
  }
}

/** `1 port`, `2 ports`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
