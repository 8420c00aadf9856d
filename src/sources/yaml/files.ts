/** The manifests of a workspace as a program sees them, unsaved text included. */
export interface Files {
  /** Uris of the files that may hold manifests. */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /** The text of a file; undefined when it is gone or cannot be read. */
  read(uri: string, signal: AbortSignal): Promise<string | undefined>;
  /** Tells of a file that was added, changed (also unsaved) or removed. */
  onDidChange(listener: (uri: string) => void): { dispose(): void };
}
