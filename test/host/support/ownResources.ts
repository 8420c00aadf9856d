import { createHook, executionAsyncId } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What outlives a function call and has to be given back: by the names that Node gives to its kinds. */
const kinds = {
  Timeout: 'timer',
  TCPWRAP: 'socket',
  PIPEWRAP: 'pipe',
  TCPSERVERWRAP: 'server',
  PIPESERVERWRAP: 'server',
  FSEVENTWRAP: 'watcher',
  STATWATCHER: 'watcher',
  PROCESSWRAP: 'process',
} as const satisfies Readonly<Record<string, string>>;

/** What only stands between a call and a resource that it makes later. */
const passing: readonly string[] = ['TickObject', 'GETADDRINFOREQWRAP'];

export type ResourceKind = (typeof kinds)[keyof typeof kinds];

/** One resource that some code made and that has not been given back. */
export interface Resource {
  readonly kind: ResourceKind;
  /** Of a child process. */
  readonly pid: number | undefined;
  /** Who made it. */
  readonly stack: string;
}

export interface OwnResources {
  /** Those that there are now. */
  held(): readonly Resource[];
  stop(): void;
}

/**
 * Follows every timer, socket, server, watcher and child process that code of a folder makes, and what follows from those, such
 * as the connections that a server takes. Everything else in the process is somebody else's.
 */
export function followResources(folder: string): OwnResources {
  const alive = new Map<number, { readonly kind: ResourceKind; handle: object; stack: string }>();
  /** Also of what has been given back: a connection may outlive the server that took it. */
  const owned = new Set<number>();
  const hook = createHook({
    init(id, type, trigger, resource) {
      if (!(type in kinds) && !passing.includes(type)) return;
      const stack = stackHere();
      const isOurs = stack.includes(folder);
      if (!isOurs && !owned.has(trigger) && !owned.has(executionAsyncId())) return;
      // The editor looks again and again, by a timer of its own, whether what we asked it is answered.
      if (!isOurs && type === 'Timeout' && stack.includes('extensionHostProcess.js')) return;
      owned.add(id);
      if (passing.includes(type)) return;
      alive.set(id, { kind: kinds[type as keyof typeof kinds], handle: resource, stack });
    },
    destroy(id) {
      alive.delete(id);
    },
  });
  hook.enable();
  return {
    held: () => {
      collectGarbage();
      return [...alive.values()].map(({ kind, handle, stack }) => ({
        kind,
        pid: (handle as { readonly pid?: number }).pid,
        stack,
      }));
    },
    stop: () => hook.disable(),
  };
}

/** Node ends the timer of an `AbortSignal.timeout` when nobody holds the signal any more. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}

function stackHere(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = before;
  return stack.split('\n').slice(4).join('\n');
}
