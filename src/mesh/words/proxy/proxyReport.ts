import { compareProxy, type ProxyComparison } from '../../proxy/compareProxy.ts';
import { driftCauses, type DriftCause, type EnvoyFilter } from '../../proxy/driftCause.ts';
import { proxyFindings, type ProxyFinding } from '../../proxy/proxyFindings.ts';
import type { ProxyPlace } from '../../proxy/proxyPlace.ts';
import type { ProxyOwner } from '../../proxy/predictedProxy.ts';
import type { Part, ProxyState } from '../../proxy/proxyState.ts';
import { tlsChecks, type TlsCheck } from '../../proxy/tlsCheck.ts';
import type { Mesh } from '../../snapshot/mesh.ts';

/** Everything that is said about one running proxy. */
export interface ProxyReport {
  readonly place: ProxyPlace;
  readonly owner: ProxyOwner;
  readonly state: ProxyState;
  readonly comparison: ProxyComparison;
  readonly causes: readonly DriftCause[];
  readonly checks: readonly TlsCheck[];
  readonly findings: readonly ProxyFinding[];
}

/** A proxy that was read. */
export interface ProxyWasRead {
  readonly place: ProxyPlace;
  readonly owner: ProxyOwner;
  readonly state: ProxyState;
  readonly envoyFilters: Part<readonly EnvoyFilter[]>;
  /** When, in milliseconds since 1970. */
  readonly now: number;
}

/** What a running proxy has, beside what the objects of the mesh say that it should have. */
export function proxyReport(
  mesh: Mesh,
  { place, owner, state, envoyFilters, now }: ProxyWasRead,
): ProxyReport {
  const comparison = compareProxy(mesh, owner, state);
  return {
    place,
    owner,
    state,
    comparison,
    causes: driftCauses(mesh, owner, { state, comparison, envoyFilters }),
    checks: tlsChecks(mesh, owner, comparison.clusters),
    findings: proxyFindings(mesh, owner, { state, now }),
  };
}
