import type { Settings } from '../../contributions.ts';

/** What is known when a kubeconfig file was written. */
export interface Switched {
  readonly setting: Settings['istioMtls.followCurrentContext'];
  /** The kubeconfig's current context before and now. */
  readonly before: string | undefined;
  readonly now: string | undefined;
  readonly open: readonly string[];
  /** The context that is the active one. */
  readonly active: string | undefined;
  /** Whether the setting istioMtls.context says which context is shown, whatever the kubeconfig says. */
  readonly pinned: boolean;
}

export type OnSwitch =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'offer'; readonly context: string }
  | { readonly kind: 'take-offer-back' }
  | { readonly kind: 'follow'; readonly context: string };

/**
 * What follows when another program wrote the kubeconfig. Only a switch of the current context counts, and the view
 * turns to another cluster by itself only where the person has chosen so, and is looking at the current context.
 */
export function onSwitch({ setting, before, now, open, active, pinned }: Switched): OnSwitch {
  if (now === before) return { kind: 'nothing' };
  if (now === undefined || open.includes(now)) return { kind: 'take-offer-back' };
  switch (setting) {
    case 'ignore':
      return { kind: 'nothing' };
    case 'offer':
      return { kind: 'offer', context: now };
    case 'follow':
      return active === before && !pinned
        ? { kind: 'follow', context: now }
        : { kind: 'offer', context: now };
  }
}
