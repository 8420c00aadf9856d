import type { Analyzer } from './model/analyzer.ts';
import { ambientOtherwise } from './peerAuthentication/ambientOtherwise.ts';
import { disableInAmbient } from './peerAuthentication/disableInAmbient.ts';
import { openBelowDisable } from './peerAuthentication/openBelowDisable.ts';
import { servicePortKey } from './peerAuthentication/servicePortKey.ts';
import { unknownRevision } from './peerAuthentication/unknownRevision.ts';
import { unusedPortKey } from './peerAuthentication/unusedPortKey.ts';
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
  servicePortKey,
  unusedPortKey,
  unknownRevision,
  openBelowDisable,
  disableInAmbient,
  ambientOtherwise,
]);
