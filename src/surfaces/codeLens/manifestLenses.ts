import type {
  DestinationRule,
  Mesh,
  MeshObject,
  PeerAuthentication,
  Steps,
  WorkloadRef,
} from '../../mesh/index.ts';
import {
  changeSummary,
  destinationRuleSummary,
  findWorkload,
  peerAuthenticationSummary,
  preflightSteps,
  selectorsBehind,
  withDesired,
  workloadsBehind,
  workloadsInScope,
} from '../../mesh/index.ts';
import { rangeInFile } from '../../sources/yaml/manifestAt.ts';
import type {
  ManifestDocument,
  ManifestFile,
  ManifestText,
} from '../../sources/yaml/manifestFile.ts';
import type { TextRange } from '../../sources/yaml/textRange.ts';
import { asDeployed, fieldWords, type Drift } from '../drift/drift.ts';
import type { ManifestPlace } from '../nodes/manifestPlace.ts';

/** What a lens says and does. `change` is what applying the text would do to the cluster. */
export type LensKind = 'summary' | 'change' | 'drift' | 'apply' | 'probe';

/** A lens above a manifest; its words are made when it comes into view. */
export interface Lens {
  readonly kind: LensKind;
  readonly range: TextRange;
  readonly place: ManifestPlace;
  readonly manifest: ManifestText;
  readonly drift: Drift;
}

/** The lenses of a file: all of them above policies, and above other manifests where they differ from the cluster. */
export function lensesOf(
  file: ManifestFile,
  driftOf: (manifest: ManifestText) => Drift,
): readonly Lens[] {
  return file.documents.flatMap((document) =>
    document.content.kind !== 'manifests'
      ? []
      : document.content.manifests.flatMap((manifest, item) =>
          lensesAbove({ file, document, manifest, item }, driftOf(manifest)),
        ),
  );
}

interface Placed {
  readonly file: ManifestFile;
  readonly document: ManifestDocument;
  readonly manifest: ManifestText;
  readonly item: number;
}

function lensesAbove({ file, document, manifest, item }: Placed, drift: Drift): readonly Lens[] {
  const { object } = manifest;
  if (object === undefined) return [];
  const { start } = rangeInFile(document, manifest, ['kind']);
  const common = {
    range: { start, end: start },
    place: placeOf(file, document, item),
    manifest,
    drift,
  };
  return kindsAbove(object, drift).map((kind) => ({ ...common, kind }));
}

function placeOf(
  { uri, namespace }: ManifestFile,
  { index }: ManifestDocument,
  item: number,
): ManifestPlace {
  const place = { kind: 'manifest', uri, document: index, item } as const;
  return namespace === undefined ? place : { ...place, namespace };
}

function kindsAbove(object: MeshObject, drift: Drift): readonly LensKind[] {
  const isPolicy = policyOf(object) !== undefined;
  const differs = drift.kind === 'differs';
  if (!isPolicy) return differs ? ['drift', 'change'] : [];
  switch (drift.kind) {
    case 'no-cluster':
      return ['summary'];
    case 'absent':
      return ['summary', 'change', 'apply', 'probe'];
    case 'differs':
      return ['summary', 'change', 'drift', 'apply', 'probe'];
    case 'same':
    case 'alike':
      return ['summary', 'drift', 'probe'];
  }
}

function policyOf(
  object: MeshObject | undefined,
): PeerAuthentication | DestinationRule | undefined {
  return object?.kind === 'PeerAuthentication' || object?.kind === 'DestinationRule'
    ? object
    : undefined;
}

/** The meshes that words of lenses are made of. */
export interface LensMeshes {
  /** With the text laid over it. Undefined while nothing has been read. */
  readonly judged: Mesh | undefined;
  /** As the cluster is. */
  readonly cluster: Mesh | undefined;
}

/** What a lens says; undefined where there is nothing to say of it now. */
export function* lensTitle(lens: Lens, { judged, cluster }: LensMeshes): Steps<string | undefined> {
  const { kind, manifest, drift } = lens;
  switch (kind) {
    case 'summary':
      return judged && summary(judged, manifest.object);
    case 'change':
      return cluster && (yield* changeTitle(cluster, lens));
    case 'drift':
      return driftTitle(drift);
    case 'apply':
      return 'Apply…';
    case 'probe':
      return 'Probe…';
  }
}

function summary(mesh: Mesh, object: MeshObject | undefined): string | undefined {
  const policy = policyOf(object);
  if (policy === undefined) return undefined;
  return policy.kind === 'PeerAuthentication'
    ? peerAuthenticationSummary(mesh, policy)
    : destinationRuleSummary(mesh, policy);
}

function* changeTitle(cluster: Mesh, { manifest, drift }: Lens): Steps<string | undefined> {
  const { object, value } = manifest;
  const after = object && asDeployed(value, object);
  if (object === undefined || after === undefined) return undefined;
  const lead = drift.kind === 'absent' ? 'Not in the cluster: ' : '';
  if (object.refused !== undefined) return `${lead}API servers refuse it as it stands`;
  const { kind, namespace, name } = object;
  const desired = { ref: { kind, namespace, name }, apiVersion: after.apiVersion, after };
  const checked = yield* preflightSteps(cluster, withDesired(cluster, [desired]));
  const said = changeSummary(checked);
  return `${lead}${lead === '' ? said : said.charAt(0).toLowerCase() + said.slice(1)} · Show`;
}

function driftTitle(drift: Drift): string {
  switch (drift.kind) {
    case 'same':
      return 'As in the cluster';
    case 'differs':
      return drift.fields.length === 0
        ? 'Diff with Cluster'
        : `Diff with Cluster (${fieldWords(drift.fields)})`;
    case 'no-cluster':
    case 'absent':
    case 'alike':
      return 'Diff with Cluster';
  }
}

/** The one workload that a probe of a policy is for; undefined where the policy is about several, or about none. */
export function probedWorkload(
  mesh: Mesh,
  object: MeshObject | undefined,
): WorkloadRef | undefined {
  const policy = policyOf(object);
  if (policy === undefined) return undefined;
  const workloads =
    policy.kind === 'PeerAuthentication'
      ? workloadsInScope(mesh, policy)
      : selectorsBehind(mesh, policy.host, policy.namespace).flatMap((service) =>
          workloadsBehind(mesh, service),
        );
  const [only, ...others] = workloads;
  if (only === undefined || others.length > 0) return undefined;
  return findWorkload(mesh, only.ref)?.ref;
}
