import { injectsByDefault } from '../snapshot/injection.ts';
import { SILENT_POD, isAmbientMember } from '../snapshot/dataPlane.ts';
import {
  namespaceLabels,
  objectsIn,
  peerAuthenticationsIn,
  workloadsIn,
  type Mesh,
  type MeshWideFacts,
} from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import { memoPair } from '../model/kept.ts';
import type { NonEmpty, ObjectRef, WorkloadRef } from '../model/reference.ts';
import type { Workload } from '../snapshot/workload.ts';
import type {
  EffectiveMode,
  Enforcement,
  IgnoredPolicy,
  MissingFact,
  ModeSource,
} from '../model/explanation.ts';
import { ignoredPolicies } from '../policy/ignoredPolicies.ts';
import {
  CONTROLLERS,
  RUNNING,
  missingAny,
  missingFact,
  missingInjection,
  missingLabels,
  missingPods,
} from '../known/missing.ts';
import { missingForModes } from '../known/missingModes.ts';
import type { DataPlane, MutualTlsMode } from '../model/mode.ts';
import {
  composeMode,
  governingPolicies,
  policyRef,
  revisionNamedBy,
  type Subject,
} from '../policy/peerAuthentication.ts';
import { workloadMtls, type WorkloadMtls } from './workloadMtls.ts';

/** A workload, or one port of it, whose mode is not that of its namespace. */
export interface ModeException {
  readonly workload: WorkloadRef;
  readonly port?: number;
  readonly mode: MutualTlsMode;
  readonly from: ModeSource;
}

/** What a namespace says for its pods, and where its pods differ from it. */
export interface NamespaceMtls {
  /** The mode of a pod that no workload policy selects. */
  readonly mode: MutualTlsMode;
  readonly from: ModeSource;
  readonly ignored: readonly IgnoredPolicy[];
  /** Every workload and every port has this mode; unknown where policies may select what is not seen. */
  readonly uniform: boolean | 'unknown';
  readonly exceptions: readonly ModeException[];
  /** Unknown where pods may run unseen. */
  readonly dataPlane: DataPlane | 'mixed' | 'unknown';
  readonly enforcement: Enforcement;
  /** Policies that an API server would refuse; their unknown modes count as UNSET. */
  readonly invalid?: NonEmpty<ObjectRef>;
  readonly unknown?: NonEmpty<MissingFact>;
}

/** The summary of one namespace; the same by identity until its objects or a mesh-wide fact change. */
export function namespaceMtls(mesh: Mesh, namespace: string): NamespaceMtls {
  return kept(objectsIn(mesh, namespace), mesh.meshWide, mesh);
}

const kept = memoPair((objects: NamespaceObjects, _meshWide: MeshWideFacts, mesh: Mesh) =>
  summarize(mesh, objects.name),
);

function summarize(mesh: Mesh, namespace: string): NamespaceMtls {
  const workloads = workloadsIn(mesh, namespace);
  const own = modeOfNamespace(mesh, namespace);
  const exceptions = workloads.flatMap((workload) =>
    exceptionsOf(workload, workloadMtls(mesh, workload), own.mode),
  );
  const invalid = peerAuthenticationsIn(mesh, namespace).filter((policy) => policy.invalid);
  const [firstInvalid, ...restInvalid] = invalid.map(policyRef);
  const [fact, ...more] = missingForModes(mesh, namespace);
  return {
    ...own,
    uniform: exceptions.length === 0 && (mayHideExceptions(mesh, namespace) ? 'unknown' : true),
    exceptions,
    dataPlane: dataPlaneOfNamespace(mesh, namespace, workloads),
    enforcement: enforcementOfNamespace(mesh, namespace, workloads),
    ...(firstInvalid === undefined ? {} : { invalid: [firstInvalid, ...restInvalid] as const }),
    ...(fact === undefined ? {} : { unknown: [fact, ...more] as const }),
  };
}

