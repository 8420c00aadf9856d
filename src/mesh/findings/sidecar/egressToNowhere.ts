import { resolveHost } from '../../snapshot/host.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { isCluster, knowsServices } from '../model/knownWorld.ts';

/** A host that is imported under a name that nothing has is not imported (R144). */
export const egressToNowhere: Analyzer<'Sidecar'> = {
  code: 'MTLS0464',
  name: 'egress host that nothing defines',
  severity: 'warning',
  law: 'An egress host is NAMESPACE/NAME with the full name of a Service or of a host of a ServiceEntry in that namespace.',
  source: 'https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioEgressListener',
  istio: ['IST0101'],
  kiali: ['KIA1004'],
  needs: { everywhere: ['Service', 'ServiceEntry'] },
  about: ['Sidecar'],
  analyze: (mesh, { namespace, egress = [] }) =>
    egress.flatMap(({ hosts }, listener) =>
      hosts.flatMap((entry, index) => {
        const [, name = ''] = entry.split('/');
        if (name === '' || name.includes('*') || !isAbsent(mesh, name, namespace)) return [];
        const message = `No Service and no ServiceEntry defines ${name}: nothing is imported by this.`;
        return [{ path: ['spec', 'egress', listener, 'hosts', index], message }];
      }),
    ),
};

function isAbsent(mesh: Mesh, name: string, namespace: string): boolean {
  const host = resolveHost(mesh, name, namespace);
  if (host.kind === 'no-service') return knowsServices(mesh, host.namespace);
  return host.kind === 'undefined' && isCluster(mesh);
}
