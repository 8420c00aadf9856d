import { findDestinationRule } from '../../client/destinationRule.ts';
import { CONTROLLERS } from '../../known/missing.ts';
import { missingMeshConfig } from '../../known/missingModes.ts';
import type { PeerAuthentication, Service } from '../../model/objects.ts';
import { sameRef } from '../../model/reference.ts';
import { policyRef } from '../../policy/peerAuthentication.ts';
import { workloadMtls } from '../../server/workloadMtls.ts';
import { fqdnOf } from '../../snapshot/host.ts';
import {
  allWorkloads,
  revisionOf,
  servicesSelecting,
  workloadsIn,
  type Mesh,
} from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import { listed } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** With auto mutual TLS off clients send plaintext unless a rule says otherwise (R145), and STRICT refuses it. */
export const strictWithoutAutoMtls: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0114',
  name: 'STRICT while no client sends mutual TLS',
  severity: 'error',
  law: 'With enableAutoMtls off clients send mutual TLS only to hosts for which a DestinationRule says ISTIO_MUTUAL.',
  source: 'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig',
  kiali: ['KIA0401', 'KIA0501'],
  needs: { modes: true, own: [...CONTROLLERS], everywhere: ['DestinationRule', 'Service'] },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    if (policy.mode !== 'STRICT' || missingMeshConfig(mesh).length > 0) return [];
    if (revisionOf(mesh, undefined).config.enableAutoMtls) return [];
    const hosts = new Set<string>();
    for (const workload of governedBy(mesh, policy)) {
      for (const service of servicesSelecting(mesh, workload)) {
        if (!isSentMutualTls(mesh, service)) hosts.add(`${service.name}.${service.namespace}`);
      }
    }
    if (hosts.size === 0) return [];
    const message = `Clients are refused at ${listed([...hosts], 3)}: auto mutual TLS is off, and no DestinationRule makes them send mutual TLS there.`;
    return [{ path: ['spec', 'mtls', 'mode'], message }];
  },
};

function* governedBy(mesh: Mesh, policy: PeerAuthentication): Iterable<Workload> {
  const inRoot = policy.namespace === mesh.rootNamespace;
  const all = inRoot ? allWorkloads(mesh) : workloadsIn(mesh, policy.namespace);
  for (const workload of all) {
    const { from, mode, enforcement, dataPlane } = workloadMtls(mesh, workload);
    if (mode !== 'STRICT' || enforcement.kind !== 'enforced' || dataPlane !== 'sidecar') continue;
    if (from.kind === 'policy' && sameRef(from.field.object, policyRef(policy))) yield workload;
  }
}

/** Judged for a client of the Service's own namespace, which finds what every client finds there or in the root. */
function isSentMutualTls(mesh: Mesh, service: Service): boolean {
  const { rule } = findDestinationRule(mesh, {
    clientNamespace: service.namespace,
    clientLabels: {},
    revision: revisionOf(mesh, undefined),
    host: fqdnOf(service),
    serviceNamespace: service.namespace,
  });
  const { tls, ports = [] } = rule?.trafficPolicy ?? {};
  return tls?.mode === 'ISTIO_MUTUAL' || ports.some((one) => one.tls?.mode === 'ISTIO_MUTUAL');
}
