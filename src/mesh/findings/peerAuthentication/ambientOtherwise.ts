import type { PeerAuthentication } from '../../model/objects.ts';
import type { MutualTlsMode } from '../../model/mode.ts';
import { composePortMode, policyRef } from '../../policy/peerAuthentication.ts';
import { governedPods } from '../../policy/serverMode.ts';
import { ambientPort } from '../../server/ambient.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Fix, Remark } from '../model/finding.ts';
import { selectedBy, selectsWorkloads } from './selection.ts';

/** What istiod makes of some policies for ztunnel is not what it makes of them for sidecars (R94, R95, R96). */
export const ambientOtherwise: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0135',
  name: 'port setting that ambient mode reads otherwise',
  severity: 'warning',
  law: 'In ambient mode the setting of a port holds only where the policy says the mode of the other ports, and makes its exceptions with PERMISSIVE.',
  source:
    'https://github.com/istio/istio/blob/master/pilot/pkg/serviceregistry/kube/controller/ambient/authorization.go',
  needs: { modes: true },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    if (!selectsWorkloads(mesh, policy)) return [];
    const ambient = selectedBy(mesh, policy).filter(({ dataPlane }) => dataPlane === 'ambient');
    return policy.portLevelMtls.flatMap(({ port }) => {
      const other = ambient.flatMap((workload) => otherwise(mesh, policy, { workload, port }))[0];
      return other === undefined ? [] : [remark(policy, other)];
    });
  },
};

interface Otherwise {
  readonly workload: Workload;
  readonly port: number;
  /** What the policies say. */
  readonly mode: MutualTlsMode;
  /** What ztunnel does. */
  readonly denies: boolean;
}

function otherwise(
  mesh: Mesh,
  policy: PeerAuthentication,
  { workload, port }: Pick<Otherwise, 'workload' | 'port'>,
): readonly Otherwise[] {
  return governedPods(mesh, workload).flatMap(({ governing }) => {
    if (governing.workload !== policy) return [];
    const { deniesPlaintext: denies } = ambientPort(governing, port);
    const { mode } = composePortMode(governing, port);
    return denies === (mode === 'STRICT') ? [] : [{ workload, port, mode, denies }];
  });
}

function remark(policy: PeerAuthentication, { workload, port, mode, denies }: Otherwise): Remark {
  const does = denies ? 'refuses plaintext there' : 'lets plaintext in there';
  const fix = denies ? sayPermissive(policy, port) : sayWhole(policy);
  return {
    path: ['spec', 'portLevelMtls', String(port), 'mode'],
    message: `The policies say ${mode} for port ${port} of ${workload.name}, but ztunnel ${does}.`,
    ...(fix && { fix }),
  };
}

/** An exception that says PERMISSIVE is understood. */
function sayPermissive(policy: PeerAuthentication, port: number): Fix {
  const path = ['spec', 'portLevelMtls', String(port), 'mode'];
  return {
    title: 'Say PERMISSIVE, which ztunnel takes as an exception',
    steps: [{ kind: 'set', object: policyRef(policy), path, value: 'PERMISSIVE' }],
    safe: false,
  };
}

/** A policy that says the mode of all its ports leaves nothing to its parents. */
function sayWhole(policy: PeerAuthentication): Fix | undefined {
  if (policy.mode !== 'UNSET') return undefined;
  return {
    title: 'Say STRICT for the other ports',
    steps: [
      { kind: 'set', object: policyRef(policy), path: ['spec', 'mtls', 'mode'], value: 'STRICT' },
    ],
    safe: false,
  };
}
