import { connect } from '../../connection/connection.ts';
import { fqdnOf } from '../../snapshot/host.ts';
import { destinationRuleFor } from '../../change/scaffold.ts';
import { sameRef } from '../../model/reference.ts';
import type { Service } from '../../model/objects.ts';
import { isPortCaptured } from '../../server/capture.ts';
import { revisionOf, servicesSelecting, type Mesh } from '../../snapshot/mesh.ts';
import { targetPortOf } from '../../snapshot/targetPort.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Remark } from '../model/finding.ts';
import { meshedClient } from '../model/meshedClient.ts';
import { templatePath } from '../model/templatePath.ts';

const EXCLUDE = 'traffic.sidecar.istio.io/excludeInboundPorts';

/** Clients go by the pod, not by its ports: they send mutual TLS to a port that the sidecar does not see (R54, R57). */
export const excludedPort: Analyzer<'Workload'> = {
  code: 'MTLS0302',
  name: 'port that clients send mutual TLS to and the sidecar does not see',
  severity: 'error',
  law: 'A port that is excluded from a sidecar takes what arrives as it is: no mode is enforced there, and mutual TLS that clients send is not understood.',
  source: 'https://istio.io/latest/docs/reference/config/annotations/',
  needs: { own: ['Service', 'Pod'], modes: true },
  about: ['Workload'],
  analyze: (mesh, workload) => {
    const client = workload.dataPlane === 'sidecar' ? meshedClient(mesh, workload) : undefined;
    if (client === undefined) return [];
    return excludedPorts(mesh, workload).flatMap(({ service, port, target }): readonly Remark[] => {
      const met = connect(mesh, client, { host: fqdnOf(service), port });
      const fails = met.some(
        ({ outcome, workload: called }) =>
          outcome.kind === 'refused' &&
          outcome.symptom === 'protocol-mismatch' &&
          called !== undefined &&
          sameRef(called, workload.ref),
      );
      return fails ? [remark(workload, service, { port, target })] : [];
    });
  },
};

interface Excluded {
  readonly service: Service;
  readonly port: number;
  readonly target: number;
}

function excludedPorts(mesh: Mesh, workload: Workload): readonly Excluded[] {
  const [{ shape, revision }] = workload.variants;
  const { proxy } = revisionOf(mesh, revision);
  return servicesSelecting(mesh, workload).flatMap((service) =>
    service.ports.flatMap((one) => {
      const target = one.protocol === 'TCP' ? targetPortOf(one, shape) : undefined;
      if (target === undefined || isPortCaptured(shape, target, proxy)) return [];
      return [{ service, port: one.port, target }];
    }),
  );
}

function remark(
  { ref, name, variants }: Workload,
  service: Service,
  { port, target }: Omit<Excluded, 'service'>,
): Remark {
  const isWritten = variants[0].shape.annotations[EXCLUDE] !== undefined;
  const { kind, namespace, name: called } = service;
  return {
    path: isWritten ? templatePath(ref, 'metadata', 'annotations', EXCLUDE) : [],
    message: `The sidecar of ${name} does not see port ${target}: clients of the mesh that call Service ${called} send mutual TLS there, and the application cannot read it.`,
    related: [
      {
        object: { kind, namespace, name: called },
        path: ['spec', 'ports'],
        message: `Port ${port} leads to port ${target}.`,
      },
    ],
    fix: {
      title: `Let clients send plaintext to port ${port} of ${called}`,
      steps: [
        {
          kind: 'add-object',
          manifest: destinationRuleFor({ namespace, service: called, port }, 'DISABLE'),
        },
      ],
      safe: false,
    },
  };
}