/** Some policy selects workloads, and there may be workloads that nobody may see. */
function mayHideExceptions(mesh: Mesh, namespace: string): boolean {
  const hidden = missingAny(
    mesh,
    [...CONTROLLERS, ...RUNNING].map((kind) => [kind, namespace] as const),
  );
  return (
    hidden.length > 0 &&
    peerAuthenticationsIn(mesh, namespace).some(({ selector }) => selector !== undefined)
  );
}

function modeOfNamespace(mesh: Mesh, namespace: string): EffectiveMode {
  const revision = revisionNamedBy(mesh, namespace);
  const subject: Subject = { namespace, labels: {}, revision };
  const governing = governingPolicies(mesh, subject);
  const { mode, from } = composeMode(governing);
  const question = { subject, port: undefined, ambient: false };
  return { mode, from, ignored: ignoredPolicies(governing, from, question) };
}

function exceptionsOf(
  workload: Workload,
  mtls: WorkloadMtls,
  mode: MutualTlsMode,
): readonly ModeException[] {
  const found: ModeException[] = [];
  for (const own of mtls.unlike ?? [mtls]) {
    if (own.mode !== mode) found.push({ workload: workload.ref, mode: own.mode, from: own.from });
  }
  for (const port of mtls.ports) {
    if (port.mode === mtls.mode) continue;
    found.push({ workload: workload.ref, port: port.port, mode: port.mode, from: port.from });
  }
  return found;
}

/** What carries the namespace's running pods; where nothing runs, what would carry new ones. */
function dataPlaneOfNamespace(
  mesh: Mesh,
  namespace: string,
  workloads: readonly Workload[],
): NamespaceMtls['dataPlane'] {
  if (RUNNING.some((kind) => missingFact(mesh, kind, namespace) !== undefined)) return 'unknown';
  const telling = tellingOf(workloads);
  if (telling.some((workload) => missingPods(mesh, workload) !== undefined)) return 'unknown';
  let common: DataPlane | undefined;
  for (const { dataPlanes } of telling) {
    for (const { dataPlane } of dataPlanes) {
      if (common !== undefined && common !== dataPlane) return 'mixed';
      common = dataPlane;
    }
  }
  const isGuess = !telling.some(runs) && missingControllers(mesh, namespace).length > 0;
  if (isGuess) return 'unknown';
  if (common !== undefined) return common;
  if (missingInjection(mesh, namespace) !== undefined) return 'unknown';
  const labels = namespaceLabels(mesh, namespace);
  if (injectsByDefault(mesh.controlPlane.injection, { name: namespace, labels })) return 'sidecar';
  return isAmbientMember(SILENT_POD, labels) ? 'ambient' : 'none';
}

/** The workloads that tell what a namespace is: those that run, or all where none does. */
function tellingOf(workloads: readonly Workload[]): readonly Workload[] {
  const running = workloads.filter(runs);
  return running.length === 0 ? workloads : running;
}

function runs({ ref, pods }: Workload): boolean {
  return ref.kind === 'WorkloadEntry' || pods.some(({ phase }) => phase !== '');
}

/** Manifests that do not declare a namespace do not tell that it is empty either. */
function missingDeclaration(mesh: Mesh, namespace: string): readonly MissingFact[] {
  const fact = missingLabels(mesh, namespace);
  return fact?.why === 'undeclared' ? [fact] : [];
}

/** The missing facts that would say whether a namespace in which nothing runs has templates. */
function missingControllers(mesh: Mesh, namespace: string): readonly MissingFact[] {
  return missingAny(
    mesh,
    CONTROLLERS.map((kind) => [kind, namespace] as const),
  );
}

