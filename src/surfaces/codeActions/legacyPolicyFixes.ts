import type { Conversion, LegacyPolicy, Mesh } from '../../mesh/index.ts';
import { convertLegacyPolicies, decodeLegacyPolicy } from '../../mesh/index.ts';
import { commentsIn } from '../../sources/yaml/commentsIn.ts';
import { conversionYaml } from '../../sources/yaml/conversionYaml.ts';
import { replaceDocuments } from '../../sources/yaml/documentEdits.ts';
import type { ManifestDocument, ManifestFile } from '../../sources/yaml/manifestFile.ts';
import { rangeOfNode } from '../../sources/yaml/yamlPath.ts';
import type { QuickFix, Repairable } from './quickFixes.ts';

interface LegacyDocument {
  readonly document: ManifestDocument;
  readonly policy: LegacyPolicy;
}

/**
 * What Istio no longer reads becomes what it reads (R200, R207). All old policies of the file at once: for
 * the same pods they have to become one (R11).
 */
export function legacyPolicyFixes(
  file: ManifestFile,
  place: Repairable,
  mesh: Mesh | undefined,
): readonly QuickFix[] {
  const [first, ...others] = file.documents.flatMap(legacyIn);
  if (mesh === undefined || first === undefined) return [];
  if (decodeLegacyPolicy(place.manifest.value).policy === undefined) return [];
  const all = [first, ...others];
  const conversion = convertLegacyPolicies(
    mesh,
    all.map(({ policy }) => policy),
  );
  const { manifests, requestAuthentications } = conversion;
  if (manifests.length + requestAuthentications.length === 0) return [];
  const comments = [
    ...commentsInside(first.document),
    ...others.flatMap(({ document }) => commentsIn(document.source)),
  ];
  const yaml = conversionYaml(conversion, comments);
  const documents = others.map(({ document }) => document);
  return [
    {
      title: `Convert ${all.length === 1 ? 'the old policy' : `the ${all.length} old policies`} to ${madeWords(conversion)}`,
      path: ['kind'],
      edits: replaceDocuments([first.document, ...documents], yaml),
      isPreferred: true,
    },
  ];
}

/** The comments before the first document stay where they are. */
function commentsInside({ content, source }: ManifestDocument): readonly string[] {
  const node = content.kind === 'manifests' ? rangeOfNode(content.root.contents) : undefined;
  return node === undefined ? [] : commentsIn(source.slice(node.start, node.end));
}

function madeWords({ manifests, requestAuthentications }: Conversion): string {
  const counted = ([one, more]: readonly [string, string], count: number): readonly string[] =>
    count === 0 ? [] : [count === 1 ? one : `${count} ${more}`];
  return [
    ...counted(['a PeerAuthentication', 'PeerAuthentications'], manifests.length),
    ...counted(
      ['a RequestAuthentication', 'RequestAuthentications'],
      requestAuthentications.length,
    ),
  ].join(' and ');
}

/** Items of a `List` stay: no document of their own could take their place. */
function legacyIn(document: ManifestDocument): readonly LegacyDocument[] {
  if (document.content.kind !== 'manifests') return [];
  return document.content.manifests.flatMap(({ at, value }) => {
    const { policy } = decodeLegacyPolicy(value);
    return policy === undefined || at.length > 0 ? [] : [{ document, policy }];
  });
}
