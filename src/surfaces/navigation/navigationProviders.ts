import * as vscode from 'vscode';
import type { ObjectRef } from '../../mesh/index.ts';
import { manifestAt, rangeInFile, type ManifestPosition } from '../../sources/yaml/manifestAt.ts';
import { findManifest } from '../codeActions/manifestEdit.ts';
import { manifestUri } from '../platform/manifestUri.ts';
import { editorRange } from '../platform/editorText.ts';
import type { DocumentMesh } from '../yamlContext/documentMesh.ts';
import type { DocumentMeshes } from '../yamlContext/documentMeshes.ts';
import type { ParsedDocuments } from '../yamlContext/parsedDocuments.ts';
import { definitionsAt, placeOf, referencesOf, type Written } from './relations.ts';

/** More places than this are not listed: a mesh policy acts on everything. */
const MAX_PLACES = 200;

/** Leads from selectors to workloads, from hosts to Services, and from workloads to the policies that act on them. */
export interface Navigation {
  readonly definitions: vscode.DefinitionProvider;
  readonly references: vscode.ReferenceProvider;
}

export function navigationProviders(
  documents: ParsedDocuments,
  meshes: DocumentMeshes,
): Navigation {
  const locate = async (
    document: vscode.TextDocument,
    position: vscode.Position,
    related: (judged: DocumentMesh, at: ManifestPosition) => readonly ObjectRef[],
  ): Promise<vscode.Location[]> => {
    const file = documents.read(document);
    const found = manifestAt(file, document.offsetAt(position));
    const judged = found && meshes.meshOf(file);
    if (found === undefined || judged === undefined) return [];
    const places = related(judged, found)
      .slice(0, MAX_PLACES)
      .map((ref) => placeOf(judged.mesh, ref, meshes.declared()));
    const locations = await Promise.all(
      places.map((place) => locationOf(documents, place, judged.contextId)),
    );
    return locations.filter((one) => one !== undefined);
  };
  return {
    definitions: {
      provideDefinition: (document, position) =>
        locate(document, position, ({ mesh }, { manifest, path }) =>
          definitionsAt(mesh, manifest, path),
        ),
    },
    references: {
      provideReferences: (document, position) =>
        locate(document, position, ({ mesh }, { manifest: { object } }) =>
          object === undefined ? [] : referencesOf(mesh, object),
        ),
    },
  };
}

function locationOf(
  documents: ParsedDocuments,
  place: Written | undefined,
  contextId: string | undefined,
): Promise<vscode.Location | undefined> {
  if (place?.kind === 'file')
    return inFile(documents, vscode.Uri.parse(place.uri, true), place.ref);
  return Promise.resolve(place && inCluster(place.ref, contextId));
}

function inCluster(ref: ObjectRef, contextId: string | undefined): vscode.Location | undefined {
  if (contextId === undefined) return undefined;
  return new vscode.Location(manifestUri(contextId, ref), new vscode.Position(0, 0));
}

async function inFile(
  documents: ParsedDocuments,
  uri: vscode.Uri,
  ref: ObjectRef,
): Promise<vscode.Location | undefined> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const found = findManifest(documents.read(document), ref);
    const range = found && rangeInFile(found.document, found.manifest, ['metadata', 'name']);
    return new vscode.Location(
      uri,
      range === undefined ? new vscode.Position(0, 0) : editorRange(document, range),
    );
  } catch {
    // A file that is gone by now leads nowhere.
    return undefined;
  }
}
