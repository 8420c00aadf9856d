import { describeRef, missingClauses } from './describeWords.ts';
import type {
  Enforcement,
  IgnoredPolicy,
  ModeOfPods,
  Outcome,
  Symptom,
} from '../model/explanation.ts';
import type { DataPlane } from '../model/mode.ts';

export { describeReason } from './describeReason.ts';
export {
  describeField,
  describeMissing,
  describeModeSource,
  describeRef,
  missingClauses,
} from './describeWords.ts';

/** What happens to a connection, in one sentence. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'mutual-tls':
      return outcome.transport === 'hbone'
        ? 'Mutual TLS, through an HBONE tunnel.'
        : 'Mutual TLS between the two proxies.';
    case 'tls':
      return 'TLS that the applications end themselves; the mesh checks no identity.';
    case 'plaintext':
      return 'Plaintext: it works, but nothing encrypts it.';
    case 'refused':
      return `Refused by the ${outcome.by}: ${describeSymptom(outcome.symptom)}`;
    case 'unknown':
      return `Unknown: ${missingClauses(outcome.missing)}`;
  }
}

/** Why the refusing side refuses, by the symptoms of R190 to R195. */
export function describeSymptom(symptom: Symptom): string {
  switch (symptom) {
    case 'server-resets-plaintext':
      return 'plaintext from a client without a proxy, where only mutual TLS is accepted.';
    case 'server-resets-proxy-plaintext':
      return 'plaintext sent by the client’s own proxy, where only mutual TLS is accepted.';
    case 'protocol-mismatch':
      return 'what arrives is not what the application there can read.';
    case 'ztunnel-policy-rejection':
      return 'ztunnel closes connections that carry no identity.';
    case 'authorization-denied':
      return 'an AuthorizationPolicy does not let this client in; each request is answered 403.';
    case 'authorization-closed':
      return 'an AuthorizationPolicy does not let this client in; the connection is closed.';
    case 'client-certificate-required':
      return 'TLS without a certificate of the mesh, where only mutual TLS is accepted.';
    case 'server-resets-foreign-tls':
      return 'TLS that is not Istio’s own, on a port that is declared HTTP.';
    case 'tls-read-as-http':
      return 'TLS on a port that is declared HTTP and whose mutual TLS is disabled.';
    case 'server-resets-ambient-plaintext':
      return 'plaintext from ztunnel or a waypoint, where the sidecar accepts only mutual TLS.';
    case 'server-identity-rejected':
      return 'the server’s certificate is not of an identity that the client’s rule accepts.';
    case 'authorities-unreadable':
      return 'its proxy cannot read the authorities that it is to trust.';
    case 'route-leads-nowhere':
      return 'its proxy’s route leads to a host or a subset that the proxy does not know.';
    case 'no-route':
      return 'no route of its proxy leads on for such requests.';
    case 'unknown-to-waypoint':
      return 'the waypoint on the way does not know the service.';
    case 'no-endpoints':
      return 'nobody is there to take the call, so it is not sent.';
    case 'unknown-host-blocked':
      return 'its proxy lets out nothing to hosts that it does not know.';
  }
}

/** Why a policy decides nothing here, in one sentence. */
export function describeIgnored(ignored: IgnoredPolicy): string {
  return `${describeRef(ignored.policy)} ${whyIgnored(ignored)}`;
}

function whyIgnored({ mode, reason, winner }: IgnoredPolicy): string {
  const other = winner === undefined ? 'another policy' : describeRef(winner);
  switch (reason) {
    case 'selector-in-root-namespace':
      return 'has a selector in the root namespace, where selectors have no effect.';
    case 'older-policy-wins':
      return `is younger than ${other}; only the oldest of a scope counts.`;
    case 'ages-unknown':
      return `has the scope of ${other}, and neither has been created yet: the one that is created first will count; of the same second, and here, the first by name does.`;
    case 'mode-unset':
      return 'sets no mode of its own.';
    case 'overridden':
      return `says ${mode}, but ${other} speaks for a narrower scope.`;
    case 'selector-does-not-match':
      return 'selects other pods.';
    case 'other-revision':
      return 'is written for another revision of the control plane.';
    case 'namespace-not-discovered':
      return 'is in a namespace that the control plane does not look at.';
    case 'port-level-without-workload-scope':
      return 'lists ports without selecting workloads, which has no effect.';
    case 'port-not-listed':
      return 'lists other ports and sets no mode for the rest.';
    case 'same-age-in-ambient':
      return `is as old as ${other}; which of them ambient takes is not specified.`;
    case 'empty-selector-in-ambient':
      return 'has an empty selector, which ambient workloads of other namespaces do not see.';
  }
}

/** Which pods have which mode, where the pods of one workload are governed differently, in one sentence. */
export function describeUnlike(unlike: readonly ModeOfPods[]): string {
  const parts = unlike.map(({ mode, from, pods }) => {
    const by = from.kind === 'default' ? 'Istio’s default' : describeRef(from.field.object);
    return `${pods} ${pods === 1 ? 'is' : 'are'} ${mode} by ${by}`;
  });
  return `Its pods are governed differently: ${parts.join(', ')}.`;
}

/** Whether anything makes a mode true, and what does where the data plane is one, in one sentence. */
export function describeEnforcement(
  enforcement: Enforcement,
  dataPlane?: DataPlane | 'mixed' | 'unknown',
): string {
  switch (enforcement.kind) {
    case 'enforced':
      if (dataPlane === 'sidecar') return 'The sidecars enforce it.';
      return dataPlane === 'ambient' ? 'ztunnel enforces it.' : 'The proxies enforce it.';
    case 'partly-enforced': {
      const { unenforcedPods, pods } = enforcement;
      return `Not enforced on ${unenforcedPods} of ${pods} pods, which have no proxy to enforce it.`;
    }
    case 'unknown':
      return `Whether it is enforced is unknown: ${missingClauses(enforcement.missing)}`;
    case 'not-enforced':
      return `Not enforced: ${whyNotEnforced(enforcement.why)}`;
  }
}

function whyNotEnforced(why: Extract<Enforcement, { kind: 'not-enforced' }>['why']): string {
  switch (why) {
    case 'no-proxy':
      return 'the pods have no proxy.';
    case 'host-network':
      return 'the pods use the host’s network, where no proxy can stand before them.';
    case 'gateway':
      return 'a gateway accepts what its Gateway says, whatever PeerAuthentication says.';
    case 'waypoint':
      return 'a waypoint ignores PeerAuthentication for itself.';
    case 'inbound-not-captured':
      return 'the proxy does not see what arrives at the pods.';
  }
}
