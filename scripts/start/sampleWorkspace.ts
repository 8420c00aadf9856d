import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../project.ts';
import type { OpenMesh } from './mesh.ts';

/** A copy of the sample manifests to play with, whose settings select the mesh. Returns its folder. */
export function sampleWorkspace(folder: string, mesh: OpenMesh): string {
  const workspace = join(folder, 'istio-mtls-samples');
  cpSync(inProject('src/demo/samples'), workspace, { recursive: true });
  mkdirSync(join(workspace, '.vscode'));
  const settings = JSON.stringify(mesh.settings, undefined, 2);
  writeFileSync(join(workspace, '.vscode', 'settings.json'), `${settings}\n`);
  return workspace;
}
