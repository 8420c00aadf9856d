import { matchesLabels } from '../model/labels.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { isInvalidCredential } from '../decode/backendPolicy.ts';
import type { FieldRef, ObjectRef } from '../model/reference.ts';
import type { Rule } from './backendPolicy.ts';
import { ruleTls, type RuleTls, type TlsBlock } from './clientTls.ts';
import type { Destination } from '../destination/destination.ts';
import { findDestinationRule, type FoundRule } from './destinationRule.ts';
import type { MissingFact, ModeSource, Reason } from '../model/explanation.ts';
import type { WantedIdentity } from './identity.ts';
import { missingForAuto, missingMeshConfig } from '../known/missingModes.ts';
import { namespaceHint } from '../policy/peerAuthentication.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';

/** What a client's proxy is set up to send to a service, before it looks at the endpoint (R145, R167). */
export type EnvoyCluster = ClusterTls & {
  /** The proxy keeps the address that its client was given, so there is no endpoint stage at all (R172). */
  readonly originalDestination: boolean;
};

/** Why all endpoints are sent the same. */
export type AllEndpoints = Extract<Reason, { kind: 'headless' | 'address-kept' }>;

/** What a cluster is set up to send, however it finds its endpoints. */
type ClusterTls = {
  readonly because: readonly Reason[];
  readonly missing: readonly MissingFact[];
} & (
  | { readonly kind: 'no-tls' }
  | {
      readonly kind: 'fixed';
      readonly wire: 'istio-mtls' | 'tls' | 'user-mtls';
      readonly wanted?: WantedIdentity;
    }
  /** By the endpoint's label and mode (R147). */
  | { readonly kind: 'by-endpoint'; readonly hint: ModeSource | undefined }
  /** By the endpoint's label alone (R166). */
  | { readonly kind: 'by-label' }
  /** All or nothing: there is no second stage (R172). */
  | { readonly kind: 'all-endpoints'; readonly decision: AllEndpoints }
  /** No connection is opened: the authorities to trust cannot be read (R160). */
  | { readonly kind: 'no-authorities' }
);

/** The cluster of a sidecar or gateway for a destination; `subset` only where a route chose one (R164). */
export function clusterFor(
  mesh: Mesh,
  client: ClientVariant,
  { destination, subset }: { readonly destination: Destination; readonly subset?: string },
): EnvoyCluster {
  const found = ruleFor(mesh, client, destination);
  const { rule } = found;
  // Where rules without exportTo are seen, and so which of them applies, is said by the mesh config (R155).
  const missing = [...found.missing, ...missingMeshConfig(mesh)];
  const tls = rule === undefined ? undefined : ruleTls(rule, destination.port, subset);
  const because = [...notExported(found, client), ...ambiguity(found), ...unselected(found)];
  const originalDestination = keepsAddress(client, destination, tls);
  if (tls?.block !== undefined) {
    return { ...fromBlock(tls.block, client, because), missing, originalDestination };
  }
  if (tls !== undefined) because.push({ kind: 'destination-rule-without-tls', rule: tls.rule });
  const cluster = automatic(mesh, client, { destination, tls, because, originalDestination });
  const all = new Set([...missing, ...cluster.missing]);
  return { ...cluster, missing: [...all], originalDestination };
}

/** Whether a rule that the client goes by defines a subset of a host; the missing facts that would say so (R164). */
export function subsetOf(
  mesh: Mesh,
  client: ClientVariant,
  { destination, subset }: { readonly destination: Destination; readonly subset: string },
): { readonly isDefined: boolean; readonly missing: readonly MissingFact[] } {
  const { rule, missing } = ruleFor(mesh, client, destination);
  const isDefined = rule?.subsets.some((candidate) => candidate.subset.name === subset) === true;
  return { isDefined, missing };
}

/**
 * A destination as the cluster of a subset sees it: with the endpoints that carry its labels; none for a subset that
 * nobody defines (R164). A cluster that keeps its client's address does not choose among them (R172).
 */
