import type { ObjectKind } from '../mesh/index.ts';
import { KUBE_RESOURCES } from '../sources/cluster/kubeResource.ts';

/** The kind of that name, if it is one that can be written to a cluster. */
export function objectKind(name: string | undefined): ObjectKind | undefined {
  return KUBE_RESOURCES.find((resource) => resource.kind === name)?.kind;
}
