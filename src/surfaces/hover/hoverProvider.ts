import * as vscode from 'vscode';
import type { Block, Topic } from '../../mesh/index.ts';
import { paragraph } from '../../mesh/index.ts';
import { manifestAt, type ManifestPosition } from '../../sources/yaml/manifestAt.ts';
import type { ManifestFile } from '../../sources/yaml/manifestFile.ts';
import { signalOf } from '../platform/cancellation.ts';
import type { DocumentMeshes } from '../yamlContext/documentMeshes.ts';
import { editorRange } from '../platform/editorText.ts';
import type { ParsedDocuments } from '../yamlContext/parsedDocuments.ts';
import { hoverBlocks } from './hoverText.ts';
import { openIn } from './openIn.ts';
import { topicAt } from './hoverTopic.ts';
import { commandsIn, markdownOf } from '../platform/markdown.ts';

/** How long the first hover may wait for the workspace to be read. */
const FIRST_READING_MS = 1_000;

/** Hovers over manifests: the effective mode first, then why. Never asks the cluster. */
export function hoverProvider(
  documents: ParsedDocuments,
  meshes: DocumentMeshes,
): vscode.HoverProvider {
  return {
    provideHover: async (document, position, token) => {
      const offset = document.offsetAt(position);
      if (topicIn(documents.read(document), offset) === undefined) return undefined;
      const wait = { timeoutMs: FIRST_READING_MS, signal: signalOf(token) };
      // Kustomizations of the workspace say in which namespace the objects of the file are.
      await meshes.waitForWorkspace(wait);
      const file = documents.read(document);
      const asked = topicIn(file, offset);
      if (asked === undefined || token.isCancellationRequested) return undefined;
      const { found, topic } = asked;
      const judged = meshes.meshOf(file);
      const range = editorRange(document, found.range);
      if (judged === undefined) return new vscode.Hover(notLoaded(), range);
      const blocks = hoverBlocks(judged, found.manifest, { topic, now: Date.now() });
      return blocks.length === 0
        ? undefined
        : new vscode.Hover(markdown(blocks, judged.contextId), range);
    },
  };
}

interface Asked {
  readonly found: ManifestPosition;
  readonly topic: Topic;
}

function topicIn(file: ManifestFile, offset: number): Asked | undefined {
  const found = manifestAt(file, offset);
  const topic = found && topicAt(found.manifest, found.path);
  return found === undefined || topic === undefined ? undefined : { found, topic };
}

function notLoaded(): vscode.MarkdownString {
  const text = 'The manifests of this workspace are still being read.';
  return markdown([paragraph(text)], undefined);
}

/** Links to objects of the cluster go to the context whose mesh the hover tells of. */
function markdown(blocks: readonly Block[], contextId: string | undefined): vscode.MarkdownString {
  const open = openIn(contextId);
  const rendered = new vscode.MarkdownString(markdownOf(blocks, open));
  rendered.isTrusted = { enabledCommands: commandsIn(blocks, open) };
  return rendered;
}