export function ofSubset(
  mesh: Mesh,
  client: ClientVariant,
  { destination, subset }: { readonly destination: Destination; readonly subset: string },
): Destination {
  const { rule } = ruleFor(mesh, client, destination);
  const found = rule?.subsets.find((candidate) => candidate.subset.name === subset);
  if (rule === undefined || found === undefined)
    return { ...destination, endpoints: [], allEndpoints: destination.endpoints };
  if (keepsAddress(client, destination, ruleTls(rule, destination.port, subset)))
    return destination;
  const endpoints = destination.endpoints.filter(({ variant }) =>
    matchesLabels(found.subset.labels, variant.shape.labels),
  );
  return { ...destination, endpoints, allEndpoints: destination.endpoints };
}

/** Sidecars keep the address that a client got for a headless service; PASSTHROUGH keeps any (R172). */
function keepsAddress(
  client: ClientVariant,
  { headless }: Destination,
  tls: RuleTls | undefined,
): boolean {
  return tls?.keepsAddress !== undefined || (headless && client.dataPlane === 'sidecar');
}

function ruleFor(mesh: Mesh, client: ClientVariant, destination: Destination): FoundRule {
  return findDestinationRule(mesh, {
    clientNamespace: client.namespace,
    clientLabels: client.labels,
    revision: client.revision,
    host: destination.host,
    serviceNamespace: destination.namespace,
  });
}

function ambiguity({ rule, ambiguous }: FoundRule): Reason[] {
  const [first, ...rest] = ambiguous;
  if (rule === undefined || first === undefined) return [];
  return [
    {
      kind: 'ambiguous-rules',
      used: refOf(rule.first),
      others: [refOf(first), ...rest.map(refOf)],
      inferred: true,
    },
  ];
}

/** That a rule exported to others is not used at home is read in Istio's code only (R156). */
function notExported({ notExported: hidden }: FoundRule, client: ClientVariant): readonly Reason[] {
  return hidden.map((rule): Reason => {
    const reason = { kind: 'rule-not-exported', rule: refOf(rule) } as const;
    return rule.namespace === client.namespace ? { ...reason, inferred: true } : reason;
  });
}

function refOf({ kind, namespace, name }: Rule): ObjectRef {
  return { kind, namespace, name };
}

function unselected({ others }: FoundRule): readonly Reason[] {
  return others.map((rule) => ({ kind: 'rule-selects-other-clients', rule: refOf(rule) }));
}

/** A tls block applies to all endpoints, whatever policies say about them (R167). */
function fromBlock(
  { tls, field, selectsClients }: TlsBlock,
  client: ClientVariant,
  because: Reason[],
): ClusterTls {
  because.push({ kind: 'destination-rule', rule: field, tls: tls.mode });
  const missing: readonly MissingFact[] = [];
  const plain: ClusterTls = { kind: 'no-tls', because, missing };
  switch (tls.mode) {
    case 'DISABLE':
      return plain;
    case 'ISTIO_MUTUAL': {
      const cluster = { kind: 'fixed', wire: 'istio-mtls', because, missing } as const;
      const { subjectAltNames } = tls;
      if (subjectAltNames === undefined) return cluster;
      return { ...cluster, wanted: { subjectAltNames, rule: field } };
    }
    case 'SIMPLE':
    case 'MUTUAL': {
      if (isInvalidCredential(tls.credentialName))
        return withoutAuthorities(field, client, because);
      if (isCredentialIgnored(tls.credentialName, selectsClients, client)) {
        because.push({ kind: 'credential-ignored', rule: field });
        return plain;
      }
      if (tls.mode === 'SIMPLE') return { kind: 'fixed', wire: 'tls', because, missing };
      const complete = tls.clientCertificate !== undefined && tls.privateKey !== undefined;
      if (complete || tls.credentialName !== undefined) {
        return { kind: 'fixed', wire: 'user-mtls', because, missing };
      }
      because.push({ kind: 'certificates-incomplete', rule: field }); // R171
      return plain;
    }
  }
}

