import { CONTROLLERS } from '../../known/missing.ts';
import type { Service, ServicePort } from '../../model/objects.ts';
import { protocolOf } from '../../model/protocol.ts';
import { workloadsBehind, type Mesh } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Remark } from '../model/finding.ts';

/** Istio has to guess the protocol of a port that does not name it (R43). */
export const portWithoutProtocol: Analyzer<'Service'> = {
  code: 'MTLS0701',
  name: 'Service port that does not name its protocol',
  severity: 'information',
  law: 'Istio reads the protocol of a port from appProtocol, or from its name up to the first hyphen; without one it looks at the first bytes.',
  source: 'https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/',
  istio: ['IST0118'],
  kiali: ['KIA0601', 'KIA0602'],
  needs: { own: [...CONTROLLERS, 'Pod'] },
  about: ['Service'],
  analyze: (mesh, service) =>
    isMeshed(mesh, service)
      ? service.ports.flatMap((port, index) =>
          port.protocol === 'TCP' && isUndeclared(port) ? [remark(port, index)] : [],
        )
      : [],
};

/** Only sidecars look at protocols. */
function isMeshed(mesh: Mesh, service: Service): boolean {
  return workloadsBehind(mesh, service).some(({ dataPlane }) => dataPlane === 'sidecar');
}

function isUndeclared(port: ServicePort): boolean {
  return protocolOf(port).class === 'AUTO';
}

function remark({ port, name, appProtocol }: ServicePort, index: number): Remark {
  const path = ['spec', 'ports', index];
  if (appProtocol !== undefined) {
    const message = `Istio does not know appProtocol ${appProtocol} and looks at the first bytes on port ${port} to tell the protocol.`;
    return { path: [...path, 'appProtocol'], message };
  }
  const message = `Port ${port} does not name its protocol, so that Istio looks at the first bytes to tell it.`;
  return { path: [...path, name === '' ? 'port' : 'name'], message };
}
