import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { bookinfo } from '../../src/demo/meshes/bookinfo.ts';
import { hipsterShop } from '../../src/demo/meshes/hipsterShop.ts';
import { tutorial } from '../../src/demo/meshes/tutorial.ts';
import { inProject } from '../project.ts';
import type { OpenMesh } from './mesh.ts';

/** What the demo mesh runs, as the manifests that a person would have applied. */
const applications = {
  'foo-bar-legacy.yaml': tutorial,
  'bookinfo.yaml': bookinfo,
  'hipster-shop.yaml': hipsterShop,
};

/**
 * Makes a folder of sample manifests to play with: applications, and policies that are not applied yet. Its settings select the
 * mesh. Returns the folder.
 */
export function sampleWorkspace(folder: string, mesh: Pick<OpenMesh, 'settings'>): string {
  const workspace = join(folder, 'istio-mtls-samples');
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  cpSync(inProject('scripts/start/policies'), join(workspace, 'policies'), { recursive: true });
  for (const [name, objects] of Object.entries(applications)) {
    const documents = declaredOnce(objects()).map((object) =>
      stringify(object, { aliasDuplicateObjects: false }),
    );
    writeFileSync(join(workspace, name), documents.join('---\n'));
  }
  const settings = JSON.stringify(mesh.settings, undefined, 2);
  writeFileSync(join(workspace, '.vscode', 'settings.json'), `${settings}\n`);
  return workspace;
}

/** The demo applies some objects twice, one after the other: a file declares how they are in the end. */
function declaredOnce<T extends object>(objects: readonly T[]): readonly T[] {
  const last = new Map<string, T>();
  for (const object of objects) {
    const { kind, metadata } = object as { kind?: unknown; metadata?: object };
    last.set(JSON.stringify([kind, nameOf(metadata)]), object);
  }
  return [...last.values()];
}

function nameOf(metadata: { namespace?: unknown; name?: unknown } = {}): readonly unknown[] {
  return [metadata.namespace, metadata.name];
}
