import type { Mesh, PeerAuthentication } from '../../mesh/index.ts';
import {
  hasNoLabels,
  namespacesOf,
  peerAuthenticationsIn,
  servicesSelecting,
  targetPortOf,
  workloadsWithLabels,
} from '../../mesh/index.ts';
import { deleteField, renameKey, setField } from '../../sources/yaml/edits.ts';
import type { ManifestDocument, ManifestText } from '../../sources/yaml/manifestFile.ts';
import type { TextEdit } from '../../sources/yaml/textRange.ts';
import type { YamlPath } from '../../sources/yaml/yamlPath.ts';
import { nearestMode } from './nearestMode.ts';

/** A repair of one field. `path` counts from the root of the manifest and says where it is offered. */
export interface QuickFix {
  readonly title: string;
  readonly path: YamlPath;
  readonly edits: readonly TextEdit[];
  /** The only sensible repair, so that the editor may take it without asking which. */
  readonly isPreferred: boolean;
}

/** The manifest to repair, and the document that it stands in. */
export interface Repairable {
  readonly document: ManifestDocument;
  readonly manifest: ManifestText;
}

/** Every repair of a manifest that needs no decision but yes or no. `mesh` may be unknown yet. */
export function quickFixes(place: Repairable, mesh: Mesh | undefined): readonly QuickFix[] {
  const { object } = place.manifest;
  const fixes = [...modeFixes(place), ...portLevelFixes(place)];
  if (mesh === undefined || object?.kind !== 'PeerAuthentication') return fixes;
  return [
    ...fixes,
    ...servicePortFixes(place, mesh, object),
    ...rootSelectorFixes(place, mesh, object),
  ];
}

/** A mode that does not exist becomes the one that was probably meant (R281). */
function modeFixes({ document, manifest }: Repairable): readonly QuickFix[] {
  return manifest.problems.flatMap(({ path }) => {
    if (path.at(-1) !== 'mode') return [];
    const mode = nearestMode(valueAt(manifest.value, path), manifest.kind);
    if (mode === undefined) return [];
    const edits = setField(document, [...manifest.at, ...path], mode);
    return [{ title: `Change the mode to ${mode}`, path, edits, isPreferred: true }];
  });
}

/** Port modes without labels to select by are refused (R281): without them the policy is valid. */
function portLevelFixes({ document, manifest }: Repairable): readonly QuickFix[] {
  const path = ['spec', 'portLevelMtls'];
  const found = manifest.problems.some((problem) => problem.path.join('.') === path.join('.'));
  if (!found) return [];
  const edits = deleteField(document, [...manifest.at, ...path]);
  return [{ title: 'Remove portLevelMtls', path, edits, isPreferred: false }];
}

/** A key that is a Service port means nothing to Istio: it wants the container port (R17). */
function servicePortFixes(
  { document, manifest }: Repairable,
  mesh: Mesh,
  policy: PeerAuthentication,
): readonly QuickFix[] {
  const listed = new Set(policy.portLevelMtls.map(({ port }) => port));
  return policy.portLevelMtls.flatMap(({ port }) => {
    const target = containerPortMeant(mesh, policy, port);
    if (target === undefined || listed.has(target)) return [];
    const path = ['spec', 'portLevelMtls', String(port)];
    const edits = renameKey(document, [...manifest.at, ...path], String(target));
    const title = `Change Service port ${port} to container port ${target}`;
    return [{ title, path, edits, isPreferred: true }];
  });
}

/** The one container port behind a Service port, unless some container listens on the number itself. */
export function containerPortMeant(
  mesh: Mesh,
  { namespace, selector }: PeerAuthentication,
  port: number,
): number | undefined {
  const workloads = workloadsWithLabels(mesh, namespace, selector ?? {});
  if (workloads.some((workload) => workload.ports.some((one) => one.port === port)))
    return undefined;
  const targets = workloads.flatMap((workload) =>
    servicesSelecting(mesh, workload)
      .flatMap((service) => service.ports)
      .map((one) => ({ from: one.port, to: targetPortOf(one, workload.variants[0].shape) })),
  );
  if (targets.some(({ to }) => to === port)) return undefined;
  const meant = new Set(
    targets.flatMap(({ from, to }) => (from === port && to !== undefined ? [to] : [])),
  );
  const [only] = meant;
  return meant.size === 1 ? only : undefined;
}

/** A policy with a selector counts for nobody in the root namespace (R6): it belongs to its workloads. */
function rootSelectorFixes(
  { document, manifest }: Repairable,
  mesh: Mesh,
  policy: PeerAuthentication,
): readonly QuickFix[] {
  const { selector, namespace, name } = policy;
  if (namespace !== mesh.rootNamespace || selector === undefined || hasNoLabels(selector))
    return [];
  const homes = namespacesOf(mesh)
    .map((one) => one.name)
    .filter((home) => home !== namespace && workloadsWithLabels(mesh, home, selector).length > 0)
    .filter((home) => !peerAuthenticationsIn(mesh, home).some((one) => one.name === name));
  const path = ['metadata', 'namespace'];
  return homes.slice(0, 3).map((home) => ({
    title: `Move the policy to namespace ${home}, where its workloads are`,
    path,
    edits: setField(document, [...manifest.at, ...path], home),
    isPreferred: homes.length === 1,
  }));
}

function valueAt(value: unknown, path: YamlPath): unknown {
  let current: unknown = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[step];
  }
  return current;
}
