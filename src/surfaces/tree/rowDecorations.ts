import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';

/** The letters beside the rows of the Mesh view. Only our own scheme is decorated, never a file. */
export const rowDecorations: vscode.FileDecorationProvider = {
  provideFileDecoration(uri) {
    if (uri.scheme !== schemes.row) return undefined;
    const query = new URLSearchParams(uri.query);
    const badge = query.get('badge');
    return badge === null ? undefined : new vscode.FileDecoration(badge, query.get('state') ?? '');
  },
};
