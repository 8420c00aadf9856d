import type { KubeObject } from '../objects/json.ts';
import { at, textAt, textMapAt } from '../objects/json.ts';
import { peerAuthentications } from '../objects/resources.ts';
import type { Storage } from '../objects/storage.ts';
import { readMeshConfig } from './meshConfig.ts';
import { labelsOf } from './podFacts.ts';

/*
 * The demo's own composition of PeerAuthentications (R1 to R22), apart from the extension's engine
 * on purpose: a probe in the demo can contradict a prediction.
 */

export type Mode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

/** What a sidecar enforces on one port of its pod, by the policies stored now. */
export function serverMode(storage: Storage, pod: KubeObject, port: number): Mode {
  const { rootNamespace } = readMeshConfig(storage);
  const namespace = pod.metadata.namespace ?? '';
  const workloadPolicy =
    namespace === rootNamespace
      ? undefined
      : policiesIn(storage, namespace).find((policy) => selectsPod(policy, pod));
  return (
    modeAt(workloadPolicy, 'spec', 'portLevelMtls', String(port), 'mode') ??
    modeAt(workloadPolicy, 'spec', 'mtls', 'mode') ??
    modeAt(namespacePolicy(storage, namespace), 'spec', 'mtls', 'mode') ??
    modeAt(namespacePolicy(storage, rootNamespace), 'spec', 'mtls', 'mode') ??
    'PERMISSIVE'
  );
}

/** What clients assume of a whole namespace before they look at endpoints (R22). */
export function namespaceHint(storage: Storage, namespace: string): Mode {
  const { rootNamespace } = readMeshConfig(storage);
  return (
    modeAt(namespacePolicy(storage, namespace), 'spec', 'mtls', 'mode') ??
    modeAt(namespacePolicy(storage, rootNamespace), 'spec', 'mtls', 'mode') ??
    'PERMISSIVE'
  );
}

/** The oldest policy without a selector; the others do not count (R10). */
function namespacePolicy(storage: Storage, namespace: string): KubeObject | undefined {
  return policiesIn(storage, namespace).find((policy) => selectorOf(policy).length === 0);
}

function selectsPod(policy: KubeObject, pod: KubeObject): boolean {
  const labels = labelsOf(pod);
  const selector = selectorOf(policy);
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

function selectorOf(policy: KubeObject): readonly (readonly [string, string])[] {
  return Object.entries(textMapAt(policy, 'spec', 'selector', 'matchLabels'));
}

/** Oldest first, then by name (R9), without those of another revision (R2). */
function policiesIn(storage: Storage, namespace: string): readonly KubeObject[] {
  return storage.list(peerAuthentications, namespace).filter(isOfRevision).toSorted(byAge);
}

/** Whether the demo's control plane, of revision `default`, reads the object. */
export function isOfRevision(object: KubeObject): boolean {
  return (textAt(object, 'metadata', 'labels', 'istio.io/rev') ?? 'default') === 'default';
}

/** Creation time, then name (R9). */
export function byAge(left: KubeObject, right: KubeObject): number {
  const [a, b] = [left.metadata, right.metadata];
  const [keyA, keyB] = [`${a.creationTimestamp} ${a.name}`, `${b.creationTimestamp} ${b.name}`];
  return keyA < keyB ? -1 : Number(keyA > keyB);
}

function modeAt(policy: KubeObject | undefined, ...path: readonly string[]): Mode | undefined {
  const mode = at(policy, ...path);
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined;
}
