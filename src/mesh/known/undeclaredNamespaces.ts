import type { MissingFact } from '../model/explanation.ts';
import type { Labels, Namespace } from '../model/objects.ts';
import { updateMesh } from '../snapshot/buildMesh.ts';
import { injectsByDefault } from '../snapshot/injection.ts';
import { namespacesOf, workloadsIn, type Mesh } from '../snapshot/mesh.ts';
import { missingLabels, missingPods } from './missing.ts';

/** Namespaces to take as injected where no manifest declares them: all of them, or those of these names. */
export type AssumedInjected = 'all' | readonly string[];

/**
 * The mesh with a Namespace for each that is assumed to be injected and that nobody declares. All of them never means
 * the root namespace: what runs there brings its own proxy.
 */
export function assumeInjected(mesh: Mesh, assumed: AssumedInjected): Mesh {
  const isAssumed = (name: string): boolean =>
    assumed === 'all' ? name !== mesh.rootNamespace : assumed.includes(name);
  const upsert = undeclaredNamespaces(mesh)
    .filter(isAssumed)
    .map((name) => assumedNamespace(mesh, name));
  return upsert.length === 0 ? mesh : updateMesh(mesh, { upsert });
}

/**
 * The mesh with a missing fact for each Namespace that no manifest declares: whether pods get a proxy depends on its
 * labels, so what they are is unknown.
 */
export function withUndeclaredUnknown(mesh: Mesh): Mesh {
  const missing = undeclaredNamespaces(mesh).map((name): MissingFact => ({
    kind: 'Namespace',
    namespace: '',
    name,
    why: 'undeclared',
  }));
  return missing.length === 0 ? mesh : updateMesh(mesh, { missing: [...mesh.missing, ...missing] });
}

/** The undeclared namespaces in which this leaves unknown what some pods are. */
export function namespacesInDoubt(mesh: Mesh): readonly string[] {
  return mesh.missing.flatMap(({ why, name = '' }) => {
    if (why !== 'undeclared') return [];
    const isInDoubt = workloadsIn(mesh, name).some(
      (workload) => missingPods(mesh, workload)?.why === 'undeclared',
    );
    return isInDoubt ? [name] : [];
  });
}

/** The names that objects refer to without any Namespace, but for those of which it is said already why none is known. */
function undeclaredNamespaces(mesh: Mesh): readonly string[] {
  return namespacesOf(mesh)
    .filter(({ exists, name }) => !exists && name !== '')
    .filter(({ name }) => missingLabels(mesh, name) === undefined)
    .map(({ name }) => name);
}

function assumedNamespace(mesh: Mesh, name: string): Namespace {
  return {
    kind: 'Namespace',
    namespace: '',
    name,
    uid: '',
    labels: injectingLabels(mesh, name),
    annotations: {},
    createdAt: undefined,
    origin: { kind: 'assumed' },
  };
}

const ENABLED: Labels = Object.freeze({ 'istio-injection': 'enabled' });

/** Labels by which the injectors that are known inject (R110, R111): where only revisions do, the label of one. */
function injectingLabels({ controlPlane }: Mesh, name: string): Labels {
  const { injection } = controlPlane;
  const revisions = (injection.injectors ?? []).map(({ revision, tag }) => tag ?? revision);
  const candidates = [ENABLED, ...revisions.map((revision) => ({ 'istio.io/rev': revision }))];
  const injects = (labels: Labels): boolean => injectsByDefault(injection, { name, labels });
  return candidates.find(injects) ?? ENABLED;
}
