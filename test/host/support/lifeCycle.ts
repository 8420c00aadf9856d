import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';

interface ExtensionModule {
  readonly activate: (context: vscode.ExtensionContext) => unknown;
  readonly deactivate?: () => unknown;
}

/**
 * The context that VS Code gives to the extension, caught between the two when the extension is activated. This file is
 * loaded before that.
 */
let given: vscode.ExtensionContext | undefined;

const { extensionPath = '' } =
  vscode.extensions.getExtension('istio-mtls.istio-mtls') ?? ({} as { extensionPath?: string });
/** Where the code is that ships. */
export const bundleFolder = join(extensionPath, 'dist');

const require = createRequire(__filename);
const main = join(bundleFolder, 'extension.js');
const extension = require(main) as ExtensionModule;
const loaded = require.cache[main];
assert.ok(loaded, 'VS Code loads its extensions in another way');
loaded.exports = {
  ...extension,
  activate: (context: vscode.ExtensionContext) => {
    given = context;
    return extension.activate(context);
  },
};

/** The folder in which the extension keeps files. */
export function storageFolder(): string {
  return contextOf().globalStorageUri.fsPath;
}

/** Ends the extension as VS Code does when a window closes or the extension is switched off. */
export async function endExtension(): Promise<void> {
  const { subscriptions } = contextOf();
  const ended = extension.deactivate?.();
  for (const one of subscriptions.splice(0)) one.dispose();
  await ended;
}

/** Begins it again, as VS Code does when it is switched on. */
export function beginExtension(): void {
  extension.activate(contextOf());
}

function contextOf(): vscode.ExtensionContext {
  assert.ok(given, 'The extension is not active.');
  return given;
}
