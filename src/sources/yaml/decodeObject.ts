import type { Decoded, Origin } from '../../mesh/index.ts';
import { decode } from '../../mesh/index.ts';
import { parseYaml } from './parseYaml.ts';

/** As `decode`, with what reads the configuration inside Istio's ConfigMaps. */
export function decodeObject(value: unknown, origin: Origin): Decoded {
  return decode(value, origin, parseYaml);
}
