import type { LegacyPolicy, Mesh } from '../../mesh/index.ts';
import { convertLegacyPolicies, decodeLegacyPolicy } from '../../mesh/index.ts';
import { conversionYaml } from '../../sources/yaml/conversionYaml.ts';
import { replaceDocuments } from '../../sources/yaml/documentEdits.ts';
import type { ManifestDocument, ManifestFile } from '../../sources/yaml/manifestFile.ts';
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
  const count = conversion.manifests.length;
  if (count === 0) return [];
  const yaml = conversionYaml(conversion);
  const documents = others.map(({ document }) => document);
  return [
    {
      title: `Convert ${all.length === 1 ? 'the old policy' : `the ${all.length} old policies`} to ${count === 1 ? 'a PeerAuthentication' : `${count} PeerAuthentications`}`,
      path: ['kind'],
      edits: replaceDocuments([first.document, ...documents], yaml),
      isPreferred: true,
    },
  ];
}

/** Items of a `List` stay: no document of their own could take their place. */
function legacyIn(document: ManifestDocument): readonly LegacyDocument[] {
  if (document.content.kind !== 'manifests') return [];
  return document.content.manifests.flatMap(({ at, value }) => {
    const { policy } = decodeLegacyPolicy(value);
    return policy === undefined || at.length > 0 ? [] : [{ document, policy }];
  });
}
