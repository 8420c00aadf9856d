import * as vscode from 'vscode';
import { EDITOR_LIMITS } from '../../sources/yaml/manifestFile.ts';

/** Says in the language status of a document that it is too large to be read, since nothing else is said about it. */
export interface SizeStatus {
  update(document: vscode.TextDocument, tooLarge: boolean): void;
  dispose(): void;
}

export function openSizeStatus(): SizeStatus {
  const tooLarge = new Map<string, vscode.DocumentFilter>();
  let item: vscode.LanguageStatusItem | undefined;
  const show = (): void => {
    const filters = [...tooLarge.values()];
    if (filters.length === 0) {
      item?.dispose();
      item = undefined;
    } else {
      item ??= statusItem();
      item.selector = filters;
    }
  };
  const forget = ({ uri }: vscode.TextDocument): void => {
    if (tooLarge.delete(uri.toString())) show();
  };
  const closing = vscode.workspace.onDidCloseTextDocument(forget);
  return {
    update: (document, isTooLarge) => {
      if (!isTooLarge) {
        forget(document);
        return;
      }
      const { scheme, fsPath } = document.uri;
      // VS Code takes a pattern that equals the path of a file literally.
      tooLarge.set(document.uri.toString(), { scheme, pattern: fsPath });
      show();
    },
    dispose: () => {
      closing.dispose();
      item?.dispose();
    },
  };
}

function statusItem(): vscode.LanguageStatusItem {
  const item = vscode.languages.createLanguageStatusItem('istioMtls.size', []);
  item.name = 'Istio mTLS';
  const { characters, lines } = EDITOR_LIMITS;
  item.text = '$(warning) Istio mTLS does not read all of this file';
  item.detail = `The file has more than ${count(characters)} characters or ${count(lines)} lines, or a document of it is too large.`;
  item.severity = vscode.LanguageStatusSeverity.Warning;
  return item;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
