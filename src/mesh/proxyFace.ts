/** The part of the engine's public face that is about running proxies: `index.ts` hands it on. */

export type {
  Acknowledgement,
  Part,
  PortTaken,
  ProxyCertificate,
  ProxyCertificates,
  ProxyCluster,
  ProxyInbound,
  ProxyOrigin,
  ProxyState,
  Sent,
  SentShare,
} from './proxy/proxyState.ts';
export type { ReadCertificates } from './proxy/certificates.ts';
export type { ProxyAnswers, ProxyQuestion, ProxyRead } from './proxy/decodeProxy.ts';
export { decodeProxy, proxyQuestions } from './proxy/decodeProxy.ts';
export {
  CONTROL_PLANE_CONTAINER,
  PROXY_CONTAINER,
  proxyCommand,
  SYNC_STATUS_COMMAND,
} from './proxy/proxyCommands.ts';
export type { ComparedCluster, ComparedPort, ProxyComparison } from './proxy/compareProxy.ts';
export { compareProxy } from './proxy/compareProxy.ts';
export type { DriftCause, EnvoyFilter } from './proxy/driftCause.ts';
export { driftCauses } from './proxy/driftCause.ts';
export type { ProxyOwner } from './proxy/predictedProxy.ts';
export type { ProxyFinding, UnlikeRoots } from './proxy/proxyFindings.ts';
export { proxyFindings, unlikeRoots } from './proxy/proxyFindings.ts';
export type { FoundProxy, NoProxy, ProxyPlace, ProxyTarget } from './proxy/proxyPlace.ts';
export { proxiesOf, proxyOf, proxyTargetOf } from './proxy/proxyPlace.ts';
export type { TlsCheck } from './proxy/tlsCheck.ts';
export { tlsChecks } from './proxy/tlsCheck.ts';
export type { ProxyReport } from './words/proxy/proxyReport.ts';
export { proxyReport } from './words/proxy/proxyReport.ts';
export {
  hostPortName,
  proxyDocument,
  proxySentences,
  proxyTables,
  type ProxyTable,
} from './words/proxy/proxyDocument.ts';
export {
  describeAcknowledgement,
  describeDriftCause,
  describeNoProxy,
  describeProxyFinding,
} from './words/proxy/describeProxy.ts';
