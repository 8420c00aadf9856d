import type { MissingFact } from '../model/explanation.ts';
import { controlPlaneOf, type Overrides } from './controlPlane.ts';
import type { MeshWideFacts, Mesh } from './mesh.ts';
import {
  collectionOf,
  draftOf,
  emptyNamespace,
  isEmptyNamespace,
  keyIn,
  type NamespaceObjects,
  type NamespaceDraft,
} from './namespaceObjects.ts';
import type { MeshObject, MutatingWebhookConfiguration } from '../model/objects.ts';
import { refKey, type ObjectRef } from '../model/reference.ts';

/** The objects of a mesh in any order; of two with the same name the later one counts. */
export interface MeshInput {
  readonly objects: Iterable<MeshObject>;
  readonly missing?: readonly MissingFact[];
  readonly overrides?: Overrides;
}

/** A difference between two meshes. */
export interface MeshUpdate {
  readonly upsert?: readonly MeshObject[];
  readonly remove?: readonly ObjectRef[];
  /** Replaces what is missing; absent leaves it as it is. */
  readonly missing?: readonly MissingFact[];
}

/** The only way to a Mesh: every object filed under its namespace, indexes left for later. */
export function buildMesh(input: MeshInput): Mesh {
  const refused = new Map<string, MissingFact>();
  const webhooks = new Map<string, MutatingWebhookConfiguration>();
  const drafts = new Map<string, NamespaceDraft>();
  const draft = (namespace: string): NamespaceDraft => {
    const known = drafts.get(namespace) ?? draftOf(emptyNamespace(namespace));
    drafts.set(namespace, known);
    return known;
  };
  for (const object of input.objects) {
    if (object.refused !== undefined) refused.set(refKey(object), refusedFact(object));
    if (object.kind === 'MutatingWebhookConfiguration') {
      if (object.webhooks.length > 0 && object.refused === undefined)
        webhooks.set(object.name, object);
    } else file(draft(namespaceOf(object)), object);
  }
  const namespaces = new Map<string, NamespaceObjects>();
  for (const [name, finished] of drafts) namespaces.set(name, finished.finish());
  const overrides = input.overrides ?? {};
  const controlPlane = controlPlaneOf({ namespaces, webhooks, overrides });
  const missing = input.missing ?? [];
  return assemble({ namespaces, webhooks, overrides, controlPlane, refused, missing });
}

/** A refused manifest is no object of its namespace, which is known by name all the same. */
function file(draft: NamespaceDraft, object: MeshObject): void {
  if (object.refused === undefined) draft.set(object);
}

/**
 * The mesh after a difference. Only touched namespaces are rebuilt; everything computed from the
 * others stays valid. An object that no cluster has created yet keeps the age of the one it replaces.
 */
export function updateMesh(mesh: Mesh, update: MeshUpdate): Mesh {
  const namespaces = new Map(mesh.namespaces);
  const webhooks = new Map(mesh.webhooks);
  const refused = refusedAfter(mesh.refused, update);
  const drafts = new Map<string, NamespaceDraft>();
  const draft = (namespace: string): NamespaceDraft => {
    const known =
      drafts.get(namespace) ?? draftOf(namespaces.get(namespace) ?? emptyNamespace(namespace));
    drafts.set(namespace, known);
    return known;
  };
  for (const ref of update.remove ?? []) {
    if (ref.kind === 'MutatingWebhookConfiguration') webhooks.delete(ref.name);
    else draft(namespaceOf(ref)).remove(ref.kind, ref.name);
  }
  for (const object of update.upsert ?? []) {
    if (object.kind !== 'MutatingWebhookConfiguration')
      file(draft(namespaceOf(object)), withKnownAge(mesh, object));
    else if (object.refused === undefined) webhooks.set(object.name, object);
  }
  const mentioned = new Set([...refused.values()].map(namespaceOf));
  for (const [name, finished] of drafts) {
    const objects = finished.finish();
    if (isEmptyNamespace(objects) && !mentioned.has(name)) namespaces.delete(name);
    else namespaces.set(name, objects);
  }
  const { overrides } = mesh;
  const controlPlane = touchesControlPlane(update)
    ? controlPlaneOf({ namespaces, webhooks, overrides })
    : mesh.controlPlane;
  const missing = reportedMissing(mesh, update.missing ?? mesh.missing);
  return assemble({ namespaces, webhooks, overrides, controlPlane, refused, missing }, mesh);
}

