import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';
import type { Disposable } from '../platform/disposables.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { HumanError } from '../platform/humanError.ts';

/** The pages of all findings by their codes, as the build writes them beside the bundles. */
type Pages = Readonly<Record<string, string>>;

/** The page of each finding, which comes with the extension: its law, why it matters, an example and a remedy. */
export class FindingPages implements vscode.TextDocumentContentProvider, Disposable {
  readonly #file: vscode.Uri;
  readonly #owned = new DisposableStore();
  #pages: Promise<Pages> | undefined;

  constructor(extension: vscode.Uri) {
    this.#file = vscode.Uri.joinPath(extension, 'dist', 'findings.json');
    this.#owned.add(vscode.workspace.registerTextDocumentContentProvider(schemes.finding, this));
  }

  /** Opens the page of a code, rendered where VS Code can. */
  async show(code: string): Promise<void> {
    if ((await this.#read())[code] === undefined)
      throw new HumanError('No finding has this code any more.');
    const uri = vscode.Uri.from({ scheme: schemes.finding, path: `/${code}.md` });
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // VS Code's own Markdown extension may be switched off.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    const code = /^\/(\w+)\.md$/.exec(path)?.[1] ?? '';
    return (await this.#read())[code] ?? 'No finding has this code any more.\n';
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #read(): Promise<Pages> {
    return (this.#pages ??= readPages(this.#file));
  }
}

/** What the build wrote. */
async function readPages(file: vscode.Uri): Promise<Pages> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  return JSON.parse(text) as Pages;
}
