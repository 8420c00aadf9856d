import type {
  EnforceTarget,
  Mesh,
  MeshObject,
  PeerAuthentication,
  Service,
  Topic,
  Workload,
} from '../../mesh/index.ts';
import {
  findWorkload,
  hasNoLabels,
  isWorkloadController,
  targetPortOf,
  workloadMtls,
  workloadOfPod,
  workloadsBehind,
  workloadsWithLabels,
} from '../../mesh/index.ts';

/** More ports than this are offered only where the cursor is on one. */
const MAX_PORTS = 3;

/** Whose mode can be set from an object, the narrowest first. `topic` is what the cursor is on. */
export function policyTargets(
  mesh: Mesh,
  object: MeshObject,
  topic: Topic | undefined,
): readonly EnforceTarget[] {
  switch (object.kind) {
    case 'PeerAuthentication':
      return targetsOfPolicy(mesh, object, topic);
    case 'Namespace':
      return [...namespaceTargets(mesh, object.name), { scope: 'mesh' }];
    case 'Service':
      return targetsOfService(mesh, object, topic);
    case 'Pod':
      return targetsOfWorkload(
        mesh,
        workloadOfPod(mesh, object.namespace, object.name),
        portOf(topic),
      );
    default:
      return isWorkloadController(object)
        ? targetsOfWorkload(mesh, findWorkload(mesh, object), portOf(topic))
        : [];
  }
}

/** The workloads that a target is about; none for a namespace or the mesh. */
export function workloadOfTarget(mesh: Mesh, target: EnforceTarget): Workload | undefined {
  switch (target.scope) {
    case 'mesh':
    case 'namespace':
      return undefined;
    case 'workload':
    case 'port':
      return findWorkload(mesh, target.workload);
  }
}

function targetsOfPolicy(
  mesh: Mesh,
  policy: PeerAuthentication,
  topic: Topic | undefined,
): readonly EnforceTarget[] {
  const { namespace, selector } = policy;
  if (selector === undefined || hasNoLabels(selector)) {
    return namespace === mesh.rootNamespace
      ? [{ scope: 'mesh' }]
      : [{ scope: 'namespace', namespace }];
  }
  const [only, ...others] = workloadsWithLabels(mesh, namespace, selector);
  if (only === undefined || others.length > 0) return [];
  return workloadTargets(mesh, only, portOf(topic));
}

function targetsOfService(
  mesh: Mesh,
  service: Service,
  topic: Topic | undefined,
): readonly EnforceTarget[] {
  const [only, ...others] = workloadsBehind(mesh, service);
  if (only === undefined || others.length > 0) return namespaceTargets(mesh, service.namespace);
  const port = service.ports.find((one) => one.port === portOf(topic));
  const target = port === undefined ? undefined : targetPortOf(port, only.variants[0].shape);
  return targetsOfWorkload(mesh, only, target);
}

function targetsOfWorkload(
  mesh: Mesh,
  workload: Workload | undefined,
  port: number | undefined,
): readonly EnforceTarget[] {
  if (workload === undefined) return [];
  return [...workloadTargets(mesh, workload, port), ...namespaceTargets(mesh, workload.namespace)];
}

function workloadTargets(
  mesh: Mesh,
  workload: Workload,
  port: number | undefined,
): readonly EnforceTarget[] {
  const all = workloadMtls(mesh, workload).ports.map((one) => one.port);
  const few = all.length > 1 && all.length <= MAX_PORTS ? all : [];
  const ports = port === undefined ? few : [port];
  return [
    ...ports.map((one): EnforceTarget => ({ scope: 'port', workload: workload.ref, port: one })),
    { scope: 'workload', workload: workload.ref },
  ];
}

/** The root namespace's own policy is the mesh's. */
function namespaceTargets(mesh: Mesh, namespace: string): readonly EnforceTarget[] {
  return namespace === mesh.rootNamespace ? [] : [{ scope: 'namespace', namespace }];
}

function portOf(topic: Topic | undefined): number | undefined {
  return topic !== undefined && 'port' in topic ? topic.port : undefined;
}
