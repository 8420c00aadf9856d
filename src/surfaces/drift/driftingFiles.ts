import type { Mesh, MeshObject, Steps } from '../../mesh/index.ts';
import {
  changeSummary,
  counted,
  decidesOtherwise,
  describeRef,
  findObject,
  preflightSteps,
  updateMesh,
} from '../../mesh/index.ts';

/** A file that declares objects which the cluster has otherwise. */
export interface DriftingFile {
  readonly uri: string;
  /** The objects as the file declares them. */
  readonly objects: readonly MeshObject[];
}

/**
 * The files whose objects the cluster has otherwise, in what the engine reads of them. Objects that the cluster does not
 * have are no drift. Comparing a pair again that was compared before costs nothing.
 */
export class DriftFinder {
  readonly #compared = new WeakMap<
    MeshObject,
    { readonly live: MeshObject; readonly differs: boolean }
  >();

  find(mesh: Mesh, declared: readonly MeshObject[]): ReadonlyMap<string, DriftingFile> {
    const found = new Map<string, MeshObject[]>();
    for (const object of declared) {
      const { origin } = object;
      if (origin.kind !== 'file' || object.refused !== undefined) continue;
      const live = findObject(mesh, object);
      if (live?.origin.kind !== 'cluster' || !this.#differs(object, live)) continue;
      const known = found.get(origin.uri) ?? [];
      known.push(object);
      found.set(origin.uri, known);
    }
    return new Map([...found].map(([uri, objects]) => [uri, { uri, objects }]));
  }

  #differs(object: MeshObject, live: MeshObject): boolean {
    const before = this.#compared.get(object);
    if (before?.live === live) return before.differs;
    const differs = decidesOtherwise(object, live);
    this.#compared.set(object, { live, differs });
    return differs;
  }
}

const NAMED = 3;

/** What a mark in the Explorer says: which objects differ, and whether applying them would change a mode or a connection. */
export function* driftWords(mesh: Mesh, context: string, { objects }: DriftingFile): Steps<string> {
  const after = updateMesh(mesh, {
    upsert: objects.map((object) => ({ ...object, createdAt: undefined })),
  });
  const said = changeSummary(yield* preflightSteps(mesh, after));
  const named = objects.slice(0, NAMED).map(describeRef).join(', ');
  const more = objects.length - NAMED;
  const rest = more > 0 ? ` and ${counted(more, 'more object')}` : '';
  return `Cluster ${context} has ${named}${rest} otherwise. If it were applied: ${said.charAt(0).toLowerCase()}${said.slice(1)}.`;
}
