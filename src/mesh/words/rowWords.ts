import type { MissingFact, ModeSource } from '../model/explanation.ts';
import type { PolicyScope } from '../model/mode.ts';

/** Where a mode comes from, in the few words that fit a row. */
export function originWords(from: ModeSource, scope: PolicyScope): string {
  if (from.kind === 'default') return 'Istio default';
  return from.scope === scope ? 'set here' : `from ${from.scope}`;
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
    case 'up-to-application':
      return `up to the application of ${kind}`;
    case 'up-to-dns':
      return 'up to DNS';
    case 'not-found':
      return `${kind} not found`;
  }
}
