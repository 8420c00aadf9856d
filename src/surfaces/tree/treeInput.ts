import type { MeshSnapshot } from '../../sources/meshSource.ts';
import type { Connection, Idle } from '../session/openContext.ts';
import type { ContextInput } from './contextTree.ts';
import type { ContextRole } from './meshTree.ts';
import type { TreeInput } from './meshTreeProvider.ts';
import type { Notice } from '../nodes/treeNode.ts';

/** One open context as the session knows it. */
export interface ContextState {
  readonly id: string;
  readonly name: string;
  readonly connection: Connection;
  readonly mesh: MeshSnapshot | undefined;
}

/** What the session knows, as far as the tree shows it. */
export interface SessionState {
  readonly contexts: readonly ContextState[];
  readonly active: ContextState | undefined;
  readonly idle: Idle;
  readonly offered: string | undefined;
}

/** What the tree shows of a session. A single cluster without Istio leaves room for the view's welcome. */
export function treeInput({ contexts, active, idle, offered }: SessionState): TreeInput {
  const notices: readonly Notice[] = [
    ...(offered === undefined ? [] : [{ kind: 'switched', to: offered } as const]),
    ...(idle.kind === 'broken' ? [{ kind: 'failed', cause: idle.cause } as const] : []),
  ];
  if (isWithoutIstio(contexts)) return { notices, contexts: [] };
  const isOnly = contexts.length === 1;
  return {
    notices,
    contexts: contexts.map((one) =>
      contextInput(one, isOnly ? 'only' : one === active ? 'active' : 'other'),
    ),
  };
}

/** Whether there is one open context, and its cluster has no Istio. */
export function isWithoutIstio(contexts: readonly ContextState[]): boolean {
  const [only, ...others] = contexts;
  return others.length === 0 && only?.mesh?.istioInstalled === false;
}

/** Why there is nothing to show, in whole sentences: rows have no room for them. */
export function failureSentences({ contexts, idle }: SessionState): readonly string[] {
  const failed = contexts.flatMap(({ name, connection, mesh }) => {
    const notice = noticeOf(connection, mesh);
    if (notice?.kind !== 'failed') return [];
    const where = contexts.length === 1 ? '' : `${name}: `;
    return [[`${where}${notice.cause}`, notice.hint ?? ''].join(' ').trim()];
  });
  return idle.kind === 'broken' ? [...failed, idle.cause] : failed;
}

/** Since when, and why, what is shown may be out of date; one sentence a context. */
export function staleSentences(contexts: readonly ContextState[]): readonly string[] {
  return contexts.flatMap(({ name, mesh }) => {
    const status = mesh?.status;
    if (status?.kind !== 'stale' && status?.kind !== 'paused') return [];
    const since = new Date(status.since).toLocaleTimeString();
    const where = contexts.length === 1 ? '' : `${name}: `;
    const why = status.kind === 'stale' ? status.cause : 'the cluster is being read again.';
    return [`${where}Not up to date since ${since}: ${why}`];
  });
}

function contextInput({ id, connection, mesh }: ContextState, role: ContextRole): ContextInput {
  const context = { context: id, role };
  const notice = noticeOf(connection, mesh);
  if (notice !== undefined) return { ...context, kind: 'notice', notice };
  return mesh === undefined
    ? { ...context, kind: 'notice', notice: { kind: 'loading' } }
    : { ...context, kind: 'mesh', mesh: mesh.mesh };
}

/** Why there is no mesh to show, if there is none. */
function noticeOf(connection: Connection, mesh: MeshSnapshot | undefined): Notice | undefined {
  if (connection.kind !== 'connected') return connection;
  if (mesh?.istioInstalled === false) return { kind: 'no-istio' };
  return mesh?.status.kind === 'failed' ? mesh.status : undefined;
}
