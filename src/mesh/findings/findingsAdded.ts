import { refKey } from '../model/reference.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { findingsIn } from './findingsIn.ts';
import type { Finding, Severity } from './model/finding.ts';

/** What is worth a word before somebody writes. */
const TOLD: readonly Severity[] = ['error', 'warning'];

/** The errors and warnings that a change brings about among the objects of some namespaces. */
export function findingsAdded(
  before: Mesh,
  after: Mesh,
  namespaces: readonly string[],
): readonly Finding[] {
  return [...new Set(namespaces)].flatMap((namespace) => {
    const scope = { kind: 'namespace', namespace } as const;
    const known = new Set(findingsIn(before, scope).map(keyOf));
    return findingsIn(after, scope).filter(
      (finding) => TOLD.includes(finding.severity) && !known.has(keyOf(finding)),
    );
  });
}

/** The sentence may name other workloads than before and still tell of the same mistake. */
function keyOf({ code, object, path }: Finding): string {
  return `${code} ${refKey(object)} ${path.join('.')}`;
}
