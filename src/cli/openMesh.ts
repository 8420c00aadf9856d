import type { LegacyPolicy, Mesh, MeshInput, MeshObject } from '../mesh/index.ts';
import {
  assumeInjected,
  buildMesh,
  describeMissing,
  namespacesInDoubt,
  updateMesh,
  withUndeclaredUnknown,
} from '../mesh/index.ts';
import { readClusterMesh } from './clusterMesh.ts';
import type { DiffSides, MeshOptions } from './commandLine.ts';
import { badInput, readInput, type UnreadFile } from './inputFile.ts';
import { kustomizationsOnDisk } from './kustomizations.ts';
import { readMeshConfigFile } from './meshConfigFile.ts';
import { readObjects, type InputProblem, type ReadObjects } from './readObjects.ts';
import type { Terminal } from './terminal.ts';

/** How far the files could be taken as they stand; what could not has been complained about. */
export interface Trust {
  /** Some value had no meaning and the answer is without it. */
  readonly doubtful: boolean;
  /** Places that could not be read at all, as `FILE:LINE:COLUMN` or a file: the answer is without them. */
  readonly unread: readonly string[];
}

/** A mesh as asked for. */
export interface OpenedMesh extends Trust {
  readonly mesh: Mesh;
  /** Policies in the files that Istio no longer reads (R200), and the comments beside them. */
  readonly legacy: readonly LegacyPolicy[];
  readonly comments: readonly string[];
}

/** Two meshes to compare, and how far the files of either could be taken. */
export interface TwoMeshes extends Trust {
  readonly before: Mesh;
  readonly after: Mesh;
  /** Some document of either is a template, of which nothing can be said. */
  readonly skipped: boolean;
}

/**
 * Reads the mesh that the options describe. Problems go to standard error. What cannot be read is left out and named;
 * where nothing can be read at all, the command fails.
 */
export async function openMesh(options: MeshOptions, terminal: Terminal): Promise<OpenedMesh> {
  const { objects, ...read } = await readFiles(options.files, terminal);
  const withFiles = await openGround(options, terminal);
  return { mesh: withFiles(objects), ...read };
}

/** The mesh of one side and that of the other, or the first and the same with files laid over it. A cluster is read once. */
export async function openTwoMeshes(
  options: MeshOptions & DiffSides,
  terminal: Terminal,
): Promise<TwoMeshes> {
  const before = await readFiles(options.before, terminal);
  const after = await readFiles(options.after, terminal);
  const withFiles = await openGround(options, terminal);
  const underneath = options.laidOver ? before.objects : [];
  return {
    before: withFiles(before.objects),
    after: withFiles([...underneath, ...after.objects]),
    doubtful: before.doubtful || after.doubtful,
    unread: [...before.unread, ...after.unread],
    skipped: before.skipped || after.skipped,
  };
}

interface ReadFiles extends Trust {
  readonly objects: readonly MeshObject[];
  readonly legacy: readonly LegacyPolicy[];
  readonly comments: readonly string[];
  readonly skipped: boolean;
}

async function readFiles(paths: readonly string[], terminal: Terminal): Promise<ReadFiles> {
  const { objects, legacy, comments, problems } = await readAll(paths, terminal);
  complainAbout(problems, terminal);
  const unread = problems.filter(({ severity }) => severity === 'syntax').map(({ place }) => place);
  if (unread.length > 0 && objects.length + legacy.length === 0)
    throw badInput('Nothing was answered, because nothing could be read.');
  const has = (asked: InputProblem['severity']): boolean =>
    problems.some(({ severity }) => severity === asked);
  const doubtful = has('unknown');
  return { objects, legacy, comments, doubtful, unread, skipped: has('skipped') };
}

/** More lines than this tell a person nothing; the gravest come first. */
const complaintLimit = 50;
const gravest = ['syntax', 'unknown', 'error', 'skipped', 'warning'] as const;
const isError = (severity: InputProblem['severity']): boolean => gravest.indexOf(severity) < 3;

