import type { ContextKeys } from '../../contributions.ts';
import type { Idle, OpenContext } from './openContext.ts';

/** The best that any open context has reached: commands of a connected one stay usable beside one that failed. */
export function connectionKey(
  contexts: readonly Pick<OpenContext, 'connection'>[],
  idle: Idle,
): ContextKeys['istioMtls.connection'] {
  const kinds = contexts.map(({ connection }) => connection.kind);
  for (const kind of ['connected', 'connecting', 'failed'] as const) {
    if (kinds.includes(kind)) return kind;
  }
  return idle.kind === 'broken' ? 'failed' : idle.kind;
}
