import { isDeepStrictEqual } from 'node:util';

import type { Manifest } from '../mesh/index.ts';
import type { JsonObject } from '../sources/transport/jsonValue.ts';
import { asObject, isJsonObject } from '../sources/transport/jsonValue.ts';
import { ownFields } from './fieldOwnership.ts';
import { writable } from './manifestContent.ts';

/**
 * What to apply so that `live` becomes `after`: the fields that differ and those that we own already, nothing else.
 * Applying a whole object would make us a second owner of fields that are no business of ours, and everybody else
 * who applies them would then meet a conflict with us.
 */
export function applyConfiguration(live: Manifest | undefined, after: Manifest): Manifest {
  if (live === undefined) return writable(after);
  const [was, wanted] = [writable(live), writable(after)];
  return asConfiguration(live, differing(was, wanted, ownFields(live)));
}

/** What we apply at present: the fields of `live` that are ours. Applying it again changes nothing. */
export function presentConfiguration(live: Manifest): Manifest {
  return asConfiguration(live, owned(writable(live), ownFields(live)));
}

function asConfiguration({ apiVersion, kind, metadata }: Manifest, fields: unknown): Manifest {
  const chosen = asObject(fields) ?? {};
  const { name, namespace } = metadata;
  return {
    ...chosen,
    apiVersion,
    kind,
    metadata: {
      ...asObject(chosen['metadata']),
      name,
      ...(namespace !== undefined && { namespace }),
    },
  };
}

function differing(was: unknown, wanted: unknown, ours: JsonObject | undefined): unknown {
  if (isDeepStrictEqual(was, wanted)) return owned(wanted, ours);
  if (!isJsonObject(was) || !isJsonObject(wanted)) return wanted;
  const chosen = Object.entries(wanted).flatMap(([key, value]) => {
    const part = differing(was[key], value, asObject(ours?.[`f:${key}`]));
    return part === undefined ? [] : [[key, part] as const];
  });
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen);
}

/** The part of `value` that the set of fields names; lists are taken whole, as custom resources keep them. */
function owned(value: unknown, ours: JsonObject | undefined): unknown {
  if (ours === undefined || value === undefined) return undefined;
  const named = Object.keys(ours).filter((key) => key.startsWith('f:'));
  if (!isJsonObject(value) || (named.length === 0 && !('.' in ours))) return value;
  const chosen = named.flatMap((key) => {
    const field = key.slice(2);
    const part = owned(value[field], asObject(ours[key]));
    return part === undefined ? [] : [[field, part] as const];
  });
  return Object.fromEntries(chosen);
}
