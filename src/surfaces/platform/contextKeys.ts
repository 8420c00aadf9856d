import * as vscode from 'vscode';
import type { ContextKeys } from '../../contributions.ts';

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
