import { parse } from 'yaml';
import type { Json } from '../objects/json.ts';
import { at, textAt } from '../objects/json.ts';
import { configMaps } from '../objects/resources.ts';
import type { Storage } from '../objects/storage.ts';

/** The settings of the mesh that decide mutual TLS, with Istio's defaults (R250). */
export interface MeshConfig {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly enableAutoMtls: boolean;
}

/** Reads the mesh config as it is stored now. */
export function readMeshConfig(storage: Storage): MeshConfig {
  const text = textAt(storage.get(configMaps, 'istio-system', 'istio'), 'data', 'mesh') ?? '';
  const mesh = parseYaml(text);
  return {
    rootNamespace: textAt(mesh, 'rootNamespace') ?? 'istio-system',
    trustDomain: textAt(mesh, 'trustDomain') ?? 'cluster.local',
    enableAutoMtls: at(mesh, 'enableAutoMtls') !== false,
  };
}

function parseYaml(text: string): Json | undefined {
  try {
    return parse(text) as Json;
  } catch {
    return undefined;
  }
}
