import type { PeerAuthentication } from '../model/objects.ts';
import type { PolicyMode } from './mode.ts';
import type { Governing } from './peerAuthentication.ts';

/** What ztunnel does with plaintext at one port of a pod (R86, R87). */
export interface AmbientPort {
  readonly deniesPlaintext: boolean;
  /** The rule that was read in Istio's code but that no test of Istio asserts (R94 to R96). */
  readonly quirk?: 'R94' | 'R95' | 'R96';
}

const OPEN: AmbientPort = Object.freeze({ deniesPlaintext: false });
const CLOSED: AmbientPort = Object.freeze({ deniesPlaintext: true });

/**
 * Whether ztunnel denies plaintext at a workload port: PeerAuthentication as istiod converts it for
 * ambient, which differs from its composition for sidecars in a few constellations (R88 to R96).
 */
export function ambientPort(governing: Governing, port: number): AmbientPort {
  const parentStrict = isParentStrict(governing);
  const policy = governing.workload;
  if (policy === undefined) return parentStrict ? CLOSED : OPEN;
  switch (policy.mode) {
    case 'STRICT':
      return isExempt(modeAt(policy, port)) ? OPEN : CLOSED;
    case 'PERMISSIVE':
    case 'DISABLE':
      return openExceptStrictPorts(policy, port, governing);
    case 'UNSET':
      return parentStrict
        ? strictExceptPorts(policy, port, governing)
        : openExceptStrictPorts(policy, port, undefined);
  }
}

/** Namespace policy if it sets a mode, else mesh policy: the "parents" of R90. */
function isParentStrict(governing: Governing): boolean {
  const { namespace } = governing;
  if (namespace !== undefined && namespace.mode !== 'UNSET') return namespace.mode === 'STRICT';
  return meshMode(governing) === 'STRICT';
}

/** A mesh policy with any selector is not seen by ambient workloads of other namespaces (R92). */
function meshMode({ mesh, inRoot }: Governing): PolicyMode {
  if (mesh === undefined || (mesh.selector !== undefined && !inRoot)) return 'UNSET';
  return mesh.mode;
}

function modeAt(policy: PeerAuthentication, port: number): PolicyMode {
  return policy.portLevelMtls.find((entry) => entry.port === port)?.mode ?? 'UNSET';
}

function isExempt(mode: PolicyMode): boolean {
  return mode === 'PERMISSIVE' || mode === 'DISABLE'; // one and the same to ztunnel (R88)
}

/** `strictMesh` is given where the conversion may be lost: a strict mesh without a set namespace mode (R95). */
function openExceptStrictPorts(
  policy: PeerAuthentication,
  port: number,
  strictMesh: Governing | undefined,
): AmbientPort {
  if (modeAt(policy, port) !== 'STRICT') return OPEN;
  const namespaceMode = strictMesh?.namespace?.mode ?? 'UNSET';
  const lost = strictMesh !== undefined && meshMode(strictMesh) === 'STRICT';
  return lost && namespaceMode === 'UNSET' ? { deniesPlaintext: false, quirk: 'R95' } : CLOSED;
}

function strictExceptPorts(
  policy: PeerAuthentication,
  port: number,
  governing: Governing,
): AmbientPort {
  const exempts = policy.portLevelMtls.some((entry) => entry.mode === 'PERMISSIVE');
  if (!exempts) {
    return modeAt(policy, port) === 'DISABLE' ? { deniesPlaintext: true, quirk: 'R94' } : CLOSED;
  }
  if (governing.namespace?.mode === 'UNSET') return { deniesPlaintext: false, quirk: 'R96' };
  return isExempt(modeAt(policy, port)) ? OPEN : CLOSED;
}
