import { withDesired, type Desired } from '../change/change.ts';
import type { Manifest } from '../model/manifest.ts';
import {
  findWorkload,
  namespacesOf,
  servicesIn,
  workloadsBehind,
  type Mesh,
} from '../snapshot/mesh.ts';
import type { Service, ServicePort } from '../model/objects.ts';
import type { WorkloadRef } from '../model/reference.ts';
import { targetPortOf } from '../snapshot/targetPort.ts';
import type { Workload } from '../snapshot/workload.ts';
import { policiesActingOn } from '../policy/actingPolicies.ts';
import type { MutualTlsMode } from '../model/mode.ts';
import { effectiveMode } from '../policy/serverMode.ts';
import { legacyMode } from './legacyMode.ts';
import type { LegacyPolicy } from '../decode/legacyPolicy.ts';

/** The mode of a workload behind a Service port: as old Istio had it, and as it becomes. */
export interface ConvertedPort {
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number };
  readonly workload: WorkloadRef;
  /** By the legacy policies, and in 1.5 by PeerAuthentications that were there already (R205, R206). */
  readonly before: { readonly '1.4': MutualTlsMode; readonly '1.5': MutualTlsMode };
  /** With the converted policies applied. */
  readonly after: MutualTlsMode;
}

/**
 * Every TCP Service port within the reach of legacy policies, with its modes before and after a
 * conversion: what a conversion is worth is seen here, not in its policies (R201 to R208).
 */
export function convertedPorts(
  mesh: Mesh,
  policies: readonly LegacyPolicy[],
  manifests: readonly Manifest[],
): readonly ConvertedPort[] {
  const after = withDesired(mesh, manifests.map(desiredOf));
  const meshWide = policies.some(({ kind }) => kind === 'MeshPolicy');
  const named = new Set(policies.map(({ namespace }) => namespace));
  return namespacesOf(mesh)
    .filter(({ name }) => meshWide || named.has(name))
    .flatMap(({ name }) => servicesIn(mesh, name))
    .flatMap((service) =>
      service.ports
        .filter(({ protocol }) => protocol === 'TCP')
        .flatMap((port) =>
          workloadsBehind(mesh, service).flatMap((workload) =>
            convertedPort({ before: mesh, after, policies }, { service, port, workload }),
          ),
        ),
    );
}

function desiredOf(manifest: Manifest): Desired {
  const { name, namespace = '' } = manifest.metadata;
  const ref = { kind: 'PeerAuthentication', namespace, name } as const;
  return { ref, apiVersion: manifest.apiVersion, after: manifest };
}

interface Conversion {
  readonly before: Mesh;
  readonly after: Mesh;
  readonly policies: readonly LegacyPolicy[];
}

interface Answering {
  readonly service: Service;
  readonly port: ServicePort;
  readonly workload: Workload;
}

/** Nothing where the pods do not say which port the Service's port name means. */
function convertedPort(
  { before, after, policies }: Conversion,
  { service, port, workload }: Answering,
): readonly ConvertedPort[] {
  const target = targetPortOf(port, workload.variants[0].shape);
  const converted = findWorkload(after, workload.ref);
  if (target === undefined || converted === undefined) return [];
  const { namespace, name } = service;
  const question = {
    namespace,
    service: name,
    port: { number: port.port, name: port.name },
    peerAuthenticationApplies: policiesActingOn(before, workload).peerAuthentications.length > 0,
  };
  const modeIn = (istio: '1.4' | '1.5'): MutualTlsMode =>
    legacyMode(policies, { ...question, istio })?.mode ??
    effectiveMode(before, workload, target).mode;
  return [
    {
      service: { namespace, name, port: port.port },
      workload: workload.ref,
      before: { '1.4': modeIn('1.4'), '1.5': modeIn('1.5') },
      after: effectiveMode(after, converted, target).mode,
    },
  ];
}
