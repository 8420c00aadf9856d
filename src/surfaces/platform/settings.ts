import * as vscode from 'vscode';
import type { Settings } from '../../contributions.ts';
import { restrictedSettings, settingDefaults } from '../../contributions.ts';

/**
 * The value of a setting. A value of the wrong type counts as the default. What chooses a cluster
 * may come from a workspace only when the workspace is trusted, because a kubeconfig can run commands.
 */
export function setting<Key extends keyof Settings>(key: Key): Settings[Key] {
  const configuration = vscode.workspace.getConfiguration();
  const found = configuration.inspect<unknown>(key);
  const fromWorkspace = found?.workspaceFolderValue ?? found?.workspaceValue;
  const mayUseWorkspace = vscode.workspace.isTrusted || !isRestricted(key);
  const value = (mayUseWorkspace ? fromWorkspace : undefined) ?? found?.globalValue;
  const fallback = settingDefaults[key];
  return sameType(value, fallback) ? value : fallback;
}

function isRestricted(key: keyof Settings): boolean {
  return restrictedSettings.some((restricted) => restricted === key);
}

function sameType<T>(value: unknown, example: T): value is T {
  return typeof value === typeof example;
}
