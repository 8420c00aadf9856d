import type { ClientTlsSettings, TrafficPolicy } from '../model/trafficPolicy.ts';
import type { FieldRef, ObjectRef } from '../model/reference.ts';
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
  /** The load balancer is PASSTHROUGH (R172). */
  readonly passthrough: boolean;
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
          field: tls.from ?? { object: refOf(rule), field: `${path}.tls.mode` },
          selectsClients,
        };
  const host = policyForPort(rule.trafficPolicy, port, POLICY);
  const hostLevel = at(rule.trafficPolicy?.tls, POLICY);
  const base: RuleTls = {
    block: at(host.tls, host.path),
    endpointBlock: at(host.tls, host.path) ?? hostLevel,
    passthrough: host.passthrough,
    rule: { object: refOf(rule), field: isGenerated(rule) ? 'spec.targetRefs' : POLICY },
  };
  const chosen = rule.subsets.findIndex((candidate) => candidate.subset.name === subset);
  const found = rule.subsets[chosen];
  if (subset === undefined || found?.subset.trafficPolicy === undefined) return base;
  const policy = found.subset.trafficPolicy;
  const index = found.from.subsets.indexOf(found.subset);
  const path = `spec.subsets[${index}].trafficPolicy`;
  const field = { object: { ...refOf(rule), name: found.from.name }, field: path };
  const inSubset = policyForPort(policy, port, path);
  const own = inSubset.tls === undefined ? undefined : at(inSubset.tls, inSubset.path);
  // A matching port entry inside the subset replaces everything again, its missing tls too (R163).
  const block = inSubset.isPortEntry ? own : (own ?? base.block);
  // A load balancer of the whole subset counts even where an entry for the port leaves it out (R172).
  const passthrough = base.passthrough || policy.passthrough || inSubset.passthrough;
  const endpointBlock = own ?? at(policy.tls, path) ?? base.endpointBlock;
  return { block, endpointBlock, passthrough, rule: field };
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

function refOf(rule: MergedRule): ObjectRef {
  const { kind, namespace, name } = rule.policyFrom;
  return { kind, namespace, name };
}

/** Made of backend policies, which have no traffic policy to point at (R160). */
function isGenerated({ policyFrom }: MergedRule): boolean {
  return policyFrom.kind !== 'DestinationRule';
}
