import type { WorkloadRef } from '../model/reference.ts';
import type { MutualTlsMode } from '../model/mode.ts';

/** Whose mode is to be set. A port is a workload port: the number that the pods listen on (R17). */
export type EnforceTarget =
  | { readonly scope: 'mesh' }
  | { readonly scope: 'namespace'; readonly namespace: string }
  | { readonly scope: 'workload'; readonly workload: WorkloadRef }
  | { readonly scope: 'port'; readonly workload: WorkloadRef; readonly port: number };

/** A mode to set, or INHERITED: what applies when this scope says nothing (R12). */
export type DesiredMode = MutualTlsMode | 'INHERITED';
