import type { Sidecar } from '../../model/objects.ts';
import { effectiveMode } from '../../policy/serverMode.ts';
import { workloadsIn, workloadsWithLabels, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** A Sidecar ends TLS of its own only where the mesh's own is turned off (R47). */
export const idleIngressTls: Analyzer<'Sidecar'> = {
  code: 'MTLS0452',
  name: 'tls of a Sidecar that is not used',
  severity: 'warning',
  law: 'The tls of an ingress listener in a Sidecar counts only at a port whose mode is DISABLE.',
  source: 'https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioIngressListener',
  needs: { modes: true },
  about: ['Sidecar'],
  analyze: (mesh, sidecar) =>
    (sidecar.ingress ?? []).flatMap(({ port, tlsMode }, index) => {
      if (tlsMode === undefined) return [];
      const other = governed(mesh, sidecar)
        .map((workload) => ({ workload, mode: effectiveMode(mesh, workload, port).mode }))
        .find(({ mode }) => mode !== 'DISABLE');
      if (other === undefined) return [];
      return [
        {
          path: ['spec', 'ingress', index, 'tls'],
          message: `This tls is not used: the mode of port ${port} of ${other.workload.name} is ${other.mode}, and it counts with DISABLE only.`,
        },
      ];
    }),
};

function governed(mesh: Mesh, { namespace, workloadSelector }: Sidecar): readonly Workload[] {
  const all =
    workloadSelector === undefined
      ? workloadsIn(mesh, namespace)
      : workloadsWithLabels(mesh, namespace, workloadSelector);
  return all.filter(({ dataPlane }) => dataPlane === 'sidecar');
}
