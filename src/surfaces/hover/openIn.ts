import type { OpenObject } from '../platform/markdown.ts';

/** Opens objects as the cluster of a context has them. */
export function openIn(contextId: string | undefined): OpenObject {
  return (object) =>
    contextId === undefined
      ? undefined
      : {
          command: 'istioMtls.openManifest',
          arguments: [{ kind: 'object', context: contextId, object }],
        };
}
