import type { PeerAuthentication } from '../../model/objects.ts';
import { sameRef } from '../../model/reference.ts';
import { policyRef } from '../../policy/peerAuthentication.ts';
import { allWorkloads, workloadsIn, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import { workloadMtls } from '../../server/workloadMtls.ts';
import { listed } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { FieldPath, Remark } from '../model/finding.ts';

/** ztunnel takes mutual TLS and plaintext where a policy says DISABLE (R88). */
export const disableInAmbient: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0134',
  name: 'DISABLE for ambient workloads',
  severity: 'warning',
  law: 'In ambient mode DISABLE has no effect of its own: it is taken as PERMISSIVE.',
  source: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  needs: { modes: true },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    if (!disablesAnything(policy)) return [];
    const ambient = candidates(mesh, policy).filter(({ dataPlane }) => dataPlane === 'ambient');
    return placesOf(policy).flatMap(({ path, port }) => {
      const governed = ambient.filter((workload) => decides(mesh, policy, { workload, port }));
      return governed.length === 0 ? [] : [remark(policy, path, governed)];
    });
  },
};

function disablesAnything({ mode, portLevelMtls }: PeerAuthentication): boolean {
  return mode === 'DISABLE' || portLevelMtls.some((port) => port.mode === 'DISABLE');
}

function candidates(mesh: Mesh, { namespace }: PeerAuthentication): readonly Workload[] {
  return namespace === mesh.rootNamespace ? [...allWorkloads(mesh)] : workloadsIn(mesh, namespace);
}

interface Place {
  readonly path: FieldPath;
  /** Undefined for the mode of the policy as a whole. */
  readonly port: number | undefined;
}

function placesOf({ mode, portLevelMtls }: PeerAuthentication): readonly Place[] {
  const whole: Place = { path: ['spec', 'mtls', 'mode'], port: undefined };
  const ports = portLevelMtls
    .filter((one) => one.mode === 'DISABLE')
    .map(({ port }): Place => ({
      path: ['spec', 'portLevelMtls', String(port), 'mode'],
      port,
    }));
  return mode === 'DISABLE' ? [whole, ...ports] : ports;
}

interface Spot {
  readonly workload: Workload;
  readonly port: number | undefined;
}

/** Whether the mode comes from this policy, and plaintext is let in as if it said PERMISSIVE. */
function decides(mesh: Mesh, policy: PeerAuthentication, { workload, port }: Spot): boolean {
  const mtls = workloadMtls(mesh, workload);
  const at = port === undefined ? mtls : mtls.ports.find((one) => one.port === port);
  if (at?.mode !== 'DISABLE' || at.from.kind !== 'policy') return false;
  return at.accepts.length > 1 && sameRef(at.from.field.object, policyRef(policy));
}

function remark(
  policy: PeerAuthentication,
  path: FieldPath,
  governed: readonly Workload[],
): Remark {
  const names = listed(
    governed.map(({ name }) => name),
    3,
  );
  return {
    path,
    message: `DISABLE has no effect on ${names}: ztunnel goes on taking mutual TLS and plaintext, as with PERMISSIVE.`,
    fix: {
      title: 'Say PERMISSIVE, which is what ztunnel does',
      steps: [{ kind: 'set', object: policyRef(policy), path, value: 'PERMISSIVE' }],
      safe: false,
    },
  };
}
