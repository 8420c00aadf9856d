import type { ManifestDocument, ManifestFile } from '../../sources/yaml/manifestFile.ts';
import { rangeInFile } from '../../sources/yaml/manifestAt.ts';
import type { TextRange } from '../../sources/yaml/textRange.ts';

/** What kind of mistake it is; stable, so that people can search for it. */
export type ProblemCode =
  | 'invalid-yaml'
  | 'invalid-peer-authentication'
  | 'invalid-destination-rule'
  | 'ignored-policy'
  | 'invalid-manifest';

/** A mistake in a file that is certain without knowing anything else. Offsets in the file. */
export interface ManifestProblem {
  readonly range: TextRange;
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
}

/** Everything that is wrong with the manifests of a file by themselves (R280 to R284). */
export function manifestProblems(file: ManifestFile): readonly ManifestProblem[] {
  return file.documents.flatMap(problemsOfDocument);
}

function problemsOfDocument(document: ManifestDocument): readonly ManifestProblem[] {
  const { content } = document;
  switch (content.kind) {
    case 'irrelevant':
    case 'template':
    case 'too-large':
      return [];
    case 'broken': {
      const [{ message, start, end }] = content.problems;
      const text = `Istio mTLS cannot read this document: ${message}.`.replace(/\.+$/, '.');
      const range = { start, end: Math.max(end, start + 1) };
      return [{ range, message: text, severity: 'warning', code: 'invalid-yaml' }];
    }
    case 'manifests':
      return content.manifests.flatMap((manifest) =>
        manifest.problems.map(({ path, message, severity }) => ({
          range: rangeInFile(document, manifest, path),
          message,
          severity,
          code: codeOf(manifest.kind),
        })),
      );
  }
}

function codeOf(kind: string): ProblemCode {
  if (kind === 'PeerAuthentication') return 'invalid-peer-authentication';
  if (kind === 'Policy' || kind === 'MeshPolicy') return 'ignored-policy';
  return kind === 'DestinationRule' ? 'invalid-destination-rule' : 'invalid-manifest';
}
