import type { MutualTlsMode } from '../model/mode.ts';
import { isWhole, refOf, type LegacyPolicy, type LegacyRef } from '../decode/legacyPolicy.ts';

/** A service port as legacy policies were looked up for it. */
export interface LegacyQuestion {
  readonly namespace: string;
  readonly service: string;
  readonly port: { readonly number: number; readonly name: string };
  readonly istio: '1.4' | '1.5';
  /** Any PeerAuthentication, even of the whole mesh, applies to the workload. */
  readonly peerAuthenticationApplies?: boolean;
}

/** What Istio 1.4 and 1.5 did with a port. */
export interface LegacyMode {
  readonly mode: MutualTlsMode;
  /** Absent for the built-in default. */
  readonly from?: LegacyRef;
}

/**
 * The mode that legacy policies give a Service port: the most specific policy replaces all wider ones
 * (R201), a target with a port goes before one without (R202). Undefined where PeerAuthentications
 * decide instead: from 1.5 on, as soon as one applies (R206).
 */
export function legacyMode(
  policies: readonly LegacyPolicy[],
  question: LegacyQuestion,
): LegacyMode | undefined {
  if (question.istio === '1.5' && question.peerAuthenticationApplies === true) return undefined;
  const own = policies.filter(
    ({ kind, namespace }) => kind === 'Policy' && namespace === question.namespace,
  );
  const found =
    own.find((policy) => targets(policy, question, 'port')) ??
    own.find((policy) => targets(policy, question, 'service')) ??
    own.find(isWhole) ??
    policies.find((policy) => policy.kind === 'MeshPolicy' && isWhole(policy));
  // Without any policy 1.4 took plaintext only, 1.5 both (R205).
  if (found === undefined) return { mode: question.istio === '1.4' ? 'DISABLE' : 'PERMISSIVE' };
  return { mode: found.mode, from: refOf(found) };
}

function targets(
  { targets: list }: LegacyPolicy,
  { service, port }: LegacyQuestion,
  by: 'port' | 'service',
): boolean {
  return list.some((target) => {
    if (target.service !== service) return false;
    if (by === 'service') return target.ports.length === 0;
    return target.ports.some((named) => named === port.number || named === port.name);
  });
}
