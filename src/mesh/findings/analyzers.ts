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
import { identityWithoutTls } from './authorization/identityWithoutTls.ts';
import { unknownPrincipal } from './authorization/unknownPrincipal.ts';
import { unknownTrustDomain } from './authorization/unknownTrustDomain.ts';
import { unknownSourceNamespace } from './authorization/unknownSourceNamespace.ts';
import { exportToNowhere } from './destinationRule/exportToNowhere.ts';
import { sameHost } from './destinationRule/sameHost.ts';
import { unknownHost } from './destinationRule/unknownHost.ts';
import { emptySubset } from './destinationRule/emptySubset.ts';
import { shadowsTls } from './destinationRule/shadowsTls.ts';
import { subsetWithoutLabels } from './destinationRule/subsetWithoutLabels.ts';
import { plaintextToStrict } from './destinationRule/plaintextToStrict.ts';
import { mutualToPlaintext } from './destinationRule/mutualToPlaintext.ts';
import { strictWithoutAutoMtls } from './peerAuthentication/strictWithoutAutoMtls.ts';
import { portWithoutProtocol } from './service/portWithoutProtocol.ts';
import { unknownTargetPort } from './service/unknownTargetPort.ts';
import { clashingProtocols } from './service/clashingProtocols.ts';
import { sameSidecarScope } from './sidecar/sameSidecarScope.ts';
import { selectorInRootSidecar } from './sidecar/selectorInRootSidecar.ts';
import { egressToNowhere } from './sidecar/egressToNowhere.ts';
import { twoInjectionLabels } from './injection/twoInjectionLabels.ts';
import { proxyUser } from './injection/proxyUser.ts';
import { podInBothMeshes } from './injection/podInBothMeshes.ts';
import { sidecarInAmbient } from './injection/sidecarInAmbient.ts';
import { mutualWithoutPolicy } from './destinationRule/autoMtlsOff.ts';

/** Every analyzer, in the order of the codes. */
export const ANALYZERS: readonly Analyzer[] = Object.freeze([
  sameScope,
  sameWorkload,
  selectsNothing,
  selectorInRoot,
  strictWithoutAutoMtls,
  servicePortKey,
  unusedPortKey,
  unknownRevision,
  openBelowDisable,
  disableInAmbient,
  ambientOtherwise,
  exportToNowhere,
  sameHost,
  unknownHost,
  emptySubset,
  shadowsTls,
  subsetWithoutLabels,
  plaintextToStrict,
  mutualToPlaintext,
  mutualWithoutPolicy,
  ruleOfOtherNamespace,
  repeatsAutoMtls,
  mixedEndpoints,
  excludedPort,
  tlsModeLabel,
  hostNetworkOutside,
  kubeletProbe,
  idleIngressTls,
  sameSidecarScope,
  selectorInRootSidecar,
  egressToNowhere,
  identityWithoutTls,
  unknownPrincipal,
  unknownTrustDomain,
  unknownSourceNamespace,
  twoInjectionLabels,
  proxyUser,
  podInBothMeshes,
  sidecarInAmbient,
  portWithoutProtocol,
  unknownTargetPort,
  clashingProtocols,
]);
