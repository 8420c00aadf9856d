import type { ObjectRef } from '../model/reference.ts';
import type { Accepts, MutualTlsMode } from '../model/mode.ts';
import type { Workload } from '../snapshot/workload.ts';
import { dataPlaneLabel, dataPlaneWords } from './dataPlaneWords.ts';
import { describeRef } from './describeWords.ts';
import { acceptedWords, counted } from './modeWords.ts';

/** What a workload or a port takes on the wire. */
export function acceptsSentence(accepts: readonly Accepts[]): string {
  return `It accepts ${acceptedWords(accepts)}.`;
}

export function podsSentence({ pods, dataPlanes }: Workload): string {
  if (pods.length === 0) return 'It has no pods.';
  const ready = pods.filter((pod) => pod.ready).length;
  const planes = dataPlanes.map((part) => `${part.pods} ${dataPlaneLabel(part.dataPlane)}`);
  return `Pods: ${ready} of ${pods.length} ready (${planes.join(', ')}).`;
}

/** Injection happens when a pod is made, so a label set later waits for a restart (R114); empty where none would help. */
export function restartSentence({ dataPlane, wouldBe, pods }: Workload): string {
  if (pods.length === 0 || dataPlane === wouldBe) return '';
  const have = `${counted(pods.length, 'running pod')} ${pods.length === 1 ? 'has' : 'have'}`;
  return `Its ${have} ${dataPlaneWords(dataPlane)}; new pods would have ${dataPlaneWords(wouldBe)}.`;
}

/** An invalid policy leaves open what its author meant: nothing else is claimed beside it. */
export function invalidSentences(
  invalid: readonly ObjectRef[],
  mode: MutualTlsMode,
): readonly string[] {
  const policies = invalid.map(describeRef).join(' and ');
  const [are, they, them] = invalid.length === 1 ? ['is', 'it', 'it'] : ['are', 'they', 'them'];
  return [
    `${policies} ${are} invalid: Istio’s validation refuses ${them}.`,
    `As far as ${they} can be read, the mode is ${mode}.`,
  ];
}
