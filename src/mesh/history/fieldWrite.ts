import { asObject, objectAt, objectsAt, stringAt, type Json } from '../model/json.ts';

/** Who wrote a field last, and when. */
export interface FieldWrite {
  /** The field manager: `kubectl-client-side-apply`, `argocd-controller`. */
  readonly manager: string;
  /** RFC 3339. */
  readonly time: string;
}

/** A place in an object: names of fields, and the numbers of items. */
type Step = string | number;

const STEPS = /\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g;

/** The steps to a field that is written as in `spec.portLevelMtls["8080"].mode` or `spec.subsets[0].trafficPolicy`. */
export function stepsOf(field: string): readonly Step[] {
  return [...field.matchAll(STEPS)].map(
    ([, quoted, index, name]) => quoted ?? (index === undefined ? (name ?? '') : Number(index)),
  );
}

/**
 * Who wrote a field last, by the managed fields of its object: of those that own the most of the way to it, the latest.
 * Undefined where nothing says. Source: kubernetes.io/docs/reference/using-api/server-side-apply, Field management.
 */
export function lastWriteOf(metadata: Json, field: string): FieldWrite | undefined {
  const steps = stepsOf(field);
  let best: (FieldWrite & { readonly depth: number }) | undefined;
  for (const entry of objectsAt(metadata, 'managedFields')) {
    const [manager, time] = [stringAt(entry, 'manager'), stringAt(entry, 'time')];
    const depth = depthIn(objectAt(entry, 'fieldsV1'), steps);
    if (manager === undefined || time === undefined || depth === 0) continue;
    const isBetter =
      best === undefined || depth > best.depth || (depth === best.depth && time > best.time);
    if (isBetter) best = { manager, time, depth };
  }
  return best === undefined ? undefined : { manager: best.manager, time: best.time };
}

/** How many steps a set of fields goes towards a field. A list that is written as a whole is one leaf. */
function depthIn(fields: Json, steps: readonly Step[]): number {
  let here = fields;
  let depth = 0;
  for (const step of steps) {
    const next = asObject(here[`f:${step}`]);
    if (next === undefined) return depth;
    here = next;
    depth += 1;
  }
  return depth;
}

/** The value of a field; undefined where the object has none. */
export function valueAt(object: Json, field: string): unknown {
  let here: unknown = object;
  for (const step of stepsOf(field))
    here = Array.isArray(here)
      ? (here as readonly unknown[])[Number(step)]
      : asObject(here)?.[step];
  return here;
}

/** The same object with another value in a field that is there; undefined where the way to it is not. */
export function withValueAt(object: Json, field: string, value: unknown): Json | undefined {
  const changed = replaced(object, stepsOf(field), value);
  return asObject(changed);
}

function replaced(here: unknown, [step, ...rest]: readonly Step[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(here)) {
    const items = here as readonly unknown[];
    return items.map((item, index) => (index === step ? replaced(item, rest, value) : item));
  }
  const parent = asObject(here);
  if (parent === undefined) return undefined;
  return { ...parent, [step]: replaced(parent[step], rest, value) };
}
