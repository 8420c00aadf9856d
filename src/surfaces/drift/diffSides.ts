import type { Manifest } from '../../mesh/index.ts';
import { asObject, manifestDrift } from '../../mesh/index.ts';

/**
 * The live object as it is shown beside its manifest: the manifest with the fields in which the two differ taken from
 * the live object. What servers and controllers manage does not show, and fields stand in the manifest's own order.
 */
export function besideManifest(manifest: Manifest, live: Manifest): Manifest {
  let shown: unknown = manifest;
  for (const { path, live: value } of manifestDrift(manifest, live)) {
    shown = withValue(shown, path, value);
  }
  // Paths lead into fields of the manifest only, so that what it is and what it is called stay.
  return { ...manifest, ...asObject(shown) };
}

function withValue(here: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(here) && typeof step === 'number') {
    const list: readonly unknown[] = here;
    return list.map((one, index) => (index === step ? withValue(one, rest, value) : one));
  }
  const fields = asObject(here) ?? {};
  const changed = withValue(fields[step], rest, value);
  const kept = Object.entries(fields).filter(
    ([key]) => key !== String(step) || changed !== undefined,
  );
  if (changed === undefined) return Object.fromEntries(kept);
  return { ...Object.fromEntries(kept), [step]: changed };
}