/** Sidecars leave out such a credential with the whole tls block (R170); other proxies wait for it in vain (R160). */
function withoutAuthorities(
  policy: FieldRef,
  client: ClientVariant,
  because: Reason[],
): ClusterTls {
  const sends = client.dataPlane === 'sidecar' ? 'plaintext' : 'nothing';
  because.push({ kind: 'authorities-unreadable', policy, sends, inferred: true });
  return { kind: sends === 'plaintext' ? 'no-tls' : 'no-authorities', because, missing: [] };
}

/** Sidecars read a credentialName only in rules that select them, or from a ConfigMap (R170). */
function isCredentialIgnored(
  credentialName: string | undefined,
  selectsClients: boolean,
  client: ClientVariant,
): boolean {
  if (credentialName === undefined || selectsClients) return false;
  return client.dataPlane === 'sidecar' && !credentialName.startsWith('configmap://');
}

interface Automatic {
  readonly destination: Destination;
  readonly tls: RuleTls | undefined;
  readonly because: Reason[];
  readonly originalDestination: boolean;
}

/** No tls block: auto mTLS, unless something keeps it out (R145, R146, R166, R172). */
function automatic(mesh: Mesh, client: ClientVariant, asked: Automatic): ClusterTls {
  const { destination, tls, because, originalDestination } = asked;
  const known: readonly MissingFact[] = [];
  const { host, namespace } = destination;
  if (destination.external) {
    because.push({ kind: 'external-host', host });
    return { kind: 'no-tls', because, missing: known };
  }
  const missing = missingForAuto(mesh, namespace, client.revision.config.rootNamespace);
  if (!client.revision.config.enableAutoMtls) {
    because.push({ kind: 'auto-mtls-off' });
    return { kind: 'no-tls', because, missing };
  }
  const hint = namespaceHint(mesh, namespace, client.revision.name);
  because.push(...(hint?.hidden ?? []));
  if (hint?.mode === 'DISABLE') {
    because.push({ kind: 'namespace-hint-disable', namespace, from: hint.from });
    return { kind: 'no-tls', because, missing };
  }
  const decision = forAllEndpoints(destination, tls);
  if (originalDestination && decision !== undefined) {
    return { kind: 'all-endpoints', decision, because, missing };
  }
  // What balances the pods itself still asks them all first (R172).
  if (decision?.mutualTls === false) {
    because.push(decision);
    return { kind: 'no-tls', because, missing };
  }
  return atEndpointStage({ kind: 'by-endpoint', because, missing, hint: hint?.from }, tls);
}

/** What all endpoints alike are sent, where the cluster keeps addresses or asks all of them (R172). */
function forAllEndpoints(
  destination: Destination,
  tls: RuleTls | undefined,
): AllEndpoints | undefined {
  const { headless, owner, namespace, host } = destination;
  const allHaveTls = allCanTakeTls(destination);
  if (headless) {
    const service = owner ?? { kind: 'Service', namespace, name: host };
    return { kind: 'headless', service, mutualTls: allHaveTls };
  }
  const { asksEndpoints } = tls ?? {};
  const rule = asksEndpoints ?? tls?.keepsAddress;
  if (rule === undefined) return undefined;
  const isAsked = asksEndpoints !== undefined;
  return { kind: 'address-kept', rule, isAsked, mutualTls: !isAsked || allHaveTls };
}

/** Every endpoint of the service can take mutual TLS, and there is one (R172). */
function allCanTakeTls({ endpoints, allEndpoints = endpoints }: Destination): boolean {
  return allEndpoints.length > 0 && allEndpoints.every(({ variant }) => variant.tlsMode);
}

/** The endpoint stage still sees a host-level mode that a port entry without tls has hidden (R166). */
function atEndpointStage(cluster: ClusterTls, tls: RuleTls | undefined): ClusterTls {
  const seen = tls?.endpointBlock;
  if (seen === undefined) return cluster;
  const { mode } = seen.tls;
  const reason = { kind: 'endpoint-stage-follows-rule', rule: seen.field, tls: mode } as const;
  const because = [...cluster.because, reason];
  const { missing } = cluster;
  return { kind: mode === 'ISTIO_MUTUAL' ? 'by-label' : 'no-tls', because, missing };
}