type Facts = Omit<Mesh, 'rootNamespace' | 'meshWide'>;

function assemble(facts: Facts, before?: Mesh): Mesh {
  const own = [...facts.controlPlane.unreadable, ...facts.refused.values()];
  const missing = own.length === 0 ? facts.missing : [...facts.missing, ...own];
  const rootNamespace = facts.controlPlane.defaultRevision.config.rootNamespace;
  const meshWide = meshWideFacts({ ...facts, missing });
  const same = before !== undefined && sameMeshWideFacts(before.meshWide, meshWide);
  return { ...facts, missing, rootNamespace, meshWide: same ? before.meshWide : meshWide };
}

function meshWideFacts({ controlPlane, missing, namespaces }: Facts): MeshWideFacts {
  const names = new Set<string>();
  for (const { config } of controlPlane.revisions.values()) names.add(config.rootNamespace);
  names.add(controlPlane.defaultRevision.config.rootNamespace);
  const roots = [...names].flatMap((name) => {
    const root = namespaces.get(name);
    return [root?.peerAuthentications, root?.namespace];
  });
  return { controlPlane, missing, roots };
}

function sameMeshWideFacts(left: MeshWideFacts, right: MeshWideFacts): boolean {
  return (
    left.controlPlane === right.controlPlane &&
    left.missing === right.missing &&
    left.roots.length === right.roots.length &&
    left.roots.every((root, index) => root === right.roots[index])
  );
}

/** What whoever reads the cluster said is missing, without what we found ourselves. */
function reportedMissing(
  { controlPlane: { unreadable }, refused }: Mesh,
  missing: readonly MissingFact[],
): readonly MissingFact[] {
  const own = new Set([...unreadable, ...refused.values()]);
  return own.size === 0 ? missing : missing.filter((fact) => !own.has(fact));
}

/** A manifest that an API server refuses changes nothing in a cluster: what was there stays, and what comes is unknown. */
function refusedAfter(
  before: Mesh['refused'],
  { upsert = [], remove = [] }: MeshUpdate,
): Mesh['refused'] {
  const after = new Map(before);
  for (const ref of remove) after.delete(refKey(ref));
  for (const object of upsert) {
    if (object.refused === undefined) after.delete(refKey(object));
    else after.set(refKey(object), refusedFact(object));
  }
  return after.size === 0 && before.size === 0 ? before : after;
}

function refusedFact({ kind, namespace, name, refused = '' }: MeshObject): MissingFact {
  return { kind, namespace, name, why: 'invalid', cause: refused };
}

/** The namespace that an object is filed under: a Namespace under its own name. */
function namespaceOf({
  kind,
  namespace,
  name,
}: Omit<ObjectRef, 'name'> & { readonly name?: string }): string {
  return kind === 'Namespace' ? (name ?? '') : namespace;
}

function withKnownAge(mesh: Mesh, object: MeshObject): MeshObject {
  if (object.createdAt !== undefined) return object;
  const collection = collectionOf(object.kind);
  if (collection === undefined) return object;
  const key = keyIn(collection, object.kind, object.name);
  const before = mesh.namespaces.get(object.namespace)?.[collection].get(key);
  if (before?.createdAt === undefined) return object;
  return {
    ...object,
    createdAt: before.createdAt,
    uid: object.uid === '' ? before.uid : object.uid,
  };
}

/** ConfigMaps, webhooks and istiod itself decide how everything else is read. */
function touchesControlPlane(update: MeshUpdate): boolean {
  const touched = [...(update.remove ?? []), ...(update.upsert ?? [])];
  return touched.some(
    (ref) =>
      ref.kind === 'ConfigMap' ||
      ref.kind === 'MutatingWebhookConfiguration' ||
      ref.name.startsWith('istiod') ||
      ('labels' in ref && (ref as MeshObject).labels['app'] === 'istiod'),
  );
}
