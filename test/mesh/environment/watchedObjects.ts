import { request, type Agent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject } from './kubeTypes.ts';
import { keyOf } from './kubeTypes.ts';

/** How a watch reaches the API server. */
export interface WatchConnection {
  readonly url: string;
  readonly agent: Agent;
}

/** All objects of one kind, kept up to date. */
export interface WatchedObjects<T extends KubeObject> {
  readonly items: ReadonlyMap<string, T>;
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/**
 * Follows a collection for as long as the process lives. A watch that ends is begun anew, and tells what is there then;
 * what was deleted in between is forgotten when the watch says so first, so each watch starts from an empty state.
 * @param changed called after each event
 */
export function watchObjects<T extends KubeObject>(
  connection: WatchConnection,
  collection: string,
  changed: () => void,
): WatchedObjects<T> {
  const items = new Map<string, T>();
  const follow = async (): Promise<void> => {
    for (;;) {
      items.clear();
      await watchOnce(connection, collection, ({ type, object }) => {
        if (type === 'DELETED') items.delete(keyOf(object));
        else if (type !== 'ERROR' && type !== 'BOOKMARK') items.set(keyOf(object), object as T);
        changed();
      });
      await delay(100);
    }
  };
  void follow();
  return { items };
}

/** Resolves when the watch has ended, for whatever reason. */
function watchOnce(
  { url, agent }: WatchConnection,
  collection: string,
  tell: (event: WatchEvent) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      resolve();
    };
    const outgoing = request(`${url}${collection}?watch=1`, { agent }, (incoming) => {
      let rest = '';
      incoming.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') tell(JSON.parse(line) as WatchEvent);
      });
      incoming.on('close', end).on('error', end);
    });
    outgoing.on('error', end);
    outgoing.end();
  });
}
