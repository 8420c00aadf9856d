import { kindEntry } from '../model/kinds.ts';
import { matchesLabels } from '../model/labels.ts';
import type { MeshObject } from '../model/objects.ts';

/**
 * Whether a manifest says something else than the live object in what the engine reads of it. Far cheaper than comparing
 * all fields, and it does not tell which field it is. False for kinds to which servers and controllers add what cannot
 * be told from a wish.
 */
export function decidesOtherwise(file: MeshObject, live: MeshObject): boolean {
  const mine = decided(file);
  return mine !== undefined && (mine !== decided(live) || !matchesLabels(file.labels, live.labels));
}

/** What an object says, as text: decoding lays all fields out in one order. Undefined for kinds that are not compared. */
function decided(object: MeshObject): string | undefined {
  const { custom, decides } = kindEntry(object.kind);
  if (custom === true) return JSON.stringify({ ...object, ...UNCOMPARED });
  if (object.kind === 'Namespace') return '';
  if (object.kind === 'Service')
    return JSON.stringify([object.selector, object.ports, object.externalName]);
  return 'template' in object && decides.includes('rollout')
    ? JSON.stringify(object.template)
    : undefined;
}

/** What differs between any two copies of one object, and labels, which others may add to. */
const UNCOMPARED = {
  uid: '',
  labels: {},
  annotations: {},
  createdAt: undefined,
  origin: undefined,
};
