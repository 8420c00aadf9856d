import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDemoMesh } from '../../scripts/start/mesh.ts';
import { sampleWorkspace } from '../../scripts/start/sampleWorkspace.ts';
import type { Tree } from './pageObjects/tree.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

/** A workbench as `npm start` opens it: the Mesh view in front of the demo mesh, the sample manifests as the workspace. */
export interface DemoWorkbench extends Workbench {
  readonly mesh: Tree;
}

/** Wide enough that no row's description is cut. */
export const demoSideBarWidth = 570;

/**
 * Starts a demo mesh of its own and a workbench on it, with settings on top of the usual, and shows the Mesh view. Throws if
 * anything of it does not start.
 */
export async function openDemoWorkbench(
  settings: Readonly<Record<string, unknown>> = {},
): Promise<DemoWorkbench> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-demo-'));
  const cleanups: (() => Promise<void> | void)[] = [
    () => {
      rmSync(folder, { recursive: true, force: true });
    },
  ];
  const dispose = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const demo = await openDemoMesh(folder);
    cleanups.push(() => demo.dispose());
    const workspaceFolder = sampleWorkspace(folder, demo);
    // As for a person without a kubeconfig: only the workspace's settings may lead to the demo mesh.
    const env = { KUBECONFIG: '/nowhere' };
    const workbench = await openWorkbench({ workspaceFolder, env, settings });
    cleanups.push(() => workbench.dispose());
    await workbench.openContainer('Istio Mutual TLS');
    await workbench.resize('sidebar', demoSideBarWidth);
    const mesh = workbench.tree('Mesh');
    await mesh.row('istio-mtls-demo', 'foo').read();
    return { ...workbench, mesh, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
