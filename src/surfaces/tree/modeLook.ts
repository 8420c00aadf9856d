import type { ModeSource, MutualTlsMode, PolicyScope } from '../../mesh/index.ts';

/** What a row of the tree says about mutual TLS. */
export type ModeState =
  | 'strict'
  | 'permissive'
  | 'disable'
  | 'mixed'
  | 'unenforced'
  | 'conflict'
  | 'invalid'
  | 'disable-ignored'
  | 'not-in-mesh'
  | 'unknown';

/** How a state looks. Whoever sees no colours tells the states by their shapes, and words stand beside both. */
export interface ModeLook {
  /** Codicon: another one for each state. */
  readonly icon: string;
  /** Theme colour: how safe it is, whoever set the mode. */
  readonly color: string;
}

/** Only mutual TLS is accepted, and something enforces it. */
export const safeColor = 'testing.iconPassed';
/** Plaintext is accepted, here or in a part of it. */
export const plaintextColor = 'charts.yellow';
/** Policies that Istio refuses, or that contradict each other. */
export const refusedColor = 'list.errorForeground';
/** Nothing is known, or the mesh has no part in it. */
export const outsideColor = 'disabledForeground';

export const modeLooks: Readonly<Record<ModeState, ModeLook>> = {
  strict: { icon: 'lock', color: safeColor },
  permissive: { icon: 'unlock', color: plaintextColor },
  disable: { icon: 'circle-slash', color: plaintextColor },
  mixed: { icon: 'layers', color: plaintextColor },
  unenforced: { icon: 'warning', color: plaintextColor },
  'disable-ignored': { icon: 'mute', color: plaintextColor },
  conflict: { icon: 'git-compare', color: refusedColor },
  invalid: { icon: 'error', color: refusedColor },
  'not-in-mesh': { icon: 'circle-large-outline', color: outsideColor },
  unknown: { icon: 'question', color: outsideColor },
};

const modeStates: Readonly<Record<MutualTlsMode, ModeState>> = {
  STRICT: 'strict',
  PERMISSIVE: 'permissive',
  DISABLE: 'disable',
};

/** The state of a mode that nothing complicates. */
export function plainState(mode: MutualTlsMode): ModeState {
  return modeStates[mode];
}

/** Whether the mode was set at this very scope, not inherited from a wider one. */
export function isOwn(from: ModeSource, scope: PolicyScope): boolean {
  return from.kind === 'policy' && from.scope === scope;
}

/** Joins what there is to say, leaving out what is empty. */
export function joinWords(...words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' · ');
}
