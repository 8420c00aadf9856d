import * as vscode from 'vscode';
import { readManifestFile, type ManifestFile } from '../../sources/yaml/manifestFile.ts';

/** The manifests of open documents: parsed once for each version, unchanged parts kept. */
export interface ParsedDocuments {
  read(document: vscode.TextDocument): ManifestFile;
  dispose(): void;
}

export function openParsedDocuments(): ParsedDocuments {
  const read = new Map<string, { readonly version: number; readonly file: ManifestFile }>();
  const closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    read.delete(uri.toString());
  });
  return {
    read: (document) => {
      const uri = document.uri.toString();
      const before = read.get(uri);
      if (before?.version === document.version) return before.file;
      const file = readManifestFile(uri, document.getText(), { previous: before?.file });
      read.set(uri, { version: document.version, file });
      return file;
    },
    dispose: () => {
      closing.dispose();
      read.clear();
    },
  };
}
