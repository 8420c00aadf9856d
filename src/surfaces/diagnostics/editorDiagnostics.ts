import * as vscode from 'vscode';
import type { ObjectRef, Related, Severity } from '../../mesh/index.ts';
import { objectNamed, sameRef } from '../../mesh/index.ts';
import type { FileFinding } from '../../sources/yaml/fileFindings.ts';
import { linePositions, type LinePosition } from '../../sources/yaml/linePositions.ts';
import { rangeOfMistake } from '../../sources/yaml/manifestAt.ts';
import type { ManifestFile } from '../../sources/yaml/manifestFile.ts';
import type { TextRange } from '../../sources/yaml/textRange.ts';
import { manifestUri } from '../platform/manifestUri.ts';
import { commandUri } from '../platform/commandLink.ts';
import type { Basis } from '../yamlContext/documentMesh.ts';
import { DIAGNOSTIC_SOURCE } from './diagnosticSource.ts';
import type { JudgedFile } from './judgedFiles.ts';
import { shownSeverity, type SeverityByCode } from './severities.ts';

/** What turning findings into diagnostics needs besides them. */
export interface Surroundings {
  readonly severities: SeverityByCode;
  /** A file of the workspace by its uri. */
  readonly fileOf: (uri: string) => ManifestFile | undefined;
}

/** The findings of a file as the editor shows them; what has no effect is faded. */
export function editorDiagnostics(
  judged: JudgedFile,
  surroundings: Surroundings,
): vscode.Diagnostic[] {
  const positions = linePositions(judged.file.text);
  return judged.found.flatMap((found) => {
    const severity = shownSeverity(found, surroundings.severities);
    if (severity === undefined) return [];
    const diagnostic = diagnosticOf(found, rangeOf(positions, found.range), severity);
    if (found.finding !== undefined) {
      diagnostic.source = sourceOf(judged.by?.basis);
      diagnostic.relatedInformation = relatedTo(found, judged, surroundings);
    }
    if (found.idle === undefined) return [diagnostic];
    return [diagnostic, faded(found, rangeOf(positions, found.idle))];
  });
}

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

function diagnosticOf(
  { code, message }: FileFinding,
  range: vscode.Range,
  severity: Severity,
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, message, SEVERITIES[severity]);
  diagnostic.source = DIAGNOSTIC_SOURCE;
  const link = commandUri({ command: 'istioMtls.showFinding', arguments: [code] });
  diagnostic.code = { value: code, target: vscode.Uri.parse(link) };
  return diagnostic;
}

/** A hint with this tag is faded and not underlined, and no list of problems has it. */
function faded({ code }: FileFinding, range: vscode.Range): vscode.Diagnostic {
  const message = 'This has no effect.';
  const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Hint);
  diagnostic.source = DIAGNOSTIC_SOURCE;
  diagnostic.code = code;
  diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  return diagnostic;
}

/** By what a finding was judged, in the few words that fit beside it. */
function sourceOf(basis: Basis | undefined): string {
  if (basis === undefined) return DIAGNOSTIC_SOURCE;
  switch (basis.kind) {
    case 'workspace':
    case 'cluster-failed':
      return `${DIAGNOSTIC_SOURCE}, by this workspace`;
    case 'cluster':
    case 'cluster-loading':
    case 'cluster-stale':
    case 'cluster-paused':
      return `${DIAGNOSTIC_SOURCE}, by cluster ${basis.context}`;
  }
}

function relatedTo(
  { finding }: FileFinding,
  judged: JudgedFile,
  { fileOf }: Surroundings,
): vscode.DiagnosticRelatedInformation[] {
  return (finding?.related ?? []).flatMap((related) => {
    const location = locationOf(related, judged, fileOf);
    return location === undefined
      ? []
      : [new vscode.DiagnosticRelatedInformation(location, related.message)];
  });
}

/** Where another object stands: in a file, or, as far as anybody knows, in the cluster only. */
function locationOf(
  { object, path }: Related,
  { file, by }: JudgedFile,
  fileOf: Surroundings['fileOf'],
): vscode.Location | undefined {
  const origin = by && objectNamed(by.mesh, object)?.origin;
  if (origin?.kind === 'file') {
    const other = origin.uri === file.uri ? file : fileOf(origin.uri);
    const range = other && rangeInFile(other, object, path);
    return range && new vscode.Location(vscode.Uri.parse(origin.uri), range);
  }
  if (by?.contextId === undefined || origin === undefined) return undefined;
  return new vscode.Location(manifestUri(by.contextId, object), new vscode.Position(0, 0));
}

function rangeInFile(
  file: ManifestFile,
  object: ObjectRef,
  path: Related['path'],
): vscode.Range | undefined {
  for (const document of file.documents) {
    if (document.content.kind !== 'manifests') continue;
    const manifest = document.content.manifests.find(
      (one) => one.object !== undefined && sameRef(one.object, object),
    );
    if (manifest !== undefined) {
      return rangeOf(linePositions(file.text), rangeOfMistake(document, manifest, path));
    }
  }
  return undefined;
}

function rangeOf(
  positions: (offset: number) => LinePosition,
  { start, end }: TextRange,
): vscode.Range {
  const from = positions(start);
  const to = positions(end);
  return new vscode.Range(from.line, from.character, to.line, to.character);
}