function complainAbout(problems: readonly InputProblem[], terminal: Terminal): void {
  const rank = ({ severity }: InputProblem): number => gravest.indexOf(severity);
  const sorted = problems.toSorted((left, right) => rank(left) - rank(right));
  for (const { place, severity, message } of sorted.slice(0, complaintLimit)) {
    terminal.complain(`${place}: ${isError(severity) ? 'error' : 'warning'}: ${message}`);
  }
  const more = sorted.length - complaintLimit;
  if (more > 0) terminal.complain(`... and ${more} more problems.`);
}

/** An input that says nothing is more often a wrong path than meant. */
function emptyInput(path: string): InputProblem {
  const message = "there is nothing in here that Istio's mutual TLS depends on.";
  return { place: path, message, severity: 'warning' };
}

function nothingFrom({ name, why }: UnreadFile): ReadObjects {
  const severity = why === 'special' ? 'skipped' : 'syntax';
  const message =
    why === 'special' ? 'this leads to a pipe or a device and was skipped.' : why.cause;
  return { objects: [], legacy: [], comments: [], problems: [{ place: name, message, severity }] };
}

async function readAll(paths: readonly string[], terminal: Terminal): Promise<ReadObjects> {
  const objects: MeshObject[] = [];
  const legacy: LegacyPolicy[] = [];
  const comments: string[] = [];
  const problems: InputProblem[] = [];
  const namespaceOf = kustomizationsOnDisk();
  for (const path of paths) {
    terminal.progress(`Reading ${path} …`);
    let isEmpty = true;
    for (const file of await readInput(path, terminal.readStandardInput)) {
      const read =
        file.kind === 'text'
          ? readObjects({ ...file, namespace: await namespaceOf(file.name) })
          : nothingFrom(file);
      for (const object of read.objects) objects.push(object);
      legacy.push(...read.legacy);
      comments.push(...read.comments);
      problems.push(...read.problems);
      isEmpty &&= read.objects.length + read.legacy.length + read.problems.length === 0;
    }
    if (isEmpty) problems.push(emptyInput(path));
  }
  return { objects, legacy, comments, problems };
}

export type WithFiles = (objects: readonly MeshObject[]) => Mesh;

/**
 * What the objects of files make: a mesh of their own, or the cluster, read once, with them laid over it. Namespaces
 * that neither declares are assumed to be injected, or leave unknown what their pods are.
 */
export async function openGround(options: MeshOptions, terminal: Terminal): Promise<WithFiles> {
  const overrides = await readOverrides(options);
  const { context, assumeInjected: assumed } = options;
  const completed = (mesh: Mesh): Mesh => {
    const complete = withUndeclaredUnknown(assumeInjected(mesh, assumed));
    complainOfDoubt(complete, terminal);
    return complete;
  };
  if (context === undefined)
    return (objects) => completed(meshOfFiles(objects, overrides, terminal));
  const cluster = await readClusterMesh({ context, overrides }, terminal);
  return (objects) =>
    objects.length === 0 ? cluster : completed(updateMesh(cluster, { upsert: objects }));
}

/** Namespaces that a complaint names; the rest are counted. */
const namedInComplaint = 5;

function complainOfDoubt(mesh: Mesh, terminal: Terminal): void {
  const names = namespacesInDoubt(mesh);
  if (names.length === 0) return;
  const more = names.length - namedInComplaint;
  const listed = names.slice(0, namedInComplaint).join(', ');
  terminal.complain(
    `istio-mtls: warning: No Namespace is declared for ${listed}${more > 0 ? ` and ${more} more` : ''}, so whether pods get a proxy there is unknown. --assume-injected takes them as injected.`,
  );
}

/** Says which mesh config among the objects cannot be read with certainty: answers that depend on it have a question mark. */
function meshOfFiles(
  objects: readonly MeshObject[],
  overrides: Overrides,
  terminal: Terminal,
): Mesh {
  const mesh = buildMesh({ objects, overrides });
  for (const fact of mesh.missing)
    terminal.complain(`istio-mtls: warning: ${describeMissing(fact)}`);
  return mesh;
}

type Overrides = NonNullable<MeshInput['overrides']>;

export async function readOverrides({
  rootNamespace,
  meshConfig,
}: MeshOptions): Promise<Overrides> {
  return {
    ...(rootNamespace === undefined ? {} : { rootNamespace }),
    ...(meshConfig === undefined ? {} : { meshConfig: await readMeshConfigFile(meshConfig) }),
  };
}
