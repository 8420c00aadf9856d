/** A manifest of a file that is open: the first argument of the commands that lenses and the palette run on it. */
export interface ManifestPlace {
  readonly kind: 'manifest';
  readonly uri: string;
  /** Position of its YAML document in the file, and its own in a `List` document; both from 0. */
  readonly document: number;
  readonly item: number;
  /** Where kustomize puts what the file declares; absent where each object keeps its own namespace. */
  readonly namespace?: string;
}
