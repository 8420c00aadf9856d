import type { Live } from '../../actions/writeTarget.ts';
import type { ObjectRef } from '../../mesh/index.ts';
import type { Session } from './session.ts';

/** Reads one object of an open context as its cluster has it now. Rejects when the context is not open. */
export type ReadLive = (contextId: string, ref: ObjectRef, signal: AbortSignal) => Promise<Live>;

/** Reads live objects through whichever connection is open at the moment. */
export function liveReader(session: Pick<Session, 'find'>): ReadLive {
  return async (contextId, ref, signal) => {
    const actions = session.find(contextId)?.cluster?.actions;
    if (actions === undefined) throw new Error(`Context ${contextId} is not open.`);
    return actions.read(ref, signal);
  };
}
