import { CONTROLLERS } from '../../known/missing.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import { listed } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { isListenedAt, mistakenPort } from './listening.ts';
import { selectedBy, selectsWorkloads } from './selection.ts';

/** A setting for a port that nobody listens at changes nothing that anyone calls (R17). */
export const unusedPortKey: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0131',
  name: 'setting of a port that nothing declares',
  severity: 'warning',
  law: 'A key of portLevelMtls is a port that a container declares or a Service leads to.',
  source: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  needs: { own: [...CONTROLLERS, 'Pod', 'Service'] },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    if (!selectsWorkloads(mesh, policy)) return [];
    const selected = selectedBy(mesh, policy);
    if (!selected.every(declaresPorts)) return [];
    return policy.portLevelMtls
      .filter(({ port }) => isUnused(mesh, selected, port))
      .map(({ port }) => ({
        path: ['spec', 'portLevelMtls', String(port)],
        message: `${sentence(selected, port)}.`,
      }));
  },
};

/** Containers need not declare their ports: of those that declare none, nobody knows where they listen. */
function declaresPorts({ ports }: Workload): boolean {
  return ports.length > 0;
}

/** Service ports that are taken for workload ports have a finding of their own. */
function isUnused(mesh: Mesh, selected: readonly Workload[], port: number): boolean {
  return (
    selected.length > 0 &&
    selected.every(
      (workload) =>
        !isListenedAt(mesh, workload, port) && mistakenPort(mesh, workload, port) === undefined,
    )
  );
}

function sentence(selected: readonly Workload[], port: number): string {
  const names = listed(
    selected.map(({ name }) => name),
    3,
  );
  const declared = [...new Set(selected.flatMap(({ ports }) => ports.map((one) => one.port)))];
  const known = listed(declared.sort((left, right) => left - right).map(String), 5);
  return `No container of ${names} declares port ${port}, and no Service leads to it: ${known} ${declared.length === 1 ? 'is' : 'are'} declared`;
}
