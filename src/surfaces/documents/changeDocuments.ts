import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';
import type { Change } from '../../mesh/change/change.ts';
import type { Manifest } from '../../mesh/model/manifest.ts';
import type { NonEmpty } from '../../mesh/model/reference.ts';
import type { Disposable } from '../platform/disposables.ts';

type Side = 'before' | 'after';
type YamlWriter = (manifest: Manifest) => string;

interface Showing {
  /** Tells apart the documents of one diff from those of another. */
  readonly shown: string;
  readonly write: YamlWriter;
}

/** The YAML library is loaded when the first diff is shown, not on activation. */
async function yamlWriter(): Promise<YamlWriter> {
  return (await import('../yamlContext/manifestFeatures.ts')).manifestYaml;
}

/** Read-only documents that show a change before it is written, side by side. */
export class ChangeDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(
    schemes.change,
    this,
  );
  readonly #titles = new Set<string>();
  #count = 0;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Opens the diff of one change, or of several in one editor. */
  async show(changes: NonEmpty<Change>, title: string): Promise<void> {
    const shown = String(++this.#count);
    this.#titles.add(title);
    const write = await yamlWriter();
    const pairs = changes.map((change) => ({
      left: this.#document(change, 'before', { shown, write }),
      right: this.#document(change, 'after', { shown, write }),
    }));
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
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    // An editor of several diffs has no input that extensions may see, so it is known by its title.
    const titles = [...this.#titles];
    const ours = tabs.filter(
      ({ input, label }) => isOurs(input) || titles.some((title) => label.startsWith(title)),
    );
    if (ours.length > 0) await vscode.window.tabGroups.close(ours, true);
    this.#texts.clear();
    this.#titles.clear();
  }

  dispose(): void {
    this.#registration.dispose();
    this.#texts.clear();
  }

  #document({ ref, ...sides }: Change, side: Side, { shown, write }: Showing): vscode.Uri {
    const path = `/${[ref.namespace, ref.kind, `${ref.name}.yaml`].filter((part) => part !== '').join('/')}`;
    const uri = vscode.Uri.from({ scheme: schemes.change, path, query: `${side}-${shown}` });
    this.#texts.set(uri.toString(), textOf(sides[side], write));
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
