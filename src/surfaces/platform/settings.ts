import * as vscode from 'vscode';
import type { Settings } from '../../contributions.ts';
import { restrictedSettings, settingDefaults } from '../../contributions.ts';
import { readMeshSettings } from './meshSettings.ts';
import type { MeshSettings } from './meshSettings.ts';

/**
 * The value of a setting. A value of the wrong type counts as the default. What chooses a cluster or decides answers
 * may come from a workspace only when the workspace is trusted: a kubeconfig can run commands, and a mesh config of
 * somebody else's could make plaintext look safe.
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

/** What the settings say instead of Istio's own; the same value for as long as the settings are the same. */
export function meshSettings(): MeshSettings {
  const values = {
    'istioMtls.rootNamespace': setting('istioMtls.rootNamespace'),
    'istioMtls.meshConfig': setting('istioMtls.meshConfig'),
    'istioMtls.assumeInjected': setting('istioMtls.assumeInjected'),
  };
  const key = JSON.stringify(values);
  if (read?.key !== key) read = { key, settings: readMeshSettings(values) };
  return read.settings;
}

let read: { readonly key: string; readonly settings: MeshSettings } | undefined;

function isRestricted(key: keyof Settings): boolean {
  return restrictedSettings.some((restricted) => restricted === key);
}

/** Of a list, whose entries are all text here, every entry counts. */
function sameType<T>(value: unknown, example: T): value is T {
  if (Array.isArray(example)) {
    return Array.isArray(value) && value.every((one) => typeof one === 'string');
  }
  return typeof value === typeof example && value !== null && !Array.isArray(value);
}