function enforcementOfNamespace(
  mesh: Mesh,
  namespace: string,
  workloads: readonly Workload[],
): Enforcement {
  const telling = tellingOf(workloads);
  const all = telling.map((workload) => ({
    pods: Math.max(1, workload.pods.length),
    enforcement: workloadMtls(mesh, workload).enforcement,
  }));
  const missing = [
    ...missingAny(mesh, [
      ...RUNNING.map((kind) => [kind, namespace] as const),
      ['PeerAuthentication', namespace],
    ]),
    ...(telling.some(runs) ? [] : missingControllers(mesh, namespace)),
    ...(telling.length > 0 ? [] : missingDeclaration(mesh, namespace)),
    ...all.flatMap(({ enforcement }) =>
      enforcement.kind === 'unknown' ? enforcement.missing : [],
    ),
  ];
  const [fact, ...more] = new Set(missing);
  if (fact !== undefined) return { kind: 'unknown', missing: [fact, ...more] };
  if (all.every(({ enforcement }) => enforcement.kind === 'enforced')) return { kind: 'enforced' };
  const [first] = all;
  if (
    first?.enforcement.kind === 'not-enforced' &&
    all.every(({ enforcement }) => enforcement.kind === 'not-enforced')
  ) {
    return first.enforcement;
  }
  let pods = 0;
  let unenforcedPods = 0;
  for (const { pods: count, enforcement } of all) {
    pods += count;
    if (enforcement.kind === 'not-enforced') unenforcedPods += count;
    if (enforcement.kind === 'partly-enforced') unenforcedPods += enforcement.unenforcedPods;
  }
  return { kind: 'partly-enforced', unenforcedPods, pods };
}

/**
 * What a namespace is as a whole: its mode where all of it has that mode, and `unenforced` where that mode is STRICT and
 * something in it takes plaintext all the same (R24, R54).
 */
export type OverallMode = MutualTlsMode | 'mixed' | 'unenforced' | 'unknown';

/** What one namespace is as a whole; the same until its objects or a mesh-wide fact change. */
export function overallMode(mesh: Mesh, namespace: string): OverallMode {
  return keptOverall(objectsIn(mesh, namespace), mesh.meshWide, mesh);
}

const keptOverall = memoPair(
  ({ name }: NamespaceObjects, _meshWide: MeshWideFacts, mesh: Mesh): OverallMode => {
    const { mode, uniform, unknown, enforcement } = namespaceMtls(mesh, name);
    if (unknown !== undefined || uniform === 'unknown') return 'unknown';
    if (!uniform) return 'mixed';
    if (mode !== 'STRICT') return mode;
    if (enforcement.kind === 'unknown') return 'unknown';
    const all = workloadsIn(mesh, name).map((workload) => workloadMtls(mesh, workload));
    return enforcement.kind === 'enforced' && all.every(takesOnlyMutualTls)
      ? 'STRICT'
      : 'unenforced';
  },
);

/** Whether a workload takes nothing but mutual TLS, on listed ports and on others. */
function takesOnlyMutualTls({ accepts, ports }: WorkloadMtls): boolean {
  return [{ accepts }, ...ports].every((port) =>
    port.accepts.every((accepted) => accepted === 'mutual-tls'),
  );
}

/** The summary of the whole mesh. */
export interface MeshMtls extends EffectiveMode {
  /** Every namespace is as a whole of the mesh's own mode. */
  readonly uniform: boolean;
  /** Namespaces by what they are as a whole. */
  readonly namespaces: Readonly<Record<OverallMode, number>>;
  readonly unknown?: NonEmpty<MissingFact>;
}

export function meshMtls(mesh: Mesh): MeshMtls {
  const own = modeOfNamespace(mesh, mesh.rootNamespace);
  const counts = { STRICT: 0, PERMISSIVE: 0, DISABLE: 0, mixed: 0, unenforced: 0, unknown: 0 };
  for (const name of mesh.namespaces.keys()) counts[overallMode(mesh, name)]++;
  const differing = mesh.namespaces.size - counts[own.mode];
  const [fact, ...more] = missingForModes(mesh, mesh.rootNamespace);
  const answer = { ...own, uniform: differing === 0, namespaces: counts };
  return fact === undefined ? answer : { ...answer, unknown: [fact, ...more] };
}
