import type { Analyzer } from './model/analyzer.ts';
import { sameScope } from './peerAuthentication/sameScope.ts';
import { sameWorkload } from './peerAuthentication/sameWorkload.ts';
import { selectorInRoot } from './peerAuthentication/selectorInRoot.ts';
import { selectsNothing } from './peerAuthentication/selectsNothing.ts';

/** Every analyzer, in the order of the codes. */
export const ANALYZERS: readonly Analyzer[] = Object.freeze([
  sameScope,
  sameWorkload,
  selectsNothing,
  selectorInRoot,
]);
