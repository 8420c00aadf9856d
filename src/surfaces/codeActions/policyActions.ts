import type {
  Desired,
  EnforceTarget,
  Manifest,
  Mesh,
  MeshObject,
  MutualTlsMode,
  ObjectRef,
  Origin,
  Topic,
} from '../../mesh/index.ts';
import {
  describeRefusal,
  objectsIn,
  planEnforcement,
  describeRef,
  sameRef,
  targetWords,
} from '../../mesh/index.ts';
import type { ManifestFile } from '../../sources/yaml/manifestFile.ts';
import { canAppend } from '../../sources/yaml/edits.ts';
import { clientRules } from './clientRules.ts';
import type { ManifestEdit } from './manifestEdit.ts';
import { policyTargets, workloadOfTarget } from './policyTargets.ts';

/** One entry of the editor's menu. A disabled one says why it cannot be done here. */
export interface PolicyAction {
  readonly title: string;
  readonly outcome:
    | { readonly kind: 'edits'; readonly files: readonly FileEdits[] }
    | { readonly kind: 'disabled'; readonly reason: string };
}

/** What changes in one file. */
export interface FileEdits {
  readonly uri: string;
  readonly edits: readonly ManifestEdit[];
}

/** What is under the cursor. */
export interface Cursor {
  readonly file: ManifestFile;
  readonly object: MeshObject;
  readonly topic: Topic | undefined;
  /** What the other files of the workspace declare, as far as they have been read. */
  readonly declared: readonly MeshObject[];
}

/**
 * The policies that can be written from what is under the cursor. A policy that governs already is
 * changed where it stands; a second one would be ignored (R10, R11).
 */
export function policyActions(mesh: Mesh, cursor: Cursor): readonly PolicyAction[] {
  const modes: readonly MutualTlsMode[] =
    cursor.object.kind === 'PeerAuthentication'
      ? ['STRICT', 'PERMISSIVE', 'DISABLE']
      : ['STRICT', 'PERMISSIVE'];
  if (cursor.object.refused !== undefined) return [];
  return policyTargets(mesh, cursor.object, cursor.topic).flatMap((target) =>
    modes.flatMap((mode) => actionFor(mesh, cursor, { target, mode })),
  );
}

interface Wish {
  readonly target: EnforceTarget;
  readonly mode: MutualTlsMode;
}

function actionFor(mesh: Mesh, cursor: Cursor, wish: Wish): readonly PolicyAction[] {
  const plan = planEnforcement(mesh, wish.target, wish.mode);
  const rules = rulesFor(mesh, wish);
  switch (plan.kind) {
    case 'nothing-to-do':
      return rules.length === 0
        ? []
        : [{ title: ruleTitle(wish), outcome: outcomeOf(mesh, cursor, rules) }];
    case 'refused':
      return [
        { title: titleOf(wish), outcome: { kind: 'disabled', reason: describeRefusal(plan.why) } },
      ];
    case 'plan': {
      const edits = [...plan.desired.map((desired) => editOf(mesh, desired)), ...rules];
      const title =
        rules.length === 0
          ? titleOf(wish)
          : `${titleOf(wish)}, with the DestinationRule that its clients need`;
      return [{ title, outcome: outcomeOf(mesh, cursor, edits) }];
    }
  }
}

function rulesFor(mesh: Mesh, { target, mode }: Wish): readonly ManifestEdit[] {
  const workload = mode === 'STRICT' ? workloadOfTarget(mesh, target) : undefined;
  return workload === undefined ? [] : clientRules(mesh, workload);
}

function titleOf({ target, mode }: Wish): string {
  const place = targetWords(target);
  switch (mode) {
    case 'STRICT':
      return `Require mutual TLS (STRICT) for ${place}`;
    case 'PERMISSIVE':
      return `Accept mutual TLS and plaintext (PERMISSIVE) for ${place}`;
    case 'DISABLE':
      return `Accept only plaintext (DISABLE) for ${place}`;
  }
}

function ruleTitle({ target }: Wish): string {
  return `Add the DestinationRule that clients of ${targetWords(target)} need`;
}

function editOf(mesh: Mesh, { ref, after }: Desired): ManifestEdit {
  if (after !== undefined && originOf(mesh, ref) === undefined)
    return { kind: 'create', manifest: after };
  return { kind: 'reshape', ref, spec: after?.['spec'] ?? {} };
}

/** Sorts edits by the file that declares their object; what stands in the cluster is not edited through a file. */
function outcomeOf(
  mesh: Mesh,
  { file, declared }: Cursor,
  edits: readonly ManifestEdit[],
): PolicyAction['outcome'] {
  const byFile = new Map<string, ManifestEdit[]>();
  for (const edit of edits) {
    if (edit.kind === 'create' && isRefused(mesh, edit.manifest)) return refusedManifest;
    const origin = edit.kind === 'create' ? undefined : originOf(mesh, edit.ref);
    if (origin?.kind === 'cluster' && edit.kind !== 'create') return inCluster(edit.ref, declared);
    if (edit.kind === 'create' && !canAppend(file)) return jsonFile;
    const uri = origin?.kind === 'file' ? origin.uri : file.uri;
    byFile.set(uri, [...(byFile.get(uri) ?? []), edit]);
  }
  return { kind: 'edits', files: [...byFile].map(([uri, list]) => ({ uri, edits: list })) };
}

/** A manifest of that name stands somewhere, and is invalid: a second one would be declared twice. */
function isRefused(mesh: Mesh, { kind, metadata: { namespace = '', name } }: Manifest): boolean {
  return mesh.refused.has(`${kind}/${namespace}/${name}`);
}

const refusedManifest: PolicyAction['outcome'] = {
  kind: 'disabled',
  reason: 'A manifest of that name is invalid: correct it first.',
};

const jsonFile: PolicyAction['outcome'] = {
  kind: 'disabled',
  reason: 'A JSON file holds one object: put the policy into a YAML file.',
};

/** The cluster's version may differ from a file's, so neither is overwritten with the other. */
function inCluster(ref: ObjectRef, declared: readonly MeshObject[]): PolicyAction['outcome'] {
  const origin = declared.find((object) => sameRef(object, ref))?.origin;
  const where =
    origin?.kind === 'file'
      ? `set the mode in ${fileName(origin.uri)}, which declares it`
      : 'set the mode from the Mesh view, or in the file that declares it';
  return { kind: 'disabled', reason: `${describeRef(ref)} decides in the cluster: ${where}.` };
}

function fileName(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}

function originOf(mesh: Mesh, { kind, namespace, name }: ObjectRef): Origin | undefined {
  const part = objectsIn(mesh, namespace);
  if (kind === 'PeerAuthentication') return part.peerAuthentications.get(name)?.origin;
  return kind === 'DestinationRule' ? part.destinationRules.get(name)?.origin : undefined;
}
