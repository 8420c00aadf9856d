import * as vscode from 'vscode';
import { cursorPath, type CursorPath } from '../../sources/yaml/cursorPath.ts';
import { mentionsMeshKinds, type ManifestFile } from '../../sources/yaml/manifestFile.ts';
import { unfinishedDocument } from '../../sources/yaml/unfinishedManifest.ts';
import type { YamlPath } from '../../sources/yaml/yamlPath.ts';
import { editorRange } from '../platform/editorText.ts';
import type { DocumentMeshes } from '../yamlContext/documentMeshes.ts';
import type { ParsedDocuments } from '../yamlContext/parsedDocuments.ts';
import { completionsAt, type Completion } from './completions.ts';

/** Completes manifests of Istio's kinds from what is known of the mesh. Never asks the cluster. */
export function completionProvider(
  documents: ParsedDocuments,
  meshes: DocumentMeshes,
  /** Whether another extension completes the fields of a document by a schema. */
  hasSchema: (document: vscode.TextDocument) => boolean,
): vscode.CompletionItemProvider {
  return {
    provideCompletionItems: (document, position) => {
      const text = document.getText();
      const file = documents.read(document);
      if (file.tooLarge || !isOfMesh(text)) return [];
      const cursor = cursorPath(text, document.offsetAt(position));
      if (cursor === undefined) return [];
      const { manifest, path } = typedManifest(file, cursor);
      const mesh = meshes.meshOf(file)?.mesh;
      const fields = !hasSchema(document);
      const found = completionsAt(mesh, { manifest, path, on: cursor.on, fields });
      const range = editorRange(document, cursor.word);
      return found.map((one, index) => completionItem(one, index, range));
    },
  };
}

/** A file of other things is left alone, but not one in which the first manifest is only being typed. */
function isOfMesh(text: string): boolean {
  return mentionsMeshKinds(text) || text.includes('istio.io/') || !text.includes('kind:');
}

/** The manifest that is typed in, and the path from its root. */
function typedManifest(
  file: ManifestFile,
  cursor: CursorPath,
): { readonly manifest: unknown; readonly path: YamlPath } {
  const read = file.documents.find(({ start }) => start === cursor.document.start)?.content;
  if (read?.kind === 'manifests') {
    const found = read.manifests.find(({ at }) => at.every((step, i) => cursor.path[i] === step));
    if (found !== undefined)
      return { manifest: found.value, path: cursor.path.slice(found.at.length) };
  }
  return { manifest: unfinishedDocument(file.text, cursor), path: cursor.path };
}

const KINDS: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  field: vscode.CompletionItemKind.Property,
  mode: vscode.CompletionItemKind.EnumMember,
  value: vscode.CompletionItemKind.Value,
  reference: vscode.CompletionItemKind.Reference,
};

function completionItem(
  { label, kind, detail, snippet }: Completion,
  index: number,
  range: vscode.Range,
): vscode.CompletionItem {
  const item = new vscode.CompletionItem({ label, description: detail }, KINDS[kind]);
  item.range = range;
  item.sortText = String(index).padStart(6, '0');
  item.insertText = snippet === undefined ? label : new vscode.SnippetString(snippet);
  return item;
}
