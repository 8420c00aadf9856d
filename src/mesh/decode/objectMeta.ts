import type { Labels, ObjectMeta } from '../model/objects.ts';
import type { Origin } from '../model/reference.ts';
import { asObject, labelsAt, NO_LABELS, objectAt, stringAt, type Json } from '../model/json.ts';

/** Annotations that decide something about mutual TLS; the rest of a pod's annotations is dropped. */
const MEANINGFUL_ANNOTATIONS: ReadonlySet<string> = new Set([
  'sidecar.istio.io/inject',
  'inject.istio.io/templates',
  'istio.io/rev',
  'ambient.istio.io/redirection',
  'ambient.istio.io/bypass-inbound-capture',
  'traffic.sidecar.istio.io/includeInboundPorts',
  'traffic.sidecar.istio.io/excludeInboundPorts',
  'traffic.sidecar.istio.io/excludeOutboundPorts',
  'traffic.sidecar.istio.io/includeOutboundPorts',
  'traffic.sidecar.istio.io/includeOutboundIPRanges',
  'traffic.sidecar.istio.io/excludeOutboundIPRanges',
  'traffic.sidecar.istio.io/excludeInterfaces',
  'sidecar.istio.io/interceptionMode',
  'sidecar.istio.io/rewriteAppHTTPProbers',
  'status.sidecar.istio.io/port',
  'networking.istio.io/exportTo',
  'istio.io/ignore-policy-attachment',
  'istio.io/dry-run',
  'kiali.io/ignore-validations',
  'galley.istio.io/analyze-suppress',
]);

export type Meta = Omit<ObjectMeta, 'kind'>;

/** The metadata of an object, or undefined when it has no name. `namespaced` objects default to `default`. */
export function decodeMeta(object: Json, origin: Origin, namespaced: boolean): Meta | undefined {
  const metadata = objectAt(object, 'metadata');
  const name = stringAt(metadata, 'name');
  if (name === undefined || name === '') return undefined;
  return {
    namespace: namespaced ? (stringAt(metadata, 'namespace') ?? 'default') : '',
    name,
    uid: stringAt(metadata, 'uid') ?? '',
    labels: labelsAt(metadata, 'labels'),
    annotations: decodeAnnotations(metadata),
    createdAt: decodeTime(metadata['creationTimestamp']),
    origin: origin.kind === 'cluster' ? FROM_CLUSTER : origin,
  };
}

/** One for all objects of clusters, however many callers make their own. */
const FROM_CLUSTER: Origin = Object.freeze({ kind: 'cluster' });

/** Only the annotations that Istio reads. */
export function decodeAnnotations(metadata: Json): Labels {
  const all = asObject(metadata['annotations']);
  if (all === undefined) return NO_LABELS;
  let kept: Record<string, string> | undefined;
  for (const key in all) {
    const value = all[key];
    if (typeof value !== 'string' || !MEANINGFUL_ANNOTATIONS.has(key)) continue;
    (kept ??= {})[key] = value;
  }
  return kept ?? NO_LABELS;
}

/** Whole seconds, because that is what an API server stores and what Istio orders by (R9). */
function decodeTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000) * 1000;
}
