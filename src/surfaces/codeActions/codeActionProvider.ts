import * as vscode from 'vscode';
import {
  manifestAround,
  manifestAt,
  rangeOfMistake,
  rangeOfField,
} from '../../sources/yaml/manifestAt.ts';
import type { ManifestFile } from '../../sources/yaml/manifestFile.ts';
import type { LineAndColumn } from '../../sources/yaml/textRange.ts';
import { DIAGNOSTIC_SOURCE } from '../diagnostics/diagnosticSource.ts';
import { topicAt } from '../hover/hoverTopic.ts';
import type { DocumentMeshes } from '../yamlContext/documentMeshes.ts';
import { editorEdits, editorRange } from '../platform/editorText.ts';
import type { ParsedDocuments } from '../yamlContext/parsedDocuments.ts';
import { scaffoldKind } from './codeActionKinds.ts';
import { findingActions } from './findingActions.ts';
import { legacyPolicyFixes } from './legacyPolicyFixes.ts';
import { placeOfEdits, textEdits } from './manifestEdit.ts';
import { policyActions, type FileEdits } from './policyActions.ts';
import { areSound } from './soundEdits.ts';
import { quickFixes, type QuickFix, type Repairable } from './quickFixes.ts';

/** The files that an entry changes, kept until it is chosen. */
interface Pending {
  readonly files: readonly FileEdits[];
  readonly from: vscode.TextDocument;
}

/** Offers policies for what is under the cursor, and repairs. Listing them never asks the cluster. */
export function codeActionProvider(
  documents: ParsedDocuments,
  meshes: DocumentMeshes,
): vscode.CodeActionProvider {
  const pending = new WeakMap<vscode.CodeAction, Pending>();
  return {
    provideCodeActions: (document, range, context, token) => {
      const file = documents.read(document);
      const offset = document.offsetAt(range.start);
      const place = manifestAround(file, offset);
      if (place === undefined || token.isCancellationRequested) return [];
      const mesh = meshes.meshOf(file)?.mesh;
      const offered = [...quickFixes(place, mesh), ...legacyPolicyFixes(file, place, mesh)];
      const fixes = offered.filter(
        (fix) =>
          editorRange(
            document,
            rangeOfField(place.document, place.manifest, fix.path),
          ).intersection(range) !== undefined && areSound(file, fix.edits),
      );
      const known = new Set(fixes.map(({ title }) => title));
      const actions = [
        ...fixes.map((fix) => fixAction(document, place, fix, context.diagnostics)),
        ...findingActions({ document, file, mesh, range, context }).filter(
          ({ title }) => !known.has(title),
        ),
      ];
      const { object } = place.manifest;
      if (mesh === undefined || object === undefined) return actions;
      if (context.only !== undefined && !context.only.intersects(scaffoldKind)) return actions;
      const exact = manifestAt(file, offset);
      const topic = exact && topicAt(exact.manifest, exact.path);
      const policies = policyActions(mesh, { file, object, topic, declared: meshes.declared() });
      const entries = policies.map(({ title, outcome }) => {
        const action = new vscode.CodeAction(title, scaffoldKind);
        if (outcome.kind === 'disabled') action.disabled = { reason: outcome.reason };
        else pending.set(action, { files: outcome.files, from: document });
        return action;
      });
      return [...actions, ...entries];
    },
    resolveCodeAction: async (action) => {
      const chosen = pending.get(action);
      return chosen === undefined ? action : resolved(action, documents, chosen);
    },
  };
}

function fixAction(
  document: vscode.TextDocument,
  place: Repairable,
  fix: QuickFix,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  const range = editorRange(document, rangeOfMistake(place.document, place.manifest, fix.path));
  action.diagnostics = diagnostics.filter(
    (diagnostic) =>
      diagnostic.source?.startsWith(DIAGNOSTIC_SOURCE) === true && diagnostic.range.isEqual(range),
  );
  action.isPreferred = fix.isPreferred;
  action.edit = new vscode.WorkspaceEdit();
  action.edit.set(document.uri, editorEdits(document, fix.edits));
  return action;
}

async function resolved(
  action: vscode.CodeAction,
  documents: ParsedDocuments,
  { files, from }: Pending,
): Promise<vscode.CodeAction> {
  action.edit = new vscode.WorkspaceEdit();
  for (const { uri, edits } of files) {
    const isOther = uri !== from.uri.toString();
    const document = isOther
      ? await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true))
      : from;
    const file: ManifestFile = documents.read(document);
    const changes = textEdits(file, edits);
    const editorChanges = editorEdits(document, changes);
    if (isOther)
      action.edit.set(
        document.uri,
        editorChanges.map((change): Confirmed => [change, confirmOther()]),
      );
    else {
      action.edit.set(document.uri, editorChanges);
      const place = placeOfEdits(file.text, changes);
      if (place !== undefined) action.command = goTo(document.uri, place);
    }
  }
  return action;
}

/** A policy is added at the end of the file: without this it would land out of view. */
function goTo(uri: vscode.Uri, { line, column }: LineAndColumn): vscode.Command {
  const position = new vscode.Position(line - 1, column - 1);
  const location = new vscode.Location(uri, position);
  return {
    command: 'editor.action.goToLocations',
    title: 'Go to the Policy',
    arguments: [uri, position, [location], 'goto', ''],
  };
}

type Confirmed = [vscode.TextEdit, vscode.WorkspaceEditEntryMetadata];

/** A change of a file that is not in view is shown before it is made. */
function confirmOther(): vscode.WorkspaceEditEntryMetadata {
  return { needsConfirmation: true, label: 'Change the policy in another file' };
}
