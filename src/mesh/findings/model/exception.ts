import { planEnforcement } from '../../change/enforce.ts';
import { refKey } from '../../model/reference.ts';
import { objectsIn, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Desired } from '../../change/change.ts';
import type { Fix, FixStep } from './finding.ts';

/**
 * The narrowest exception from STRICT: one port of one workload takes plaintext as well, and the other ports keep their
 * mode. Undefined where no policy can say so.
 */
export function exceptionFix(mesh: Mesh, workload: Workload, port: number): Fix | undefined {
  const target = { scope: 'port', workload: workload.ref, port } as const;
  const plan = planEnforcement(mesh, target, 'PERMISSIVE');
  if (plan.kind !== 'plan') return undefined;
  const [first, ...rest] = plan.desired.flatMap((desired) => stepOf(mesh, desired, port) ?? []);
  if (first === undefined) return undefined;
  return {
    title: `Let port ${port} of ${workload.name} take plaintext as well`,
    steps: [first, ...rest],
    safe: false,
  };
}

/** A policy that is there gets one more port; else there is one policy more. */
function stepOf(mesh: Mesh, { ref, after }: Desired, port: number): FixStep | undefined {
  if (after === undefined) return undefined;
  const known = [...objectsIn(mesh, ref.namespace).peerAuthentications.values()];
  const isThere = known.some((policy) => refKey(policy) === refKey(ref));
  if (!isThere) return { kind: 'add-object', manifest: after };
  const path = ['spec', 'portLevelMtls', String(port), 'mode'];
  return { kind: 'set', object: ref, path, value: 'PERMISSIVE' };
}
