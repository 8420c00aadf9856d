import type { FieldDifference, Manifest, MeshObject } from '../../mesh/index.ts';
import { decidesOtherwise, manifestDrift } from '../../mesh/index.ts';
import type { Live } from '../../actions/writeTarget.ts';

/** How a manifest stands to the live object of its name. */
export type Drift =
  /** No cluster that is known well enough to compare with. */
  | { readonly kind: 'no-cluster' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'same' }
  /** `fields` is empty while only what the engine reads of the object has been compared. */
  | { readonly kind: 'differs'; readonly fields: readonly FieldDifference[] }
  /** The live object has not been read, or cannot be: what the engine knows of it is the same. */
  | { readonly kind: 'alike' };

/** Both sides of a comparison. `live` is undefined until it has been read. */
export interface Compared {
  readonly value: unknown;
  readonly object: MeshObject;
  readonly inCluster: MeshObject;
  readonly live: Live | undefined;
}

/** Compares field by field once the live object has been read, and until then by what the engine knows of it. */
export function driftBetween({ value, object, inCluster, live }: Compared): Drift {
  if (live?.kind === 'absent') return { kind: 'absent' };
  if (live?.kind === 'present' && isManifest(value)) {
    const fields = manifestDrift(value, live.manifest);
    return fields.length === 0 ? { kind: 'same' } : { kind: 'differs', fields };
  }
  return decidesOtherwise(object, inCluster) ? { kind: 'differs', fields: [] } : { kind: 'alike' };
}

/** Whether a value can be written to a cluster as it stands: it says what it is and what it is called. */
export function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Readonly<Record<string, unknown>>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false;
  if (typeof metadata !== 'object' || metadata === null) return false;
  return typeof (metadata as Readonly<Record<string, unknown>>)['name'] === 'string';
}

/** A manifest with the namespace that it goes to; undefined where it does not say what it is and what it is called. */
export function asDeployed(value: unknown, { namespace }: MeshObject): Manifest | undefined {
  if (!isManifest(value)) return undefined;
  return namespace === '' ? value : { ...value, metadata: { ...value.metadata, namespace } };
}

const NAMED_FIELDS = 2;

/** Where a manifest and the live object differ, in words: `spec.mtls.mode and 2 more fields`. */
export function fieldWords(fields: readonly FieldDifference[]): string {
  const named = fields.slice(0, NAMED_FIELDS).map(({ path }) => fieldText(path));
  const more = fields.length - named.length;
  if (more === 0) return named.join(' and ');
  return `${named.join(', ')} and ${more} more ${more === 1 ? 'field' : 'fields'}`;
}

/** `spec.portLevelMtls["8080"].mode`, as people write places. */
export function fieldText(path: FieldDifference['path']): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `["${step}"]`;
    })
    .join('')
    .replace(/^\./, '');
}
