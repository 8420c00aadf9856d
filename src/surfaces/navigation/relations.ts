import type { Mesh, MeshObject, ObjectRef, Workload } from '../../mesh/index.ts';
import {
  findObject,
  findWorkload,
  isWorkloadController,
  policiesActingOn,
  selectorsBehind,
  servicesSelecting,
  workloadOfPod,
  workloadsBehind,
  workloadsInScope,
  workloadsWithLabels,
} from '../../mesh/index.ts';
import type { ManifestText } from '../../sources/yaml/manifestFile.ts';
import type { YamlPath } from '../../sources/yaml/yamlPath.ts';
import { selectorPath } from '../nodes/selectorPaths.ts';

/** What a field refers to: the workloads of a selector, the Services of a host. Empty where it refers to nothing. */
export function definitionsAt(
  mesh: Mesh,
  { object, kind }: ManifestText,
  path: YamlPath,
): readonly ObjectRef[] {
  if (object === undefined) return [];
  const selector = selectorPath(kind);
  if (selector !== undefined && startsWith(path, selector.slice(0, 2)))
    return selectedBy(mesh, object).map(({ ref }) => ref);
  if (object.kind === 'DestinationRule' && startsWith(path, ['spec', 'host']))
    return selectorsBehind(mesh, object.host, object.namespace).map(refOf);
  return [];
}

/** What has to do with an object: policies that act on a workload, and on whom a policy acts. */
export function referencesOf(mesh: Mesh, object: MeshObject): readonly ObjectRef[] {
  if (object.kind === 'PeerAuthentication')
    return workloadsInScope(mesh, object).map(({ ref }) => ref);
  if (object.kind === 'DestinationRule') {
    const services = selectorsBehind(mesh, object.host, object.namespace);
    return [...services.map(refOf), ...services.flatMap((one) => behind(mesh, one))];
  }
  if (object.kind === 'Service') {
    const workloads = workloadsBehind(mesh, object);
    return unique([...behind(mesh, object), ...workloads.flatMap((one) => acting(mesh, one))]);
  }
  const workload = workloadOf(mesh, object);
  if (workload === undefined) return [];
  return [...acting(mesh, workload), ...servicesSelecting(mesh, workload).map(refOf)];
}

function selectedBy(mesh: Mesh, object: MeshObject): readonly Workload[] {
  if (object.kind === 'PeerAuthentication') return workloadsInScope(mesh, object);
  if (object.kind === 'Service') return workloadsBehind(mesh, object);
  const selector = 'workloadSelector' in object ? object.workloadSelector : undefined;
  return selector === undefined ? [] : workloadsWithLabels(mesh, object.namespace, selector);
}

function behind(
  mesh: Mesh,
  service: Extract<MeshObject, { kind: 'Service' }>,
): readonly ObjectRef[] {
  return workloadsBehind(mesh, service).map(({ ref }) => ref);
}

function acting(mesh: Mesh, workload: Workload): readonly ObjectRef[] {
  const { peerAuthentications, destinationRules } = policiesActingOn(mesh, workload);
  return [...peerAuthentications, ...destinationRules].map(refOf);
}

function workloadOf(mesh: Mesh, object: MeshObject): Workload | undefined {
  if (object.kind === 'Pod') return workloadOfPod(mesh, object.namespace, object.name);
  if (object.kind === 'WorkloadEntry' || isWorkloadController(object))
    return findWorkload(mesh, {
      kind: object.kind,
      namespace: object.namespace,
      name: object.name,
    });
  return undefined;
}

function refOf({ kind, namespace, name }: ObjectRef): ObjectRef {
  return { kind, namespace, name };
}

function unique(refs: readonly ObjectRef[]): readonly ObjectRef[] {
  return [
    ...new Map(refs.map((ref) => [`${ref.kind}/${ref.namespace}/${ref.name}`, ref])).values(),
  ];
}

function startsWith(path: YamlPath, start: YamlPath): boolean {
  return start.every((step, index) => path[index] === step);
}

/** Where an object that a mesh knows is written: in a file, or nowhere but in the cluster. */
export type Written =
  | { readonly kind: 'file'; readonly uri: string; readonly ref: ObjectRef }
  | { readonly kind: 'cluster'; readonly ref: ObjectRef };

/**
 * Where to go for an object. A file that declares it goes before the cluster, for there it can be edited. Undefined for
 * what is only referred to by others.
 */
export function placeOf(
  mesh: Mesh,
  ref: ObjectRef,
  declared: readonly MeshObject[],
): Written | undefined {
  const known = findObject(mesh, ref);
  const origins = [known, declared.find((one) => isThat(one, ref))].map((one) => one?.origin);
  const file = origins.find((origin) => origin?.kind === 'file');
  if (file?.kind === 'file') return { kind: 'file', uri: file.uri, ref };
  return known === undefined ? undefined : { kind: 'cluster', ref };
}

function isThat(object: MeshObject, ref: ObjectRef): boolean {
  return object.kind === ref.kind && object.namespace === ref.namespace && object.name === ref.name;
}
