import type { Mesh } from '../mesh/index.ts';
import { missingFact, namespacesOf } from '../mesh/index.ts';
import { badInput } from './inputFile.ts';

/**
 * Fails with one sentence if a namespace is in none of the meshes, because an answer about nothing reads
 * like good news. Objects without their Namespace make a namespace too.
 */
export function requireNamespace(meshes: readonly Mesh[], namespace: string): void {
  const exists = meshes.some((mesh) => namespacesOf(mesh).some(({ name }) => name === namespace));
  if (exists) return;
  const hidden = meshes.some((mesh) => missingFact(mesh, 'Namespace', namespace) !== undefined);
  throw badInput(
    hidden
      ? `Nothing in namespace ${namespace} can be seen; whether it exists may not be read.`
      : `There is no namespace ${namespace}.`,
  );
}
