import * as vscode from 'vscode';
import type {
  Desired,
  Impact,
  Manifest,
  Mesh,
  MeshObject,
  ObjectRef,
  Steps,
} from '../../mesh/index.ts';
import {
  describeRef,
  findObject,
  impactDocument,
  kindEntry,
  preflightSteps,
  withDesired,
} from '../../mesh/index.ts';
import type { ManifestPlace } from '../nodes/manifestPlace.ts';
import { HumanError } from '../platform/humanError.ts';
import { compared } from './compared.ts';
import { withProgress } from './progress.ts';
import { knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { confirmAndWrite, whereLines } from './write.ts';

/** A manifest of an editor, and the object that it declares. */
interface OpenManifest {
  readonly ref: ObjectRef;
  readonly object: MeshObject;
  readonly manifest: Manifest;
  readonly namesNamespace: boolean;
}

/** Shows what applying the text of a manifest would do to the cluster. It only reads. */
export async function showManifestImpact(
  workbench: Workbench,
  place: ManifestPlace | undefined,
): Promise<void> {
  const open = await manifestOf(workbench, place);
  const cluster = await workbench.session.clusterOf();
  const mesh = await knownMesh(cluster);
  const { ref, manifest } = open;
  const before = findObject(mesh, ref) === undefined ? undefined : manifest;
  const title = `If ${describeRef(ref)} were applied`;
  const text = impactDocument(
    title,
    whereLines(cluster),
    // Its content does not matter to the words: only whether it is there.
    [{ ref, before, after: manifest }],
    await compared(impactOf(mesh, [desiredOf(open)])),
  );
  await workbench.impacts.show(title, text);
}

/** Shows a manifest beside the live object, without what servers and controllers add to it. */
export async function diffWithCluster(
  workbench: Workbench,
  place: ManifestPlace | undefined,
): Promise<void> {
  const { ref, manifest } = await manifestOf(workbench, place);
  const cluster = await workbench.session.clusterOf();
  const live = await withProgress(`Reading ${describeRef(ref)}`, (signal) =>
    cluster.actions.read(ref, signal),
  );
  if (live.kind !== 'present' && live.kind !== 'absent')
    throw new HumanError(`${describeRef(ref)} could not be read from ${cluster.context}.`);
  const { besideManifest } = await workbench.loadManifestTools();
  const before = live.kind === 'absent' ? undefined : besideManifest(manifest, live.manifest);
  const title = `${describeRef(ref)}: ${cluster.context} ↔ file`;
  await workbench.changes.show([{ ref, before, after: manifest }], title);
}

/** Applies the text of a manifest: dry run, diff, confirmation with what follows, write, Undo. */
export async function applyManifest(
  workbench: Workbench,
  place: ManifestPlace | undefined,
): Promise<void> {
  const open = await manifestOf(workbench, place);
  requireAppliable(open);
  const cluster = await workbench.session.clusterOf();
  const desired = [desiredOf(open)];
  const name = describeRef(open.ref);
  await confirmAndWrite(workbench, cluster, {
    desired,
    asked: { title: `Applied ${name}` },
    question: `Apply ${name}?`,
    button: 'Apply',
    notes: [],
    impact: (mesh) => impactOf(mesh, desired),
    done: () => `${name} is as its manifest says.`,
    again: () => applyManifest(workbench, place),
  });
}

function desiredOf({ ref, manifest }: OpenManifest): Desired {
  return { ref, apiVersion: manifest.apiVersion, after: manifest };
}

function* impactOf(mesh: Mesh, desired: readonly Desired[]): Steps<Impact> {
  return { checked: yield* preflightSteps(mesh, withDesired(mesh, desired)), warnings: [] };
}

/** Other kinds set off more than what is compared here: they are applied by whatever keeps them. */
function requireAppliable({ ref, object, namesNamespace }: OpenManifest): void {
  const { custom } = kindEntry(ref.kind);
  if (custom !== true)
    throw new HumanError(`Only Istio's own kinds are applied from here, and not a ${ref.kind}.`);
  if (object.refused !== undefined)
    throw new HumanError(`${describeRef(ref)} cannot be applied: ${object.refused}.`);
  if (!namesNamespace)
    throw new HumanError('The manifest names no namespace. Write one before it is applied.');
}

/** The manifest of a lens, or without one that at the cursor of the active editor. */
async function manifestOf(
  workbench: Workbench,
  place: ManifestPlace | undefined,
): Promise<OpenManifest> {
  const editor = vscode.window.activeTextEditor;
  const document =
    place === undefined
      ? editor?.document
      : await vscode.workspace.openTextDocument(vscode.Uri.parse(place.uri, true));
  if (document === undefined) throw new HumanError('Open a manifest first.');
  const { manifestAtOffset, manifestAtPlace, readManifestFile } =
    await workbench.loadManifestTools();
  const file = readManifestFile(document.uri.toString(), document.getText(), {
    namespace: place?.namespace,
  });
  const found =
    place === undefined
      ? manifestAtOffset(
          file,
          editor === undefined ? 0 : document.offsetAt(editor.selection.active),
        )
      : manifestAtPlace(file, place);
  if (found === undefined)
    throw new HumanError('There is no manifest here that Istio mTLS can read.');
  const { kind, namespace, name } = found.object;
  return { ...found, ref: { kind, namespace, name } };
}
