import type { Decoded, Origin } from '../../mesh/index.ts';
import { decode } from '../../mesh/index.ts';
import { inNamespace } from './kustomization.ts';
import { parseYaml } from './parseYaml.ts';

/** As `decode`, with what reads the configuration inside Istio's ConfigMaps. */
export function decodeObject(value: unknown, origin: Origin): Decoded {
  return decode(value, origin, parseYaml);
}

/** An object of a file that kustomize puts into a namespace, or leaves in its own where that is undefined. */
export function decodeDeployed(
  value: unknown,
  origin: Origin,
  namespace: string | undefined,
): Decoded {
  return decodeObject(namespace === undefined ? value : inNamespace(value, namespace), origin);
}
