import type { PeerAuthentication } from '../../model/objects.ts';
import { policyRef } from '../../policy/peerAuthentication.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Fix, Remark } from '../model/finding.ts';
import { isListenedAt, mistakenPort, type MistakenPort } from './listening.ts';
import { selectedBy, selectsWorkloads } from './selection.ts';

/** The usual slip: the number of the Service port, where the number of the workload port is meant (R17). */
export const servicePortKey: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0130',
  name: 'Service port in place of the workload port',
  severity: 'error',
  law: 'A key of portLevelMtls is a port that the pods listen at, not a port of the Service in front of them.',
  source: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  needs: { own: ['Service'] },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    if (!selectsWorkloads(mesh, policy)) return [];
    return policy.portLevelMtls.flatMap(({ port }) => {
      const mistaken = mistakenBy(mesh, policy, port);
      return mistaken === undefined ? [] : [remark(policy, port, mistaken)];
    });
  },
};

/** A port that some selected workload does listen at is meant as it stands. */
function mistakenBy(
  mesh: Mesh,
  policy: PeerAuthentication,
  port: number,
): MistakenPort | undefined {
  const selected = selectedBy(mesh, policy);
  if (selected.some((workload) => isListenedAt(mesh, workload, port))) return undefined;
  return selected.flatMap((workload) => mistakenPort(mesh, workload, port) ?? [])[0];
}

function remark(
  policy: PeerAuthentication,
  port: number,
  { service, target }: MistakenPort,
): Remark {
  const { kind, namespace, name } = service;
  const position = service.ports.findIndex((one) => one.port === port);
  const fix = renameKey(policy, port, target);
  return {
    path: keyPath(port),
    message: `Port ${port} is a port of Service ${name}, and the pods listen at ${target}: this setting has no effect on what the Service leads to.`,
    related: [
      {
        object: { kind, namespace, name },
        path: ['spec', 'ports', position],
        message: `Port ${port} leads to port ${target} of the pods.`,
      },
    ],
    ...(fix && { fix }),
  };
}

/** None where the right port has a setting of its own. */
function renameKey(policy: PeerAuthentication, port: number, target: number): Fix | undefined {
  if (policy.portLevelMtls.some((one) => one.port === target)) return undefined;
  return {
    title: `Change Service port ${port} to workload port ${target}`,
    steps: [{ kind: 'rename', object: policyRef(policy), path: keyPath(port), to: String(target) }],
    safe: false,
  };
}

function keyPath(port: number): readonly string[] {
  return ['spec', 'portLevelMtls', String(port)];
}
