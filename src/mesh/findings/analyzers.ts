import type { Analyzer } from './model/analyzer.ts';
import { kubeletProbe } from './callers/kubeletProbe.ts';
import { repeatsAutoMtls } from './destinationRule/repeatsAutoMtls.ts';
import { ruleOfOtherNamespace } from './destinationRule/ruleOfOtherNamespace.ts';
import { excludedPort } from './reach/excludedPort.ts';
import { hostNetworkOutside } from './reach/hostNetworkOutside.ts';
import { mixedEndpoints } from './reach/mixedEndpoints.ts';
import { tlsModeLabel } from './reach/tlsModeLabel.ts';
import { idleIngressTls } from './sidecar/idleIngressTls.ts';
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
  ruleOfOtherNamespace,
  repeatsAutoMtls,
  mixedEndpoints,
  excludedPort,
  tlsModeLabel,
  hostNetworkOutside,
  kubeletProbe,
  idleIngressTls,
]);
