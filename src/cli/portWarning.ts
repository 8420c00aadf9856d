import type { Mesh, Workload } from '../mesh/index.ts';
import { paragraph, plainText, undeclaredPortLine } from '../mesh/index.ts';

/** Why a mode of this port is probably not what its author meant, in one sentence; undefined for a port that exists. */
export function portWarning(mesh: Mesh, workload: Workload, port: number): string | undefined {
  const line = undeclaredPortLine(mesh, workload, port);
  return line && `${plainText([paragraph(...line)])}.`;
}
