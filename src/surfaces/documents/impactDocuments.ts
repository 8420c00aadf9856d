import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';
import type { Disposable } from '../platform/disposables.ts';
import { DisposableStore } from '../platform/disposables.ts';

/** A read-only document that says everything that a change would do. There is one at a time. */
export class ImpactDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  #shown: { readonly uri: vscode.Uri; readonly text: string } | undefined;

  constructor() {
    this.#owned.add(vscode.workspace.registerTextDocumentContentProvider(schemes.impact, this));
  }

  /** Whether a document of ours stands in any tab. */
  get isOpen(): boolean {
    return this.#tabs().length > 0;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return uri.toString() === this.#shown?.uri.toString()
      ? this.#shown.text
      : 'This was said of a mesh that has changed since.\n';
  }

  /** Shows a text under a title, beside what is being edited. */
  async show(title: string, text: string, column = vscode.ViewColumn.Beside): Promise<void> {
    // A name with a slash would make a folder of its first part.
    const path = `/${title.replaceAll('/', '\u2215')}.md`;
    const uri = vscode.Uri.from({ scheme: schemes.impact, path });
    this.#shown = { uri, text };
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const preserveFocus = column === vscode.ViewColumn.Beside;
    const options = { viewColumn: column, preview: false, preserveFocus };
    await vscode.window.showTextDocument(document, options);
  }

  /** Puts a line before the text that is shown. */
  note(line: string): void {
    if (this.#shown === undefined) return;
    const { uri, text } = this.#shown;
    this.#shown = { uri, text: `${line}\n\n${text}` };
    this.#changed.fire(uri);
  }

  async close(): Promise<void> {
    const tabs = this.#tabs();
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
    this.#shown = undefined;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #tabs(): readonly vscode.Tab[] {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    return tabs.filter(
      ({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === schemes.impact,
    );
  }
}
