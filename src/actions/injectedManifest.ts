import type { Desired, Labels, Manifest, ObjectRef } from '../mesh/index.ts';
import { kindsDeciding } from '../mesh/index.ts';
import type { JsonObject } from '../sources/transport/jsonValue.ts';
import { asObject, fieldAt, textMap } from '../sources/transport/jsonValue.ts';
import { describeFailure } from '../sources/transport/kubeFailure.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { writable } from './manifestContent.ts';
import { locate, readLive } from './writeTarget.ts';

/** The labels that decide about injection (R110, R111). */
export const ENABLED = 'istio-injection';
export const REVISION = 'istio.io/rev';
export const AMBIENT = 'istio.io/dataplane-mode';
export const INJECT = 'sidecar.istio.io/inject';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/** The kinds that replace their pods when their template changes. */
export const ROLLING: readonly string[] = kindsDeciding('rollout');

/** Labels to set; `undefined` removes one. */
export type Relabelling = Readonly<Record<string, string | undefined>>;

export type Read =
  | { readonly kind: 'read'; readonly manifest: Manifest }
  | { readonly kind: 'failed'; readonly cause: string };

/** Reads an object as it would have to be written. */
export async function readWritable(
  transport: KubeTransport,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<Read> {
  const named = `${ref.kind} ${ref.name}`;
  const target = await locate(transport, ref, signal);
  if (target.kind === 'not-installed')
    return { kind: 'failed', cause: `The cluster does not serve ${ref.kind}.` };
  if (target.kind !== 'target') return { kind: 'failed', cause: describeFailure(target) };
  const live = await readLive(transport, target.path, signal);
  if (live.kind === 'absent') return { kind: 'failed', cause: `${named} no longer exists.` };
  if (live.kind !== 'present') return { kind: 'failed', cause: describeFailure(live) };
  return { kind: 'read', manifest: writable(live.manifest) };
}

export function desire(ref: ObjectRef, after: Manifest): Desired {
  return { ref, apiVersion: after.apiVersion, after };
}

export function relabelled(manifest: Manifest, labels: Relabelling): Manifest {
  const { metadata } = manifest;
  return {
    ...manifest,
    metadata: { ...metadata, labels: textMap({ ...metadata.labels, ...labels }) },
  };
}

export function withTemplate(
  manifest: Manifest,
  added: { readonly labels?: Relabelling; readonly annotations: Labels },
): Manifest {
  const spec = asObject(manifest['spec']) ?? {};
  const template = asObject(spec['template']) ?? {};
  const metadata: JsonObject = {
    ...asObject(template['metadata']),
    labels: textMap({ ...textMap(fieldAt(template, 'metadata', 'labels')), ...added.labels }),
    annotations: { ...textMap(fieldAt(template, 'metadata', 'annotations')), ...added.annotations },
  };
  return { ...manifest, spec: { ...spec, template: { ...template, metadata } } };
}

/** The annotation with which `kubectl rollout restart` makes new pods; its value only has to differ. */
export function restartedAt(now: number): Labels {
  return { [RESTARTED_AT]: new Date(now).toISOString() };
}
