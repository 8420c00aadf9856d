import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';
import type { Change, Manifest, NonEmpty, ObjectRef } from '../../mesh/index.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { LoadManifestTools } from './manifestTools.ts';

type YamlWriter = (manifest: Manifest) => string;

/** An object as it was before a change of ours, as we left it, and as it is now. */
export interface ThreeStates {
  readonly before: Manifest | undefined;
  readonly wrote: Manifest | undefined;
  readonly live: Manifest | undefined;
}

/** Two states side by side, and the name of the step between them where one editor holds several of one object. */
interface Comparison {
  readonly change: Change;
  readonly step?: string;
}

/** Read-only documents that show a change before it is written, side by side. */
export class ChangeDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(
    schemes.change,
    this,
  );
  readonly #titles = new Set<string>();
  readonly #loadTools: LoadManifestTools;
  #count = 0;

  constructor(loadTools: LoadManifestTools) {
    this.#loadTools = loadTools;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Opens the diff of one change, or of several in one editor. */
  show(changes: NonEmpty<Change>, title: string): Promise<void> {
    return this.#open(
      changes.map((change) => ({ change })),
      title,
    );
  }

  /** Opens in one editor what we changed, and below it what somebody changed since. */
  showStates(ref: ObjectRef, { before, wrote, live }: ThreeStates, title: string): Promise<void> {
    const comparisons: readonly Comparison[] = [
      { change: { ref, before, after: wrote }, step: 'written by Istio mTLS' },
      { change: { ref, before: wrote, after: live }, step: 'changed since, live' },
    ];
    return this.#open(comparisons, title);
  }

  async #open(comparisons: readonly Comparison[], title: string): Promise<void> {
    this.#titles.add(title);
    const { manifestYaml: write } = await this.#loadTools();
    const pairs = comparisons.map((comparison) => this.#pair(comparison, write));
    const [first, ...rest] = pairs;
    if (first !== undefined && rest.length === 0) {
      const options: vscode.TextDocumentShowOptions = { preview: true, preserveFocus: true };
      await vscode.commands.executeCommand('vscode.diff', first.left, first.right, title, options);
      return;
    }
    const resources = pairs.map(({ left, right }) => [right, left, right]);
    await vscode.commands.executeCommand('vscode.changes', title, resources);
  }

  /** Closes every diff of a change: once it is written or called off it says nothing true any more. */
  async close(): Promise<void> {
    const ours = this.#tabs();
    if (ours.length > 0) await vscode.window.tabGroups.close(ours, true);
    this.#texts.clear();
    this.#titles.clear();
  }

  /** Whether a diff of ours stands in any tab. */
  get isOpen(): boolean {
    return this.#tabs().length > 0;
  }

  #tabs(): readonly vscode.Tab[] {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    // An editor of several diffs has no input that extensions may see, so it is known by its title.
    const titles = [...this.#titles];
    return tabs.filter(
      ({ input, label }) => isOurs(input) || titles.some((title) => label.startsWith(title)),
    );
  }

  dispose(): void {
    this.#registration.dispose();
    this.#texts.clear();
  }

  #pair(
    { change: { ref, before, after }, step }: Comparison,
    write: YamlWriter,
  ): { readonly left: vscode.Uri; readonly right: vscode.Uri } {
    const name = step === undefined ? `${ref.name}.yaml` : `${ref.name} (${step}).yaml`;
    const path = `/${[ref.namespace, ref.kind, name].filter((part) => part !== '').join('/')}`;
    return {
      left: this.#document(path, textOf(before, write)),
      right: this.#document(path, textOf(after, write)),
    };
  }

  #document(path: string, text: string): vscode.Uri {
    const query = String(++this.#count);
    const uri = vscode.Uri.from({ scheme: schemes.change, path, query });
    this.#texts.set(uri.toString(), text);
    return uri;
  }
}

/** What people read of an object: without what the server keeps for itself. */
function textOf(manifest: Manifest | undefined, write: YamlWriter): string {
  if (manifest === undefined) return '';
  const { name, namespace, labels, annotations } = manifest.metadata;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return write({ ...manifest, metadata });
}

function isOurs(input: unknown): boolean {
  if (input instanceof vscode.TabInputTextDiff) return input.modified.scheme === schemes.change;
  return input instanceof vscode.TabInputText && input.uri.scheme === schemes.change;
}
