import { decode } from '../decode/decode.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { findObject } from '../snapshot/findObject.ts';
import type { MeshObject } from '../model/objects.ts';
import type { Change } from './change.ts';

/** Whether a mesh has an object as a change left it, so that whatever is computed from it includes the change. */
export function shows(mesh: Mesh, { ref, after }: Change): boolean {
  const held = findObject(mesh, ref);
  if (after === undefined) return held === undefined;
  const { object } = decode(after, { kind: 'cluster' });
  return held !== undefined && object !== undefined && content(held) === content(object);
}

/**
 * What a change writes, as text: decoding lays all fields out in one order. Controllers count and annotate their own
 * objects at any time, so of those only the pod template tells.
 */
function content(object: MeshObject): string {
  return JSON.stringify('template' in object ? object.template : { ...object, annotations: {} });
}
