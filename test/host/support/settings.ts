import * as vscode from 'vscode';
import type { Settings } from '../../../src/contributions.ts';

/** Sets a setting of the person; undefined for its default. */
export async function set<Key extends keyof Settings>(
  key: Key,
  value: Settings[Key] | undefined,
): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}
