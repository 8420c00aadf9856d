import * as vscode from 'vscode';
import type { ContextKeys } from '../../contributions.ts';
import type { Idle, OpenContext } from './openContext.ts';

const told = new Map<keyof ContextKeys, unknown>();

/** Sets a context key that `when` clauses read, if it has another value now. */
export function setContextKey<Key extends keyof ContextKeys>(
  key: Key,
  value: ContextKeys[Key],
): void {
  if (told.get(key) === value) return;
  told.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}

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
