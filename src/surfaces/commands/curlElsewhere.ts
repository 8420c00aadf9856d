import type { Mesh, PodContainer, ProbeAnswer, WorkloadRef } from '../../mesh/index.ts';
import { probePods } from '../../mesh/index.ts';
import { clientsOf } from './probeChoices.ts';

/** A container beside or instead of one that has no curl. */
export interface OtherPlace {
  readonly workload: WorkloadRef;
  readonly place: PodContainer;
}

/** Containers that are asked for curl: enough for those made for it, which come first. */
const ASKED = 8;

/** Where else curl may be: the other containers of the pod, whose calls are the same, then other workloads. */
export function otherPlaces(
  mesh: Mesh,
  workload: WorkloadRef,
  without: PodContainer,
): readonly OtherPlace[] {
  const beside = probePods(mesh, workload)
    .filter(({ pod, container }) => pod === without.pod && container !== without.container)
    .map((place) => ({ workload, place }));
  const elsewhere = clientsOf(mesh)
    .filter(({ ref }) => ref.namespace !== workload.namespace || ref.name !== workload.name)
    .flatMap(({ ref }) =>
      probePods(mesh, ref)
        .slice(0, 1)
        .map((place) => ({ workload: ref, place })),
    );
  return [...beside, ...elsewhere].slice(0, ASKED);
}

/** Those of the places that have curl, in their order. */
export async function withCurl(
  places: readonly OtherPlace[],
  ask: (place: PodContainer) => Promise<ProbeAnswer>,
): Promise<readonly OtherPlace[]> {
  const answers = await Promise.all(places.map(({ place }) => ask(place)));
  return places.filter((_, index) => {
    const answer = answers[index];
    return answer?.kind === 'exited' && answer.code === 0;
  });
}
