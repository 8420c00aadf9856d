import type { ObjectRef } from '../model/reference.ts';
import {
  describeField,
  describeMissing,
  describeModeSource,
  describeRef,
} from './describeWords.ts';
import type { PortClass, Reason } from '../model/explanation.ts';
import { dataPlaneClause } from './dataPlaneWords.ts';

/** What a reason that is only inferred from Istio's code adds to its sentence. */
const INFERRED = ' (Read in Istio’s code; no document or test of Istio asserts it.)';

/** One fact that took part in deciding an outcome, in one sentence. */
export function describeReason(reason: Reason): string {
  const sentence = SENTENCES[reason.kind] as (reason: Reason) => string;
  const inferred = 'inferred' in reason && reason.inferred;
  return inferred ? sentence(reason) + INFERRED : sentence(reason);
}

function named(ref: ObjectRef): string {
  return `${ref.namespace}/${ref.name}`;
}

/** A sentence for every kind: a kind without one does not compile. */
const SENTENCES: {
  readonly [K in Reason['kind']]: (reason: Extract<Reason, { kind: K }>) => string;
} = {
  'outside-client': () => 'The client is outside the mesh, so it sends what its application sends.',
  'no-proxy': ({ side, workload }) =>
    side === 'client'
      ? `The client ${named(workload)} has no proxy, so it sends what its application sends.`
      : `${named(workload)} has no proxy: nothing enforces a mode and nothing ends mutual TLS there.`,
  'data-plane': ({ side, workload, dataPlane }) =>
    `The ${side} ${named(workload)} ${dataPlaneClause(dataPlane)}.`,
  'proxy-container': ({ workload }) =>
    `The call comes from the proxy’s own container of ${named(workload)}: no proxy sees it, and it leaves as it is.`,
  'outbound-not-captured': ({ workload }) =>
    `The sidecar of ${named(workload)} does not see this call: its annotations or its user keep it out.`,
  'application-tls': () => 'The application opens TLS itself.',
  loopback: ({ workload }) =>
    `The pods of ${named(workload)} call themselves over loopback, which no proxy sees.`,
  'pod-address': ({ address }) =>
    `${address} is a pod’s address, which the client’s proxy does not know as a service.`,
  'host-not-imported': ({ host, sidecar }) =>
    `${describeRef(sidecar)} does not import ${host}, so the client’s proxy does not know it.`,
  'host-not-exported': ({ host, by }) =>
    `${describeRef(by)} does not export ${host} to the client’s namespace, so its proxy does not know it.`,
  'host-of-other-revision': ({ host, by }) =>
    `${describeRef(by)} is for another revision of the control plane, so the client’s proxy does not know ${host}.`,
  'host-not-discovered': ({ host, namespace }) =>
    `The control plane does not look at namespace ${namespace} (discoverySelectors), so proxies do not know ${host}.`,
  'passed-through': () =>
    'outboundTrafficPolicy is ALLOW_ANY: what goes to unknown hosts is passed through as it is.',
  'registry-only': ({ by }) =>
    by === undefined
      ? 'outboundTrafficPolicy is REGISTRY_ONLY: unknown hosts are blocked.'
      : `outboundTrafficPolicy of ${describeRef(by)} is REGISTRY_ONLY: unknown hosts are blocked.`,
  'unknown-to-gateway': () =>
    'A gateway passes nothing through: it sends only to endpoints that it knows.',
  'external-host': ({ host }) => `${host} is outside the mesh, where auto mTLS never applies.`,
  'other-name': ({ service, host }) => `${describeRef(service)} is another name of ${host}.`,
  'auto-mtls': () => 'Auto mTLS: no rule sets TLS, and the server’s pods can take mutual TLS.',
  'auto-mtls-off': () => 'The mesh config switches auto mTLS off, and no rule sets TLS.',
  'namespace-hint-disable': ({ namespace, from }) =>
    `Clients take namespace ${namespace} to be DISABLE and send plaintext. ${describeModeSource(from)}`,
  'endpoint-without-tls-label': ({ workload }) =>
    `The pods of ${named(workload)} lack the label security.istio.io/tlsMode=istio, so auto mTLS sends plaintext.`,
  'endpoint-mode-disable': ({ workload, port, from }) =>
    `Port ${port} of ${named(workload)} is DISABLE, so auto mTLS sends plaintext. ${describeModeSource(from)}`,
  headless: ({ service, mutualTls }) =>
    mutualTls
      ? `${describeRef(service)} has no address of its own: auto mTLS sends mutual TLS to all its pods, whatever the mode of their ports.`
      : `${describeRef(service)} has no address of its own, and not all its pods can take mutual TLS: auto mTLS sends plaintext to all.`,
  'address-kept': ({ rule, isAsked, mutualTls }) => {
    const balancer = `${describeField(rule)} is PASSTHROUGH`;
    if (!isAsked)
      return `${balancer}, and auto mTLS sends mutual TLS to all pods without asking whether they can take it.`;
    return mutualTls
      ? `${balancer}, and all pods can take mutual TLS: auto mTLS sends it to all of them, whatever the mode of their ports.`
      : `${balancer}, and not all pods can take mutual TLS: auto mTLS sends plaintext to all.`;
  },
  'destination-rule': ({ rule, tls }) => `${describeField(rule)} sets client TLS to ${tls}.`,
  'destination-rule-without-tls': ({ rule }) =>
    `${describeField(rule)} applies but sets no TLS, so auto mTLS decides; rules further out are not asked.`,
  'endpoint-stage-follows-rule': ({ rule, tls }) =>
    `${describeField(rule)} still decides per pod: ${tls}, though the port’s own entry sets no TLS.`,
  'ambiguous-rules': ({ used, others }) =>
    `${describeRef(used)} is used; ${others.map(describeRef).join(', ')} for the same host and another exportTo would give another answer.`,
  'rule-not-exported': ({ rule }) =>
    `${describeRef(rule)} is the most specific of its namespace but not exported to the client’s, so that namespace has no say.`,
  'rule-selects-other-clients': ({ rule }) =>
    `${describeRef(rule)} selects other clients, and no rule further out is asked.`,
  'credential-ignored': ({ rule }) =>
    `Sidecars ignore the credentialName of ${describeRef(rule.object)}, because the rule has no workloadSelector: they send plaintext.`,
  'certificates-incomplete': ({ rule }) =>
    `${describeRef(rule.object)} names no complete client certificate, so plaintext is sent.`,
  'authorities-unreadable': ({ policy, sends }) =>
    `${describeRef(policy.object)} names authorities that are in no ConfigMap, which istiod cannot read: ${sends === 'plaintext' ? 'sidecars send plaintext' : 'the client’s proxy opens no connection'}.`,
  'foreign-certificate-assumed': ({ rule }) =>
    `The certificates of ${describeRef(rule.object)} are taken for another authority’s; the mesh’s own would be let in.`,
  'server-identity-rejected': ({ rule, identity }) =>
    `${describeRef(rule.object)} lists subjectAltNames, and ${identity} is not among them.`,
  'rule-without-effect': ({ rule, tls }) =>
    `${describeField(rule)} says ${tls}, which has no effect here.`,
  hbone: ({ assumed }) =>
    assumed === true
      ? 'The server takes HBONE; that the control plane lets sidecars send it is assumed, because no istiod was seen.'
      : 'The server takes HBONE, and the client’s proxy sends it.',
  'hbone-not-sent': () =>
    'The server takes HBONE, but the control plane does not let sidecars send it (PILOT_ENABLE_AMBIENT).',
  'no-hbone-at-server': ({ workload }) =>
    `The sidecar of ${named(workload)} does not take HBONE, so plaintext is sent to it.`,
  'through-waypoint': ({ waypoint }) =>
    `The call goes through the waypoint ${named(waypoint)}, which is the client of the server.`,
  routed: ({ route, delegatedBy, host, subset, percent, byRequest }) => {
    const by =
      delegatedBy === undefined ? '' : `, which ${describeRef(delegatedBy)} hands over to,`;
    const where = host === undefined ? 'nowhere' : `to ${host}`;
    const which = subset === undefined ? '' : `, subset ${subset}`;
    const part = percent === 100 ? '' : `${percent} % of `;
    const what = byRequest ? 'the requests that it takes' : 'the calls';
    return `${describeField(route)}${by} sends ${part}${what} ${where}${which}.`;
  },
  'route-target-unknown': ({ host, subset }) =>
    subset === undefined
      ? `The client’s proxy knows no ${host} on that port.`
      : `No DestinationRule that the client’s proxy goes by defines subset ${subset} of ${host}.`,
  'server-mode': ({ workload, port, mode, from }) =>
    `Port ${port} of ${named(workload)} is ${mode}. ${describeModeSource(from)}`,
  'unset-policy-hides-younger': ({ policy, hidden }) =>
    `${describeRef(policy)} sets no mode and, being the oldest of its scope, hides ${hidden.map(describeRef).join(', ')}.`,
  'unspecified-tie': ({ used, others }) =>
    `${describeRef(used)} is as old as ${others.map(describeRef).join(', ')}: which of them ambient takes is not specified.`,
  'foreign-trust-domain': ({ workload, trustDomain }) =>
    `The control plane of ${named(workload)} does not take certificates of the trust domain ${trustDomain}.`,
  'unexpected-trust-domain': ({ workload, trustDomain }) =>
    `The certificate of ${named(workload)} is of the trust domain ${trustDomain}, which the client’s control plane does not know as its own.`,
  'ingress-tls': ({ sidecar, port, tls }) =>
    `${describeRef(sidecar)} ends ${tls} TLS at port ${port} with a certificate of its own.`,
  'port-class': ({ port, class: portClass, by }) =>
    `Port ${port} ${classWords(portClass)}${by === undefined ? '' : ` by ${describeRef(by)}`}.`,
  'ambient-conversion': ({ workload, port, deniesPlaintext }) =>
    `Converted for ambient, the policies ${deniesPlaintext ? 'still deny' : 'let in'} plaintext at port ${port} of ${named(workload)}.`,
  'port-not-captured': ({ workload, port }) =>
    `Port ${port} of ${named(workload)} is excluded from its sidecar: nothing is enforced there, and mutual TLS is not ended.`,
  'ambient-bypassed': ({ workload }) =>
    `${named(workload)} keeps its inbound traffic from ztunnel, so nothing is enforced there.`,
  'gateway-server': ({ gateway, protocol, through }) => {
    const ports =
      through.length === 0 ? '' : `, by the ports of ${through.map(describeRef).join(', ')}`;
    return `${describeRef(gateway)} listens for ${protocol} there${ports}; PeerAuthentication is not asked.`;
  },
  'no-gateway-server': ({ workload, port, through }) => {
    const elsewhere =
      through.length === 0
        ? ''
        : `; by the ports of ${through.map(describeRef).join(', ')}, Gateways lead to other ports`;
    return `No Gateway that was read says what ${named(workload)} takes at port ${port}${elsewhere}.`;
  },
  'authorization-denies': ({ workload, policy, identity }) =>
    `${describeRef(policy)} denies ${peerWords(identity)} at ${named(workload)}.`,
  'authorization-allows-others': ({ workload, policies, identity }) => {
    const [only, ...more] = policies;
    const who =
      more.length === 0 ? describeRef(only) : `None of ${policies.map(describeRef).join(', ')}`;
    return more.length === 0
      ? `${who} allows others at ${named(workload)}, but not ${peerWords(identity)}.`
      : `${who} allows ${peerWords(identity)} at ${named(workload)}.`;
  },
  'authorization-allows': ({ policies }) =>
    `${policies.map(describeRef).join(', ')} lets the client in.`,
  'authorization-by-request': ({ policies }) =>
    `By what a request asks for, ${policies.map(describeRef).join(', ')} may still refuse it.`,
  'unknown-host': ({ host }) => `Nothing that was read defines the host ${host}.`,
  'no-such-port': ({ service, port }) => `${describeRef(service)} has no TCP port ${port}.`,
  'no-endpoints': ({ service }) => `No pod stands behind that port of ${describeRef(service)}.`,
  'not-readable': ({ fact }) => describeMissing(fact),
};

function peerWords(identity: string | undefined): string {
  return identity ?? 'a client that shows no identity';
}

function classWords(portClass: PortClass): string {
  switch (portClass) {
    case 'HTTP':
      return 'is declared HTTP';
    case 'TCP':
      return 'is declared TCP or TLS';
    case 'AUTO':
      return 'declares no protocol';
  }
}
