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
import type { ObjectRef } from '../model/reference.ts';

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
  const drafts = new Map<string, NamespaceDraft>();
  const webhooks = new Map<string, MutatingWebhookConfiguration>();
  for (const object of input.objects) {
    if (object.kind === 'MutatingWebhookConfiguration') {
      if (object.webhooks.length > 0) webhooks.set(object.name, object);
      continue;
    }
    const namespace = namespaceOf(object);
    let draft = drafts.get(namespace);
    if (draft === undefined) drafts.set(namespace, (draft = draftOf(emptyNamespace(namespace))));
    draft.set(object);
  }
  const namespaces = new Map<string, NamespaceObjects>();
  for (const [name, draft] of drafts) namespaces.set(name, draft.finish());
  const overrides = input.overrides ?? {};
  const controlPlane = controlPlaneOf({ namespaces, webhooks, overrides });
  return assemble({ namespaces, webhooks, overrides, controlPlane, missing: input.missing ?? [] });
}

/**
 * The mesh after a difference. Only touched namespaces are rebuilt; everything computed from the
 * others stays valid. An object that no cluster has created yet keeps the age of the one it replaces.
 */
export function updateMesh(mesh: Mesh, update: MeshUpdate): Mesh {
  const namespaces = new Map(mesh.namespaces);
  const webhooks = new Map(mesh.webhooks);
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
    if (object.kind === 'MutatingWebhookConfiguration') webhooks.set(object.name, object);
    else draft(namespaceOf(object)).set(withKnownAge(mesh, object));
  }
  for (const [name, finished] of drafts) {
    const objects = finished.finish();
    if (isEmptyNamespace(objects)) namespaces.delete(name);
    else namespaces.set(name, objects);
  }
  const { overrides } = mesh;
  const controlPlane = touchesControlPlane(update)
    ? controlPlaneOf({ namespaces, webhooks, overrides })
    : mesh.controlPlane;
  const missing = update.missing ?? reportedMissing(mesh);
  return assemble({ namespaces, webhooks, overrides, controlPlane, missing }, mesh);
}

type Facts = Omit<Mesh, 'rootNamespace' | 'meshWide'>;

function assemble(facts: Facts, before?: Mesh): Mesh {
  const { unreadable } = facts.controlPlane;
  const missing = unreadable.length === 0 ? facts.missing : [...facts.missing, ...unreadable];
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

/** What whoever reads the cluster said is missing, without what we could not read ourselves. */
function reportedMissing({ missing, controlPlane }: Mesh): readonly MissingFact[] {
  const { unreadable } = controlPlane;
  return unreadable.length === 0 ? missing : missing.filter((fact) => !unreadable.includes(fact));
}

/** The namespace that an object is filed under: a Namespace under its own name. */
function namespaceOf(ref: ObjectRef): string {
  return ref.kind === 'Namespace' ? ref.name : ref.namespace;
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
