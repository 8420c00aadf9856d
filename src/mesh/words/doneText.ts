import type { DesiredMode, EnforceTarget } from '../change/enforceTarget.ts';
import type { EnforcedOn, Remainder } from '../change/remainder.ts';
import type { WorkloadPods } from '../change/workloadPods.ts';
import { otherPods, podsOf } from '../change/workloadPods.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { WorkloadRef } from '../model/reference.ts';
import { missingClauses } from './describe.ts';
import { partsWords, subjectWords } from './enforcementText.ts';
import { listed } from './modeWords.ts';
import { counted } from './modeWords.ts';

/** How many facts, and how many workloads, are named before the rest is counted. */
const namedFacts = 2;
const namedWorkloads = 3;

/** What is said when the mode is written: only what is true, with the parts of the target that do not have it. */
export function doneSentence(target: EnforceTarget, mode: DesiredMode, rest: Remainder): string {
  const where = subjectWords(target);
  if (mode === 'INHERITED') return `${where} inherits its mode again.`;
  const { enforced } = rest;
  const isTrue = enforced.none.length + enforced.unknown.length < enforced.all;
  const verb = isTrue ? 'is' : 'says';
  return `${where} ${verb} ${mode} now${exceptWords(rest)}${enforcedWords(enforced)}`;
}

/** What is said when the target has the mode of its own already. */
export function nothingToDoSentence(
  target: EnforceTarget,
  mode: DesiredMode,
  rest: Remainder,
): string {
  const where = subjectWords(target);
  return mode === 'INHERITED'
    ? `${where} has no mode of its own: it inherits already.`
    : `${where} says ${mode} already${exceptWords(rest)}${enforcedWords(rest.enforced)}`;
}

/** What is said when sidecars were given or taken: which workloads have what was asked for, as the mesh has their pods. */
export function movedSentence(
  mesh: Mesh,
  target: EnforceTarget,
  { way, workloads }: { readonly way: 'in' | 'out'; readonly workloads: readonly WorkloadRef[] },
): string {
  const where = subjectWords(target);
  const isMoved = (ref: WorkloadRef): boolean => {
    const dataPlanes = podsOf(mesh, ref).flatMap((pods) => pods.dataPlanes);
    return dataPlanes.every((one) => (one === 'sidecar') === (way === 'in'));
  };
  const names = (refs: readonly WorkloadRef[]): string =>
    listed(
      refs.map(({ name }) => name),
      namedWorkloads,
    );
  const waiting = workloads.filter((ref) => !isMoved(ref));
  if (waiting.length > 0)
    return `${where} is not ${placeWords[way]} yet: ${names(waiting)} still ${waiting.length === 1 ? 'has' : 'have'} pods as before.`;
  const what = way === 'in' ? 'has a sidecar' : 'has no sidecar any more';
  if (workloads.length === 0) return `${where}: new pods are ${placeWords[way]} from now on.`;
  const many = workloads.length === 1 ? what : what.replace('has', 'have');
  return `${where} is ${placeWords[way]}: ${names(workloads)} ${many}.`;
}

const placeWords = { in: 'in the mesh', out: 'out of the mesh' } as const;

/** On what nothing makes the mode true; empty where something does everywhere. */
function enforcedWords({ all, none, some, unknown }: EnforcedOn): string {
  if (all === 0) return ' There is no workload yet to enforce it.';
  if (none.length === all)
    return all === 1
      ? ' Nothing enforces it: no proxy stands before its pods.'
      : ` Nothing enforces it: none of its ${counted(all, 'workload')} has a proxy that would.`;
  if (unknown.length === all) return ' Whether anything enforces it is unknown.';
  return [
    ...sentenceOn('Nothing enforces it on', none),
    ...sentenceOn('Only some pods enforce it of', some),
    ...sentenceOn('Whether anything enforces it is unknown of', unknown),
  ].join('');
}

function sentenceOn(words: string, refs: readonly WorkloadRef[]): readonly string[] {
  if (refs.length === 0) return [];
  const names = refs.map(({ namespace, name }) => `${namespace}/${name}`);
  return [` ${words} ${listed(names, namedWorkloads)}.`];
}

function exceptWords({ different, unknown }: Remainder): string {
  const except = different.length === 0 ? '.' : `, except ${partsWords(different)}.`;
  if (unknown.length === 0) return except;
  const more = unknown.length - namedFacts;
  const facts = missingClauses(unknown.slice(0, namedFacts));
  const others = more > 0 ? ` ${counted(more, 'more fact')} could not be read.` : '';
  return `${except} Whether narrower policies say otherwise is unknown: ${facts}${others}`;
}

/** Which pods are not what they were; undefined where all are. */
export function otherPodsSentence(mesh: Mesh, before: readonly WorkloadPods[]): string | undefined {
  const others = otherPods(mesh, before).map(({ was, is }) => {
    const { namespace, name } = was.workload;
    return `${namespace}/${name} (${podsWords(is)}, before ${podsWords(was)})`;
  });
  if (others.length === 0) return undefined;
  return `These pods are not as before: ${listed(others, namedWorkloads)}.`;
}

function podsWords({ dataPlanes }: WorkloadPods): string {
  if (dataPlanes.length === 0) return 'no pods are known';
  return dataPlanes
    .map((one) => (one === 'none' ? 'without a sidecar' : `with ${one}`))
    .join(' and ');
}
