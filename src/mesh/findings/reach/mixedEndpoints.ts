import { CONTROLLERS } from '../../known/missing.ts';
import type { Service } from '../../model/objects.ts';
import { workloadMtls } from '../../server/workloadMtls.ts';
import { workloadsBehind, type Mesh } from '../../snapshot/mesh.ts';
import { targetPortsOf } from '../../snapshot/targetPort.ts';
import type { Variant, Workload } from '../../snapshot/workload.ts';
import { counted, listed } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';

/** One Service in front of pods with a proxy and pods without one: what a caller meets depends on chance (R149, R172). */
export const mixedEndpoints: Analyzer<'Service'> = {
  code: 'MTLS0301',
  name: 'Service with and without proxies behind it',
  severity: 'warning',
  law: 'A Service leads to pods that all have a proxy, or to pods that all have none; to a headless Service with both kinds clients of the mesh send plaintext.',
  source:
    'https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/#auto-mtls',
  needs: { own: [...CONTROLLERS, 'Pod', 'WorkloadEntry'], modes: true },
  about: ['Service'],
  analyze: (mesh, service) => {
    const behind = workloadsBehind(mesh, service).filter(({ isAtRest }) => !isAtRest);
    const bare = behind.filter((workload) => has(workload, isBare));
    const strict = behind.filter((workload) => isStrict(mesh, workload, service));
    const meshed = behind.some((workload) => has(workload, (variant) => !isBare(variant)));
    if (bare.length === 0 || !meshed) return [];
    if (!service.headless && strict.length === 0) return [];
    return [
      {
        path: ['spec', 'selector'],
        message: service.headless ? headlessSentence(bare) : strictSentence(bare, strict),
      },
    ];
  },
};

function has({ variants }: Workload, test: (variant: Variant) => boolean): boolean {
  return variants.some(test);
}

function isBare({ dataPlane }: Variant): boolean {
  return dataPlane === 'none';
}

/** Whether pods with a proxy refuse plaintext at a port that the Service leads to. */
function isStrict(mesh: Mesh, workload: Workload, service: Service): boolean {
  const targets = new Set(workload.variants.flatMap(({ shape }) => targetPortsOf(service, shape)));
  return (
    has(workload, (variant) => !isBare(variant)) &&
    workloadMtls(mesh, workload).ports.some(
      ({ port, mode }) => mode === 'STRICT' && targets.has(port),
    )
  );
}

function names(workloads: readonly Workload[]): string {
  return listed(
    workloads.map(({ name }) => name),
    3,
  );
}

function headlessSentence(bare: readonly Workload[]): string {
  return `Clients of the mesh send plaintext to all pods of this headless Service, because pods of ${names(bare)} have no proxy.`;
}

function strictSentence(bare: readonly Workload[], strict: readonly Workload[]): string {
  return `What a caller meets depends on the pod: those of ${names(bare)} have no proxy and take no mutual TLS, and ${counted(strict.length, 'workload')}, ${names(strict)}, refuse plaintext.`;
}
