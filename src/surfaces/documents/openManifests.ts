import type { Manifest, MeshObject } from '../../mesh/index.ts';
import { manifestAround } from '../../sources/yaml/manifestAt.ts';
import type { ManifestFile, ManifestText } from '../../sources/yaml/manifestFile.ts';
import { asDeployed, isManifest } from '../drift/drift.ts';
import type { ManifestPlace } from '../nodes/manifestPlace.ts';

/** A manifest as it is written, and the object that it declares. */
export interface DeclaredManifest {
  readonly object: MeshObject;
  readonly manifest: Manifest;
  /** False where the namespace is assumed, or given by kustomize. */
  readonly namesNamespace: boolean;
}

/** The manifest at a place of a file; undefined where the file has changed so that none is there any more. */
export function manifestAtPlace(
  file: ManifestFile,
  { document, item }: ManifestPlace,
): DeclaredManifest | undefined {
  const content = file.documents[document]?.content;
  return content?.kind === 'manifests' ? declared(content.manifests[item]) : undefined;
}

/** The manifest that an offset of a file is inside of. */
export function manifestAtOffset(file: ManifestFile, offset: number): DeclaredManifest | undefined {
  return declared(manifestAround(file, offset)?.manifest);
}

function declared(text: ManifestText | undefined): DeclaredManifest | undefined {
  if (text?.object === undefined) return undefined;
  const { object, value } = text;
  const manifest = asDeployed(value, object);
  if (manifest === undefined || !isManifest(value)) return undefined;
  return { object, manifest, namesNamespace: value.metadata.namespace === object.namespace };
}
