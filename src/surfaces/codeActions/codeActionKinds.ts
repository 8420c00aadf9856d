import * as vscode from 'vscode';

/** Writes policies; quick fixes have VS Code's own kind. */
export const scaffoldKind = vscode.CodeActionKind.Refactor.append('scaffold');

/** Every repair of a file that is right without looking at each. */
export const fixAllKind = vscode.CodeActionKind.SourceFixAll.append('istioMtls');

export const codeActionMetadata: vscode.CodeActionProviderMetadata = {
  providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, scaffoldKind, fixAllKind],
};
