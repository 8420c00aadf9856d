// node activationSample.ts FILE: loads and activates the extension in FILE once and prints the milliseconds for which that kept a
// processor busy: other programs of the machine do not count. A module `vscode` must be installed beside the file.

import { createRequire } from 'node:module';
import type * as vscode from 'vscode';
import { busy } from '../figures.ts';

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

process.stdout.write(
  String(
    busy(() => {
      (require(file) as Extension).activate(context);
    }),
  ),
);
// What activation left waiting is not part of it.
process.exit();
