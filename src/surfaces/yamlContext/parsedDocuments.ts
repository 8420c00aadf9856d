import * as vscode from 'vscode';
import { readManifestFile, type ManifestFile } from '../../sources/yaml/manifestFile.ts';

/** The manifests of open documents: parsed once for each version, unchanged parts kept. */
export interface ParsedDocuments {
  read(document: vscode.TextDocument): ManifestFile;
  dispose(): void;
}

/** `namespaceOf` tells the namespace that kustomize puts a file into. */
export function openParsedDocuments(
  namespaceOf: (uri: string) => string | undefined,
): ParsedDocuments {
  const read = new Map<string, { readonly version: number; readonly file: ManifestFile }>();
  const closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    read.delete(uri.toString());
  });
  return {
    read: (document) => {
      const uri = document.uri.toString();
      const before = read.get(uri);
      const namespace = namespaceOf(uri);
      if (before?.version === document.version && before.file.namespace === namespace)
        return before.file;
      const options = { previous: before?.file, namespace };
      const file = readManifestFile(uri, document.getText(), options);
      read.set(uri, { version: document.version, file });
      return file;
    },
    dispose: () => {
      closing.dispose();
      read.clear();
    },
  };
}
