import type { Mesh, PodContainer, ProbeTarget, Workload, WorkloadRef } from '../../mesh/index.ts';
import {
  allWorkloads,
  clientRank,
  curlProbe,
  outcomeWords,
  predict,
  probePods,
  urlOf,
} from '../../mesh/index.ts';

/** A probe that is decided on, but for the pod that it runs in. */
export interface ProbeRequest {
  readonly from: WorkloadRef;
  /** The container that was asked for; the one that is made for requests when absent. */
  readonly container?: string;
  readonly target: ProbeTarget;
}

/** One line to choose; `description` is what is predicted of it. */
export interface ProbeChoice<T> {
  readonly label: string;
  readonly description: string;
  readonly chosen: T;
}

/** Workloads with a running pod, those made for requests first. */
export function clientsOf(mesh: Mesh): readonly Workload[] {
  return [...allWorkloads(mesh)]
    .filter(({ pods }) => pods.some(({ phase }) => phase === 'Running'))
    .sort((left, right) => clientRank(left.ref) - clientRank(right.ref));
}

/** Where a request runs now; undefined when its workload has no running pod with that container. */
export function placeOf(
  mesh: Mesh,
  { from, container }: Pick<ProbeRequest, 'from' | 'container'>,
): PodContainer | undefined {
  return probePods(mesh, from).find(
    (place) => container === undefined || place.container === container,
  );
}

/** What is predicted of a request, in a few words: `refused by the server`, `mutual TLS or plaintext`. */
export function predictedWords(mesh: Mesh, request: ProbeRequest): string {
  const place = placeOf(mesh, request);
  if (place === undefined) return 'no running pod';
  const { connections } = predict(mesh, curlProbe(place, request.from, request.target, 1));
  return [...new Set(connections.map(({ outcome }) => outcomeWords(outcome)))].join(' or ');
}

/** `foo/sleep → http://httpbin.foo:8000/headers`. */
export function requestName({ from, container, target }: ProbeRequest): string {
  const inside = container === undefined ? '' : ` (${container})`;
  return `${from.namespace}/${from.name}${inside} → ${urlOf(target)}`;
}

/** Requests that were made before and can be made again, the last one first. */
export function recentChoices(
  mesh: Mesh,
  recent: readonly ProbeRequest[],
): readonly ProbeChoice<ProbeRequest>[] {
  return recent
    .filter((request) => placeOf(mesh, request) !== undefined)
    .map((chosen) => ({
      label: requestName(chosen),
      description: predictedWords(mesh, chosen),
      chosen,
    }));
}

/** What a client can ask, with what is predicted of it. */
export function targetChoices(
  mesh: Mesh,
  client: Omit<ProbeRequest, 'target'>,
  targets: readonly ProbeTarget[],
): readonly ProbeChoice<ProbeRequest>[] {
  return targets.map((target) => ({
    label: `${target.host}:${target.port}`,
    description: predictedWords(mesh, { ...client, target }),
    chosen: { ...client, target },
  }));
}

/** Who can ask one of the targets, with what is predicted of it. */
export function clientChoices(
  mesh: Mesh,
  targets: readonly ProbeTarget[],
): readonly ProbeChoice<ProbeRequest>[] {
  const several = targets.length > 1;
  return clientsOf(mesh).flatMap(({ ref: from }) =>
    targets.map((target) => ({
      label: `${from.namespace}/${from.name}${several ? ` → ${target.host}:${target.port}` : ''}`,
      description: predictedWords(mesh, { from, target }),
      chosen: { from, target },
    })),
  );
}
