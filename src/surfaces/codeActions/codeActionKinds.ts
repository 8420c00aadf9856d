import * as vscode from 'vscode';

/** Writes policies; quick fixes have VS Code's own kind. */
export const scaffoldKind = vscode.CodeActionKind.Refactor.append('scaffold');

export const codeActionMetadata: vscode.CodeActionProviderMetadata = {
  providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, scaffoldKind],
};
