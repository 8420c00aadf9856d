import type { ObjectRef } from '../../model/reference.ts';
import type { Problem } from '../../model/problem.ts';
import type { Fix } from '../model/finding.ts';

/** What repairs what decoding an object found; undefined where nobody but its author can tell. */
export function fixOfProblem(
  { kind, namespace, name }: ObjectRef,
  { code, path }: Omit<Problem, 'code'> & { readonly code: string },
): Fix | undefined {
  const object = { kind, namespace, name };
  switch (code) {
    case 'MTLS0102':
      return {
        title: 'Remove the empty selector',
        steps: [{ kind: 'remove', object, path: ['spec', 'selector'] }],
        // Ambient workloads of other namespaces see a mesh policy without it.
        safe: false,
      };
    case 'MTLS0210':
      return {
        title: `Remove ${String(path.at(-1))}, which the mode ignores`,
        steps: [{ kind: 'remove', object, path }],
        safe: true,
      };
    default:
      return undefined;
  }
}
