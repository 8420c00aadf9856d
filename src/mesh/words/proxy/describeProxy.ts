import type { DriftCause } from '../../proxy/driftCause.ts';
import type { ProxyFinding } from '../../proxy/proxyFindings.ts';
import type { NoProxy } from '../../proxy/proxyPlace.ts';
import type {
  Acknowledgement,
  Part,
  ProxyCertificate,
  Sent,
  SentShare,
} from '../../proxy/proxyState.ts';
import { describeRef } from '../describeWords.ts';
import { listed } from '../modeWords.ts';

/** Why a pod’s proxy cannot be asked, as the end of a sentence about the pod. */
export function describeNoProxy(why: NoProxy): string {
  switch (why) {
    case 'no-such-pod':
      return 'does not exist.';
    case 'no-proxy':
      return 'has no proxy.';
    case 'not-running':
      return 'does not run.';
    case 'ambient':
      return 'is carried by ztunnel, which has no command that could be run in it and is not asked.';
  }
}

/** What is sent, in the words of a DestinationRule, as the table of `istioctl authn tls-check` had it. */
export function sentWord(sent: Sent): string {
  switch (sent) {
    case 'mutual-tls':
      return 'ISTIO_MUTUAL';
    case 'hbone':
      return 'HBONE';
    case 'tls':
      return 'SIMPLE';
    case 'user-mtls':
      return 'MUTUAL';
    case 'as-is':
      return 'DISABLE';
  }
}

/** `ISTIO_MUTUAL`, or `ISTIO_MUTUAL (2), DISABLE (1)` where endpoints are sent unlike things. */
export function sharesWords(shares: readonly SentShare[]): string {
  if (shares.length === 0) return 'no endpoints';
  if (shares.length === 1) return shares.map(({ sent }) => sentWord(sent)).join();
  return shares.map(({ sent, endpoints }) => `${sentWord(sent)} (${endpoints})`).join(', ');
}

/** Whether a proxy has what its control plane sent, in one sentence. */
export function describeAcknowledgement(part: Part<Acknowledgement>): string {
  if (part.kind === 'unread')
    return `Whether the proxy has acknowledged the last change is unknown: ${part.why}.`;
  const { value } = part;
  switch (value.kind) {
    case 'acknowledged':
      return value.sent === undefined
        ? 'The proxy has acknowledged all that its control plane sent.'
        : `The proxy has acknowledged all that its control plane sent, the last of it at ${seconds(value.sent)}.`;
    case 'waiting':
      return `The proxy has not acknowledged ${resourcesWords(value.resources)}${since(value.since)}.`;
    case 'rejected':
      return `The proxy refused the ${resourcesWords(value.resources)} that it was sent last, and goes on with older ones.`;
    case 'not-connected':
      return 'None of the control plane’s pods serves this proxy.';
  }
}

function since(time: string | undefined): string {
  return time === undefined ? '' : `, sent at ${seconds(time)}`;
}

function resourcesWords(resources: readonly string[]): string {
  return listed(
    resources.map((name) => `${name}s`),
    4,
  );
}

/** A time of RFC 3339 without fractions of a second. */
export function seconds(time: string): string {
  return time.replace(/\.\d+(?=Z$)/, '');
}

/** What may make a proxy differ, in one sentence. */
export function describeDriftCause(cause: DriftCause): string {
  switch (cause.kind) {
    case 'rejected':
      return `The proxy refused the ${resourcesWords(cause.resources)} that it was sent last.`;
    case 'not-acknowledged':
      return `Not yet synchronised: the proxy has not acknowledged ${resourcesWords(cause.resources)}${since(cause.since)}.`;
    case 'written-since':
      return `Not yet synchronised: ${describeRef(cause.policy)} was written after the proxy took over its listeners.`;
    case 'other-control-plane':
      return cause.controlPlane === undefined
        ? 'Another control plane: none of the pods that were asked serves this proxy.'
        : `Another control plane: none of the pods that were asked serves this proxy, which is configured by ${cause.controlPlane}.`;
    case 'old-revision':
      return `An old revision: there is no control plane of revision ${cause.revision}, which injected this proxy.`;
    case 'envoy-filters': {
      const names = cause.filters.map(({ namespace, name }) => `${namespace}/${name}`);
      return `An EnvoyFilter: ${listed(names, 5)} may change this proxy, and what they do is not read.`;
    }
  }
}

/** What is wrong with a proxy, in one sentence. */
export function describeProxyFinding(finding: ProxyFinding): string {
  switch (finding.kind) {
    case 'certificate-expired':
      return `The certificate of ${named(finding.certificate)} expired at ${seconds(finding.certificate.validUntil)}: its connections fail.`;
    case 'certificate-expires-soon':
      return `The certificate of ${named(finding.certificate)} expires at ${seconds(finding.certificate.validUntil)} and should have been renewed by now.`;
    case 'root-expires-soon':
      return `The root ${finding.certificate.serial}, which the proxy trusts, ends at ${seconds(finding.certificate.validUntil)}.`;
    case 'no-certificate':
      return 'The proxy has no certificate of the mesh, and can open or take no mutual TLS.';
    case 'other-identity':
      return `The proxy shows the identity ${finding.has}, and its pod has ${finding.wanted}.`;
    case 'not-acknowledged':
      return `The proxy has not acknowledged ${resourcesWords(finding.resources)} for more than a minute: it was sent at ${seconds(finding.since)}.`;
    case 'rejected':
    case 'not-connected':
      return describeAcknowledgement({ kind: 'read', value: finding });
  }
}

function named({ identity, serial }: ProxyCertificate): string {
  return identity ?? `the serial number ${serial}`;
}
