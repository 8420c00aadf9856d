import { missingAnywhere, missingFact } from '../known/missing.ts';
import { missingForModes } from '../known/missingModes.ts';
import { isControllerKind, type ObjectKind } from '../model/kinds.ts';
import type { Labels, MeshObject } from '../model/objects.ts';
import type { ObjectRef, Origin, WorkloadRef } from '../model/reference.ts';
import { findWorkload, objectsIn, workloadsIn, type Mesh } from '../snapshot/mesh.ts';
import { collectionOf, keyIn, type NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { Workload } from '../snapshot/workload.ts';
import { ANALYZERS } from './analyzers.ts';
import type { Analyzer, SubjectKind, SubjectOf } from './model/analyzer.ts';
import type { Finding } from './model/finding.ts';
import type { Needs } from './model/rule.ts';
import { isSuppressed } from './suppression.ts';

/** Which objects findings are asked for. Whatever the scope, they are judged by the whole mesh. */
export type FindingScope =
  | { readonly kind: 'mesh' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'objects'; readonly objects: readonly ObjectRef[] };

/**
 * Every mistake about mutual TLS in the objects of a scope, in the order of namespaces, objects and codes. What is not
 * known is never held against an object, and neither is what one of its annotations suppresses.
 */
export function findingsIn(mesh: Mesh, scope: FindingScope = { kind: 'mesh' }): readonly Finding[] {
  return [...subjectsIn(mesh, scope)].flatMap((subject) => findingsAbout(mesh, subject));
}

/** What analyzers look at, and the object that they then speak about. */
interface Subject {
  readonly kind: SubjectKind;
  readonly value: SubjectOf<SubjectKind>;
  readonly object: ObjectRef;
  readonly origin: Origin;
  readonly annotations: Labels;
}

function* subjectsIn(mesh: Mesh, scope: FindingScope): Iterable<Subject> {
  switch (scope.kind) {
    case 'mesh':
      for (const webhook of mesh.webhooks.values()) yield subjectOf(webhook);
      for (const name of [...mesh.namespaces.keys()].sort()) yield* subjectsOf(mesh, name);
      break;
    case 'namespace':
      yield* subjectsOf(mesh, scope.namespace);
      break;
    case 'objects':
      for (const ref of scope.objects) yield* subjectsNamed(mesh, ref);
  }
}

function* subjectsOf(mesh: Mesh, namespace: string): Iterable<Subject> {
  const objects = objectsIn(mesh, namespace);
  if (objects.namespace !== undefined) yield subjectOf(objects.namespace);
  for (const collection of COLLECTIONS) {
    for (const object of objects[collection].values()) yield subjectOf(object);
  }
  for (const workload of workloadsIn(mesh, namespace)) yield workloadSubject(objects, workload);
}

/** The maps of a namespace that hold something which an analyzer is about. */
const COLLECTIONS = [
  ...new Set(
    ANALYZERS.flatMap(({ about }) => about.flatMap((kind) => collectionOfSubject(kind) ?? [])),
  ),
];

function collectionOfSubject(kind: SubjectKind): ReturnType<typeof collectionOf> {
  return kind === 'Workload' ? undefined : collectionOf(kind);
}

function* subjectsNamed(mesh: Mesh, ref: ObjectRef): Iterable<Subject> {
  const object = objectNamed(mesh, ref);
  if (object !== undefined) yield subjectOf(object);
  const workload = isWorkloadRef(ref) ? findWorkload(mesh, ref) : undefined;
  if (workload !== undefined) yield workloadSubject(objectsIn(mesh, ref.namespace), workload);
}

function isWorkloadRef(ref: ObjectRef): ref is WorkloadRef {
  return isControllerKind(ref.kind) || ref.kind === 'Pod' || ref.kind === 'WorkloadEntry';
}

/** An object of a mesh by its name; undefined when there is none, or when an API server refuses it. */
export function objectNamed(
  mesh: Mesh,
  { kind, namespace, name }: ObjectRef,
): MeshObject | undefined {
  if (kind === 'MutatingWebhookConfiguration') return mesh.webhooks.get(name);
  if (kind === 'Namespace') return objectsIn(mesh, name).namespace;
  const collection = collectionOf(kind);
  if (collection === undefined) return undefined;
  return objectsIn(mesh, namespace)[collection].get(keyIn(collection, kind, name));
}

function subjectOf(object: MeshObject): Subject {
  const { kind, namespace, name, origin, annotations } = object;
  return { kind, value: object, object: { kind, namespace, name }, origin, annotations };
}

/** A workload is spoken of as the object that makes its pods; one that nobody may read as any of these. */
function workloadSubject(objects: NamespaceObjects, workload: Workload): Subject {
  const { ref } = workload;
  const made = isControllerKind(ref.kind)
    ? objects.controllers.get(keyIn('controllers', ref.kind, ref.name))
    : undefined;
  const { origin, annotations } = made ?? workload.pods[0] ?? UNREAD;
  return { kind: 'Workload', value: workload, object: ref, origin, annotations };
}

const UNREAD: Pick<Subject, 'origin' | 'annotations'> = {
  origin: { kind: 'cluster' },
  annotations: {},
};

const analyzersOf = new Map<SubjectKind, readonly Analyzer[]>();
for (const analyzer of ANALYZERS) {
  for (const kind of analyzer.about) {
    analyzersOf.set(kind, [...(analyzersOf.get(kind) ?? []), analyzer]);
  }
}

function findingsAbout(mesh: Mesh, subject: Subject): readonly Finding[] {
  const analyzers = analyzersOf.get(subject.kind) ?? [];
  return analyzers.flatMap((analyzer) => {
    const { code, severity, needs } = analyzer;
    if (isSuppressed(subject.annotations, analyzer)) return [];
    if (needs !== undefined && !hasAll(mesh, subject.object.namespace, needs)) return [];
    const { object, origin } = subject;
    return analyzer
      .analyze(mesh, subject.value)
      .map((remark): Finding => ({ severity, ...remark, code, object, origin }));
  });
}

function hasAll(mesh: Mesh, namespace: string, needs: Needs): boolean {
  if (mesh.missing.length === 0) return true;
  const { own = [], everywhere = [], modes = false } = needs;
  const lacks = (kind: ObjectKind): boolean => missingFact(mesh, kind, namespace) !== undefined;
  if (own.some(lacks)) return false;
  if (everywhere.some((kind) => missingAnywhere(mesh, kind) !== undefined)) return false;
  return !modes || missingForModes(mesh, namespace).length === 0;
}
