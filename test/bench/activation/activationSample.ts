// node activationSample.ts FILE: loads and activates the extension in FILE once and prints the milliseconds that took. A module
// `vscode` must be installed beside the file.

import { createRequire } from 'node:module';
import type * as vscode from 'vscode';

interface Extension {
  activate(context: Partial<vscode.ExtensionContext>): void;
}

const [file = ''] = process.argv.slice(2);
const require = createRequire(file);
// VS Code's own part is there before any extension is loaded.
const { Uri, workspace } = require('vscode') as typeof vscode;
const context: Partial<vscode.ExtensionContext> = {
  subscriptions: [],
  globalStorageUri: Uri.file('/nowhere'),
  globalState: workspace as unknown as vscode.ExtensionContext['globalState'],
  workspaceState: workspace as unknown as vscode.Memento,
};

const since = performance.now();
(require(file) as Extension).activate(context);
process.stdout.write(String(performance.now() - since));
// What activation left waiting is not part of it.
process.exit();
