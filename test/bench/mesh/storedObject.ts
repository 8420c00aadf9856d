import type { Manifest } from '../../../src/mesh/model/manifest.ts';

type Json = Readonly<Record<string, unknown>>;

/** What tells one generated object from another. */
export interface StoredHeader {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Seconds after the first second of the mesh. */
  readonly age: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: OwnerName;
  /** Who wrote it; `kubectl` unless a controller did. */
  readonly writer?: string;
}

export interface OwnerName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

const EPOCH = Date.UTC(2026, 0, 1);

/**
 * An object as an API server returns it: what its writers wrote, and what the server adds to each object.
 * That is its uid, resource version, generation and, one entry a writer, `managedFields`, which are close to
 * half of a real pod's JSON. Lists and watches carry all of it, so reading a cluster pays for it. Nothing
 * is there to make the JSON longer: pods of real clusters are longer than these.
 */
export function stored(header: StoredHeader, body: Json): Manifest {
  const { apiVersion, kind, namespace, name, age, labels, annotations, owner } = header;
  const created = new Date(EPOCH + age * 1000).toISOString().replace('.000', '');
  const written = {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(owner === undefined ? {} : { ownerReferences: [ownerReference(namespace, owner)] }),
  };
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: uidOf(kind, namespace, name),
      resourceVersion: String(100_000 + age),
      ...('spec' in body ? { generation: 1 } : {}),
      creationTimestamp: created,
      ...written,
      managedFields: managedFields(header, { written, body, created }),
    },
    ...body,
  };
}

function ownerReference(namespace: string | undefined, owner: OwnerName): Json {
  const uid = uidOf(owner.kind, namespace, owner.name);
  return { ...owner, uid, controller: true, blockOwnerDeletion: true };
}

/** Hexadecimal digits in the groups of a UUID, the same for the same object. */
function uidOf(kind: string, namespace = '', name: string): string {
  const digits = [1, 2, 3, 4].map((seed) => hash(`${kind}/${namespace}/${name}`, seed)).join('');
  return [0, 8, 12, 16, 20]
    .map((start, at) => digits.slice(start, [8, 12, 16, 20, 32][at]))
    .join('-');
}

/** FNV-1a, as eight digits. */
function hash(text: string, seed: number): string {
  let sum = Math.imul(0x811c9dc5, seed);
  for (let at = 0; at < text.length; at++) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  }
  return (sum >>> 0).toString(16).padStart(8, '0');
}

interface Written {
  readonly written: Json;
  readonly body: Json;
  readonly created: string;
}

/** One entry for whoever wrote the object, one for the controller that writes its status. */
function managedFields(header: StoredHeader, { written, body, created }: Written): readonly Json[] {
  const { status, ...rest } = body;
  const entry = {
    manager: header.writer ?? 'kubectl-client-side-apply',
    operation: 'Update',
    apiVersion: header.apiVersion,
    time: created,
    fieldsType: 'FieldsV1',
  };
  const first = { ...entry, fieldsV1: fieldSet({ metadata: written, ...rest }) };
  if (status === undefined) return [first];
  const manager = header.kind === 'Pod' ? 'kubelet' : 'kube-controller-manager';
  const fieldsV1 = fieldSet({ status });
  return [first, { ...entry, manager, fieldsV1, subresource: 'status' }];
}

/** The fields that name an item of a list; a list whose items have none of these is one value. */
const MERGE_KEYS = [
  ['name'],
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['type'],
  ['uid'],
  ['ip'],
];

/** The fields of a value in the form of Kubernetes' FieldsV1. */
function fieldSet(value: Json): Json {
  const fields: Record<string, unknown> = {};
  for (const key in value) fields[`f:${key}`] = fieldsBelow(value[key]);
  return fields;
}

function fieldsBelow(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return {};
  if (!Array.isArray(value)) return fieldSet(value as Json);
  const items: Record<string, unknown> = {};
  for (const item of value as readonly unknown[]) {
    const key = mergeKeyOf(item);
    if (key === undefined) return {};
    items[`k:${JSON.stringify(key)}`] = { '.': {}, ...fieldSet(item as Json) };
  }
  return items;
}

function mergeKeyOf(item: unknown): Json | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const fields = item as Json;
  const key = MERGE_KEYS.find((names) => names.every((name) => fields[name] !== undefined));
  return key === undefined
    ? undefined
    : Object.fromEntries(key.map((name) => [name, fields[name]]));
}
