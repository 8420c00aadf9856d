import type { ClientTlsSettings, TrafficPolicy } from '../model/trafficPolicy.ts';
import type { FieldRef, ObjectRef } from '../model/reference.ts';
import type { Rule } from './backendPolicy.ts';
import type { MergedRule } from './destinationRuleMerge.ts';

/** The tls block of a DestinationRule for one port, and where it is written. */
export interface TlsBlock {
  readonly tls: ClientTlsSettings;
  readonly field: FieldRef;
  readonly selectsClients: boolean;
}

/** What a rule says about TLS for one Service port (R161 to R163). */
export interface RuleTls {
  /** The block that the cluster is built from; undefined leaves auto mTLS to decide (R145). */
  readonly block: TlsBlock | undefined;
  /** The block that endpoints are offered by, which does not follow a port entry without tls (R166). */
  readonly endpointBlock: TlsBlock | undefined;
  /** PASSTHROUGH decides for the port: the client's proxy keeps the address that it was given (R172). */
  readonly keepsAddress: FieldRef | undefined;
  /** PASSTHROUGH stands where auto mTLS looks for it, and so it asks all endpoints: not in an entry for a port (R172). */
  readonly asksEndpoints: FieldRef | undefined;
  readonly rule: FieldRef;
}

const POLICY = 'spec.trafficPolicy';

/** The TLS settings of a rule for a Service port, and for a subset of it if a route chose one (R164). */
export function ruleTls(rule: MergedRule, port: number, subset: string | undefined): RuleTls {
  const selectsClients = rule.selector !== undefined;
  const at = (tls: ClientTlsSettings | undefined, path: string): TlsBlock | undefined =>
    tls === undefined
      ? undefined
      : {
          tls,
          field: tls.from ?? { object: refOf(rule.policyFrom), field: `${path}.tls.mode` },
          selectsClients,
        };
  const host = policyForPort(rule.trafficPolicy, port, POLICY);
  const hostLevel = at(rule.trafficPolicy?.tls, POLICY);
  const balancer = (is: boolean | undefined, from: Rule, path: string): FieldRef | undefined =>
    is === true ? { object: refOf(from), field: `${path}.loadBalancer.simple` } : undefined;
  const base: RuleTls = {
    block: at(host.tls, host.path),
    endpointBlock: at(host.tls, host.path) ?? hostLevel,
    keepsAddress: balancer(host.passthrough, rule.policyFrom, host.path),
    asksEndpoints: balancer(rule.trafficPolicy?.passthrough, rule.policyFrom, POLICY),
    rule: { object: refOf(rule.policyFrom), field: isGenerated(rule) ? 'spec.targetRefs' : POLICY },
  };
  const chosen = rule.subsets.findIndex((candidate) => candidate.subset.name === subset);
  const found = rule.subsets[chosen];
  if (found === undefined) return base;
  const policy = found.subset.trafficPolicy;
  // The cluster of a subset asks by what the subset says alone, and says nothing for one without a policy.
  if (policy === undefined) return { ...base, asksEndpoints: undefined };
  const index = found.from.subsets.indexOf(found.subset);
  const path = `spec.subsets[${index}].trafficPolicy`;
  const field = { object: refOf(found.from), field: path };
  const inSubset = policyForPort(policy, port, path);
  const own = inSubset.tls === undefined ? undefined : at(inSubset.tls, inSubset.path);
  // A matching port entry inside the subset replaces everything again, its missing tls too (R163).
  const block = inSubset.isPortEntry ? own : (own ?? base.block);
  const asksEndpoints = balancer(policy.passthrough, found.from, path);
  // A load balancer of the whole subset counts even where an entry for the port leaves it out (R172).
  const keepsAddress =
    balancer(inSubset.passthrough, found.from, inSubset.path) ?? asksEndpoints ?? base.keepsAddress;
  const endpointBlock = own ?? at(policy.tls, path) ?? base.endpointBlock;
  return { block, endpointBlock, keepsAddress, asksEndpoints, rule: field };
}

interface PolicyAtPort {
  readonly tls: ClientTlsSettings | undefined;
  readonly passthrough: boolean;
  readonly path: string;
  readonly isPortEntry: boolean;
}

/** An entry for the port replaces the host-level policy entirely, its missing tls included (R162). */
function policyForPort(
  policy: TrafficPolicy | undefined,
  port: number,
  path: string,
): PolicyAtPort {
  const index = policy?.ports.findIndex((entry) => entry.port === port) ?? -1;
  const entry = policy?.ports[index];
  if (entry !== undefined) {
    const { tls, passthrough } = entry;
    return { tls, passthrough, path: `${path}.portLevelSettings[${index}]`, isPortEntry: true };
  }
  return {
    tls: policy?.tls,
    passthrough: policy?.passthrough ?? false,
    path,
    isPortEntry: false,
  };
}

function refOf({ kind, namespace, name }: Rule): ObjectRef {
  return { kind, namespace, name };
}

/** Made of backend policies, which have no traffic policy to point at (R160). */
function isGenerated({ policyFrom }: MergedRule): boolean {
  return policyFrom.kind !== 'DestinationRule';
}
